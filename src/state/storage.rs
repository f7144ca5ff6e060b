//! What the browser keeps for this console, for good or for the tab. Where it is not allowed to, everything works and
//! nothing is kept.

use leptos::prelude::window;
use web_sys::Storage;

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// The text kept under `name`; all names begin with `signalbox.`.
pub fn read(name: &str) -> Option<String> {
    storage()?.get_item(name).ok().flatten()
}

/// Keeps a text, or forgets it when `None`.
pub fn write(name: &str, value: Option<&str>) {
    put(storage(), name, value);
}

/// As [`read`], of what is kept for as long as the tab is open.
pub fn read_tab(name: &str) -> Option<String> {
    tab()?.get_item(name).ok().flatten()
}

/// As [`write`], for as long as the tab is open.
pub fn write_tab(name: &str, value: Option<&str>) {
    put(tab(), name, value);
}

fn tab() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

fn put(storage: Option<Storage>, name: &str, value: Option<&str>) {
    let Some(storage) = storage else { return };
    // A full or forbidden storage keeps nothing; nothing else depends on it.
    let _ = match value {
        Some(value) => storage.set_item(name, value),
        None => storage.remove_item(name),
    };
}
