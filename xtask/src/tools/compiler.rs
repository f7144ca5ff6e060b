//! `SQLite` and Lua are compiled from C.

use std::env;

use crate::problem::Problem;
use crate::process::find;

pub fn ensure() -> Result<(), Problem> {
    // On Windows the compiler is found through the registry, not the PATH: the build itself will say.
    let chosen = env::var_os("CC").is_some() || cfg!(windows);
    if chosen
        || ["cc", "gcc", "clang"]
            .iter()
            .any(|name| find(name).is_some())
    {
        Ok(())
    } else {
        Err(Problem::NoCompiler)
    }
}
