//! The moves of a run as buttons: the one recommended, and all others in a menu, those that are not possible with their
//! reason.

use super::words::{icon, is_destructive};
use crate::ui::{
    button::{ButtonKind, SplitButton},
    menu::MenuItem,
};
use leptos::prelude::*;
use model::{MoveKind, MoveState};

/// The key of a move, where it has one.
pub const fn keys(kind: MoveKind) -> Option<&'static str> {
    match kind {
        MoveKind::Retry => Some("R"),
        MoveKind::Cancel => Some("C"),
        MoveKind::RetryFromStep
        | MoveKind::Resume
        | MoveKind::Approve
        | MoveKind::Reject
        | MoveKind::Skip
        | MoveKind::Complete
        | MoveKind::ForceTimeout
        | MoveKind::ContinueInChat
        | MoveKind::Pause
        | MoveKind::StopGracefully
        | MoveKind::RunAgain
        | MoveKind::Report => None,
    }
}

/// The primary move with the others in a menu. `extra` stands below what is possible now.
#[component]
pub fn MoveButtons(
    #[prop(into)] moves: Signal<Vec<MoveState>>,
    #[prop(into)] on_move: Callback<MoveKind>,
    #[prop(into)] extra: Signal<Vec<MenuItem>>,
) -> AnyView {
    let primary = Memo::new(move |_| {
        moves.with(|moves| {
            moves
                .iter()
                .find(|state| state.primary)
                .map(|state| state.kind)
        })
    });
    let items = Signal::derive(move || moves.with(|moves| menu(moves, extra.get(), on_move)));
    let shown = move || {
        let kind = primary.get()?;
        let state = Memo::new(move |_| {
            moves.with(|moves| moves.iter().find(|state| state.kind == kind).cloned())
        });
        let label = move || state.get().map(|state| state.label);
        let disabled = Signal::derive(move || state.get().and_then(|state| state.reason));
        let look = if is_destructive(kind) {
            ButtonKind::Default
        } else {
            ButtonKind::Primary
        };
        Some(view! {
            <SplitButton
                kind=look
                icon=icon(kind)
                nostrip:keys=keys(kind)
                disabled
                more="All moves"
                items
                on_click=move |()| on_move.run(kind)
            >
                {label}
            </SplitButton>
        })
    };
    view! { <div class="moves">{shown}</div> }.into_any()
}

/// Possible ones first, then what the page offers, then the others with why not. The report is offered by the page itself.
fn menu(moves: &[MoveState], extra: Vec<MenuItem>, on_move: Callback<MoveKind>) -> Vec<MenuItem> {
    let one = |state: &MoveState| {
        let kind = state.kind;
        let mut item = MenuItem::new(state.label.clone(), move || on_move.run(kind))
            .icon(icon(kind))
            .disabled(state.reason.clone());
        if let Some(keys) = keys(kind) {
            item = item.keys(keys);
        }
        if is_destructive(kind) && state.legal {
            item = item.danger();
        }
        item
    };
    let all = || moves.iter().filter(|state| state.kind != MoveKind::Report);
    let mut items: Vec<MenuItem> = all().filter(|state| state.legal).map(one).collect();
    items.extend(extra);
    let mut others = all().filter(|state| !state.legal).map(one);
    let parts = !items.is_empty();
    items.extend(
        others
            .next()
            .map(|first| if parts { first.apart() } else { first }),
    );
    items.extend(others);
    items
}
