//! File work inside one folder. Capability-based: no path, `..` or symbolic link leads out.

use super::arguments::{Deleted, Edited, Made, Written};
use super::error::{FileError, explain};
use super::room::{Room, Taken, Used};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};
use cap_tempfile::TempFile;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The largest file that is read or written, in bytes.
pub const MAX_FILE: u64 = 10 * 1024 * 1024;

/// The folder, and a lock so that two changes at once do not mix.
#[derive(Debug)]
pub struct Folder {
    pub(super) dir: Dir,
    changing: Mutex<()>,
    room: Option<Arc<Room>>,
}

pub(super) type Result<T> = std::result::Result<T, FileError>;

impl Folder {
    /// Opens the folder, making it when it is missing.
    pub fn open(root: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(root)?;
        Ok(Self::of(Dir::open_ambient_dir(root, ambient_authority())?))
    }

    /// A folder that is open already.
    pub fn of(dir: Dir) -> Self {
        Self {
            dir,
            changing: Mutex::new(()),
            room: None,
        }
    }

    /// Takes what is written from `room`, which other folders may share.
    pub fn within(self, room: Arc<Room>) -> Self {
        Self {
            room: Some(room),
            ..self
        }
    }

    fn change(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn read(&self, path: &str) -> Result<String> {
        let path = inside(path)?;
        let bytes = self.bytes(path)?;
        String::from_utf8(bytes).map_err(|error| FileError::NotText {
            path: path.to_owned(),
            at: error.utf8_error().valid_up_to() + 1,
        })
    }

    fn bytes(&self, path: &str) -> Result<Vec<u8>> {
        let failed = |error| explain(path, error);
        let mut file = self.dir.open(path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        if about.is_dir() {
            return Err(FileError::IsFolder(path.to_owned()));
        }
        fits(path, about.len())?;
        let mut bytes = Vec::with_capacity(about.len() as usize);
        // The file may grow while it is read.
        (&mut file)
            .take(MAX_FILE + 1)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        fits(path, bytes.len() as u64)?;
        Ok(bytes)
    }

    /// Replaces the whole file at once: a reader sees the old content or the new, never a part.
    pub fn write(&self, path: &str, content: &str) -> Result<Written> {
        let path = inside(path)?;
        let _changing = self.change();
        self.replace(path, content)
    }

    fn replace(&self, path: &str, content: &str) -> Result<Written> {
        let failed = |error| explain(path, error);
        fits(path, content.len() as u64)?;
        let (folder, name) = split(path)?;
        let taken = self.take(path, content.len() as u64)?;
        let folder = self.made_folder(path, folder)?;
        let created = match folder.symlink_metadata(name) {
            Ok(about) if about.is_dir() => return Err(FileError::IsFolder(path.to_owned())),
            Ok(_) => false,
            Err(error) if error.kind() == ErrorKind::NotFound => true,
            Err(error) => return Err(failed(error)),
        };
        let mut fresh = TempFile::new(&folder).map_err(failed)?;
        fresh.write_all(content.as_bytes()).map_err(failed)?;
        fresh.as_file().sync_all().map_err(failed)?;
        fresh.replace(name).map_err(failed)?;
        taken.keep();
        Ok(Written {
            path: path.to_owned(),
            bytes: content.len() as u64,
            created,
        })
    }

    /// Takes the room that a file of so many bytes needs in the place of what is there.
    fn take(&self, path: &str, bytes: u64) -> Result<Taken<'_>> {
        let Some(room) = &self.room else {
            return Ok(Taken::default());
        };
        let there = |path: &Path| self.dir.symlink_metadata(path).ok();
        let before = there(Path::new(path));
        let missing = Path::new(path)
            .ancestors()
            .filter(|part| !part.as_os_str().is_empty())
            .take_while(|part| there(part).is_none());
        let more = Used {
            bytes,
            files: missing.count() as u64,
        };
        let less = before.map_or(0, |about| about.len());
        room.take(path, more, less)
    }

    /// Opens the folder that `path` is to be written in, making it when it is missing.
    fn made_folder(&self, path: &str, folder: &Path) -> Result<Dir> {
        match self.dir.create_dir_all(folder) {
            // A file or a link stands in the way: opening it says which.
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => self.dir.open_dir(folder),
        }
        .map_err(|error| explain(path, error))
    }

    pub fn append(&self, path: &str, content: &str) -> Result<Written> {
        let path = inside(path)?;
        let failed = |error| explain(path, error);
        let _changing = self.change();
        let (folder, _) = split(path)?;
        let before = self.dir.metadata(path).map_or(0, |about| about.len());
        let taken = self.take(path, before + content.len() as u64)?;
        self.made_folder(path, folder)?;
        let created = !self.dir.try_exists(path).map_err(failed)?;
        let mut options = OpenOptions::new();
        let mut file = self
            .dir
            .open_with(path, options.create(true).append(true))
            .map_err(failed)?;
        let bytes = file.metadata().map_err(failed)?.len() + content.len() as u64;
        fits(path, bytes)?;
        file.write_all(content.as_bytes()).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        taken.keep();
        Ok(Written {
            path: path.to_owned(),
            bytes,
            created,
        })
    }

    pub fn edit(&self, path: &str, old: &str, new: &str, all: bool) -> Result<Edited> {
        let path = inside(path)?;
        if old.is_empty() {
            return Err(FileError::NoText);
        }
        let _changing = self.change();
        let content = self.read(path)?;
        let times = content.matches(old).count();
        match times {
            0 => return Err(FileError::NoMatch(path.to_owned())),
            2.. if !all => {
                return Err(FileError::ManyMatches {
                    path: path.to_owned(),
                    times,
                });
            }
            _ => {}
        }
        self.replace(path, &content.replace(old, new))?;
        Ok(Edited {
            path: path.to_owned(),
            replaced: times,
        })
    }

    pub fn make_dir(&self, path: &str) -> Result<Made> {
        let path = inside(path)?;
        let failed = |error| explain(path, error);
        let created = !self.dir.try_exists(path).map_err(failed)?;
        let taken = self.take(path, 0)?;
        self.dir.create_dir_all(path).map_err(failed)?;
        taken.keep();
        Ok(Made {
            path: path.to_owned(),
            created,
        })
    }

    /// Deletes a file, a link or an empty folder.
    pub fn delete(&self, path: &str) -> Result<Deleted> {
        let path = inside(path)?;
        let _changing = self.change();
        let about = self.dir.symlink_metadata(path);
        let bytes = match &about {
            Ok(about) if !about.is_dir() => about.len(),
            _ => 0,
        };
        let gone = match about {
            Ok(about) if about.is_dir() => self.dir.remove_dir(path),
            Ok(_) => self.dir.remove_file(path),
            Err(error) => Err(error),
        };
        let deleted = match gone {
            Ok(()) => {
                if let Some(room) = &self.room {
                    room.give_back(Used { bytes, files: 1 });
                }
                true
            }
            Err(error) if error.kind() == ErrorKind::NotFound => false,
            Err(error) => return Err(explain(path, error)),
        };
        Ok(Deleted {
            path: path.to_owned(),
            deleted,
        })
    }
}

/// A path as the tools take it: relative, not empty.
pub(super) fn inside(path: &str) -> Result<&str> {
    if path.trim().is_empty() {
        return Err(FileError::NoPath);
    }
    if path.starts_with('/') || Path::new(path).is_absolute() {
        return Err(FileError::Absolute(path.to_owned()));
    }
    Ok(path)
}

/// A file's folder and name.
fn split(path: &str) -> Result<(&Path, &std::ffi::OsStr)> {
    let whole = Path::new(path);
    match (whole.parent(), whole.file_name()) {
        (Some(folder), Some(name)) if !path.ends_with('/') => {
            let here = folder.as_os_str().is_empty();
            Ok((if here { Path::new(".") } else { folder }, name))
        }
        _ => Err(FileError::IsFolder(path.to_owned())),
    }
}

fn fits(path: &str, bytes: u64) -> Result<()> {
    if bytes > MAX_FILE {
        return Err(FileError::TooLarge {
            path: path.to_owned(),
            bytes,
        });
    }
    Ok(())
}
