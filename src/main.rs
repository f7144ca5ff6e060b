//! The Signalbox console: what stopped, why, and the one next move.
//!
//! Where things stand: `docs/console-structure.md`.
#![recursion_limit = "256"]

mod api;
mod app;
mod moves;
mod pages;
mod panic;
mod routes;
mod schema_form;
mod screens;
mod state;
mod ui;

fn main() {
    panic::install();
    #[cfg(feature = "gallery")]
    leptos::mount::mount_to_body(ui::gallery::Gallery);
    #[cfg(not(feature = "gallery"))]
    leptos::mount::mount_to_body(app::App);
}
