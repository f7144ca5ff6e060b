//! `cargo xtask run`: from a fresh clone to a served console.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lexopt::prelude::*;

use crate::paths::{Paths, absolute};
use crate::problem::Problem;
use crate::runtime::Profile;
use crate::server::Server;
use crate::{browser, console, runtime};

/// What `run` and `dev` can be told.
pub struct Options {
    pub port: u16,
    pub data: PathBuf,
    pub fresh: bool,
    pub open: bool,
}

impl Options {
    pub fn parse(mut arguments: lexopt::Parser, paths: &Paths) -> Result<Self, Problem> {
        let mut options = Self {
            port: 4317,
            data: paths.root.join("data"),
            fresh: false,
            open: true,
        };
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("port") => options.port = arguments.value()?.parse()?,
                Long("data") => {
                    options.data = absolute(Path::new(&arguments.value()?))?;
                }
                Long("fresh") => options.fresh = true,
                Long("no-open") => options.open = false,
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(options)
    }

    /// What must hold before anything long begins.
    pub fn prepare(&self) -> Result<(), Problem> {
        check_port(self.port)?;
        if self.fresh {
            delete_data(&self.data)?;
        }
        Ok(())
    }
}

pub fn run(paths: &Paths, options: &Options) -> Result<ExitCode, Problem> {
    options.prepare()?;
    let console = console::build(paths)?;
    let binary = runtime::build(paths, Profile::Release)?;
    let server = Server {
        binary,
        port: options.port,
        data: options.data.clone(),
        console: console.clone(),
        examples: paths.examples(),
    };
    if options.open && browser::is_at_hand() {
        server.stay(browser::open)
    } else {
        server.become_it()
    }
}

/// Port 0 means any free one and is always there.
fn check_port(port: u16) -> Result<(), Problem> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Err(Problem::PortInUse { port })
        }
        Err(source) => Err(Problem::PortRefused { port, source }),
    }
}

/// Only a folder that Signalbox filled is ever deleted.
fn delete_data(folder: &Path) -> Result<(), Problem> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries.count(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(Problem::file("read", folder)(source)),
    };
    if entries > 0 && !folder.join("signalbox.db").is_file() {
        return Err(Problem::NotADataFolder(folder.to_owned()));
    }
    fs::remove_dir_all(folder).map_err(Problem::file("deleted", folder))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("signalbox-run-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_foreign_folder_is_never_deleted() {
        let folder = scratch("foreign");
        fs::write(folder.join("thesis.txt"), "three years").unwrap();
        let refusal = delete_data(&folder).unwrap_err();
        assert!(
            refusal.to_string().contains("Nothing was deleted"),
            "{refusal}"
        );
        assert!(folder.join("thesis.txt").is_file());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_data_folder_an_empty_one_and_a_missing_one_may_go() {
        let folder = scratch("data");
        delete_data(&folder).unwrap();
        assert!(!folder.exists());
        delete_data(&folder).unwrap();
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("signalbox.db"), "").unwrap();
        fs::write(folder.join("signalbox.db-wal"), "").unwrap();
        delete_data(&folder).unwrap();
        assert!(!folder.exists());
    }

    #[test]
    fn a_taken_port_is_told_with_another_to_try() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let refusal = check_port(port).unwrap_err().to_string();
        assert!(
            refusal.contains(&format!("Port {port} is in use")),
            "{refusal}"
        );
        assert!(!refusal.contains('\n'));
        drop(taken);
        check_port(port).unwrap();
    }
}
