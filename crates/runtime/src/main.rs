//! `signalbox`, the program.

fn main() -> std::process::ExitCode {
    runtime::cli::run()
}
