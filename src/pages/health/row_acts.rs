//! The buttons that the parts of what is set up share. Who may not set up sees them with the reason.

use super::setup::Setup;
use crate::{
    moves::ask::Asked,
    state::session,
    ui::{
        button::{Button, ButtonKind},
        icon::lucide,
    },
};
use leptos::prelude::*;
use model::{Role, Scope};

fn denied() -> Signal<Option<String>> {
    session::denied(Role::ProjectAdmin, Scope::WorkflowRun)
}

/// "New connection", at the end of a card's title. `missing` is what must be there before.
pub fn new_button(
    words: &'static str,
    missing: Signal<Option<String>>,
    act: impl Fn() + Send + Sync + 'static,
) -> AnyView {
    let may = denied();
    let disabled = Signal::derive(move || may.get().or_else(|| missing.get()));
    view! { <Button small=true icon=lucide::LuPlus disabled on_click=act>{words}</Button> }
        .into_any()
}

pub fn edit_button(label: String, act: impl Fn() + Send + Sync + 'static) -> AnyView {
    let may = denied();
    view! { <Button small=true icon=lucide::LuPencil disabled=may label on_click=act>"Edit"</Button> }
        .into_any()
}

/// Asks before it deletes; what depends on it is looked up when it is pressed.
pub fn delete_button(
    setup: Setup,
    label: String,
    asked: impl Fn() -> Asked + Send + Sync + 'static,
) -> AnyView {
    let may = denied();
    let ask = move || setup.asked.set(Some(untrack(&asked)));
    view! {
        <Button small=true kind=ButtonKind::Quiet icon=lucide::LuTrash2 disabled=may label on_click=ask />
    }
    .into_any()
}
