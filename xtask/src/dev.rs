//! `cargo xtask dev`: everything rebuilds and reloads when it is saved.

use std::io::BufRead;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};

use crate::paths::Paths;
use crate::problem::Problem;
use crate::run::Options;
use crate::runtime::{self, Profile};
use crate::server::{Server, sign_in_link};
use crate::stamp::Stamp;
use crate::tools::ConsoleTools;
use crate::{console, css};

const CONSOLE_PORT: u16 = 8080;
const GLANCE: Duration = Duration::from_millis(400);

pub fn dev(paths: &Paths, options: &Options) -> Result<ExitCode, Problem> {
    options.prepare()?;
    let tools = ConsoleTools::ensure(paths)?;
    css::join(paths)?;
    let server = Server {
        binary: runtime::build(paths, Profile::Debug)?,
        port: options.port,
        data: options.data.clone(),
        console: paths.target.join("dev-dist"),
        examples: paths.examples(),
    };

    let end = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&end))
            .map_err(|error| Problem::Wrong(format!("Ctrl+C cannot be listened to: {error}.")))?;
    }
    let mut console = serve_console(paths, &tools, &server)?;
    let outcome = keep_running(paths, &server, &mut console, &end);
    stop(&mut console);
    outcome.map(|()| ExitCode::SUCCESS)
}

/// Until Ctrl+C: joins the style sheets, and builds and starts the runtime again, when either changed.
fn keep_running(
    paths: &Paths,
    server: &Server,
    console: &mut Child,
    end: &AtomicBool,
) -> Result<(), Problem> {
    let sources = || Stamp::of(paths, "runtime-dev", &runtime::INPUTS);
    let mut built = sources();
    let mut running = serve(server)?;
    while !end.load(Ordering::Relaxed) {
        thread::sleep(GLANCE);
        css::join(paths)?;
        if matches!(console.try_wait(), Ok(Some(_))) {
            stop(&mut running);
            return Err(Problem::Wrong("trunk serve ended; see above.".into()));
        }
        let now = sources();
        if now == built {
            continue;
        }
        built = now;
        // The old runtime serves on until the new one is built; a mistake in the source is not the end.
        match runtime::build(paths, Profile::Debug) {
            Ok(_) => {
                stop(&mut running);
                running = serve(server)?;
            }
            Err(problem) => eprintln!("{problem}"),
        }
    }
    stop(&mut running);
    Ok(())
}

/// Starts the runtime; its links are shown as they are reached through `trunk serve`.
fn serve(server: &Server) -> Result<Child, Problem> {
    let (child, said) = server.start()?;
    let (own, shown) = (
        format!("127.0.0.1:{}", server.port),
        format!("127.0.0.1:{CONSOLE_PORT}"),
    );
    thread::spawn(move || {
        for line in said.lines().map_while(Result::ok) {
            if sign_in_link(&line).is_some() {
                println!("{}", line.replace(&own, &shown));
            } else {
                println!("{line}");
            }
        }
    });
    Ok(child)
}

fn serve_console(paths: &Paths, tools: &ConsoleTools, server: &Server) -> Result<Child, Problem> {
    let mut trunk: Command = console::trunk(paths, tools);
    trunk
        .args(["serve", "--address", "127.0.0.1", "--port"])
        .arg(CONSOLE_PORT.to_string())
        .arg("--proxy-backend")
        .arg(format!("http://127.0.0.1:{}/v1", server.port))
        .arg("--dist")
        .arg(&server.console)
        // Trunk does not watch its target folder, and the joined style sheet is to be watched.
        .env("CARGO_TARGET_DIR", paths.target.join("dev"))
        // Compiles much faster; only the release build is worth its types.
        .env("CARGO_ENCODED_RUSTFLAGS", "--cfg\u{1f}erase_components")
        .stdin(Stdio::null());
    trunk.spawn().map_err(|source| Problem::Start {
        program: tools.trunk.display().to_string(),
        source,
    })
}

/// Both survive a hard end: the console has no state, and the runtime's journal is made for it.
fn stop(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}
