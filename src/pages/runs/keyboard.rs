//! The keys of the list: walking, searching, picking, and the moves on the run one is on.

use super::{list::RunList, picked::Picked};
use crate::{
    moves::{Ask, Desk},
    state::keys::{Command, offer},
    ui::virtual_list::ListHandle,
};
use leptos::{html, prelude::*};
use model::MoveKind;
use wasm_bindgen::JsCast;

/// J and K walk the list wherever the focus is, R and C move the run one is on, / searches.
pub fn offer_keys(
    list: RunList,
    handle: ListHandle,
    search: NodeRef<html::Input>,
    open: Callback<usize>,
    picked: Picked,
) {
    let desk = Desk::get();
    let step = move |by: isize| {
        if let Ok(Some(list)) = document().query_selector(".runs .vlist")
            && let Some(list) = list.dyn_ref::<web_sys::HtmlElement>()
        {
            let _ = list.focus();
        }
        handle.step(by);
    };
    offer(move || {
        let mut commands = vec![
            Command::new("Runs", "Next run", move || step(1)).keys("J"),
            Command::new("Runs", "Previous run", move || step(-1)).keys("K"),
            Command::new("Runs", "Search runs", move || {
                if let Some(input) = search.get_untracked() {
                    let _ = input.focus();
                    input.select();
                }
            })
            .keys("/"),
            Command::new(
                "Runs",
                "Select the run; with Shift, all up to it",
                move || {
                    if let Some(index) = handle.active.get_untracked() {
                        picked.toggle(index);
                    }
                },
            )
            .keys("X"),
        ];
        if picked.any() {
            let clear = Command::new("Runs", "Clear the selection", move || picked.clear());
            commands.push(clear.keys("Escape"));
        }
        if let (Some(index), Some(desk)) = (handle.active.get(), desk)
            && let Some(row) = list.paged.at(index)
        {
            let may = |kind| engine::may_move(row.status, kind);
            let (one, other) = (row.clone(), row.clone());
            let retry = Command::new("Runs", format!("Retry {}", row.title), move || {
                desk.ask(Ask::of_row(&one, MoveKind::Retry));
            });
            let cancel = Command::new("Runs", format!("Cancel {}", row.title), move || {
                desk.ask(Ask::of_row(&other, MoveKind::Cancel));
            });
            let is = row.status.shown().to_lowercase();
            commands.push(Command::new(
                "Runs",
                format!("Open {}", row.title),
                move || open.run(index),
            ));
            commands.push(
                retry
                    .keys("R")
                    .disabled((!may(MoveKind::Retry)).then(|| format!("it is {is}."))),
            );
            commands.push(
                cancel
                    .keys("C")
                    .disabled((!may(MoveKind::Cancel)).then(|| format!("it is {is}."))),
            );
        }
        commands
    });
}

/// With Shift held, the rows that the keyboard passes are picked.
pub fn pick_with_shift(handle: ListHandle, picked: Picked) {
    Effect::new(move |before: Option<Option<usize>>| {
        let now = handle.active.get();
        if let (Some(from), Some(to)) = (before.flatten(), now)
            && from != to
        {
            picked.walked(from, to);
        }
        now
    });
}

/// Space on the list picks the row that the keyboard is on, and does not scroll.
pub fn space(event: &web_sys::KeyboardEvent, handle: ListHandle, picked: Picked) {
    let on_list = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .is_some_and(|target| target.class_list().contains("vlist"));
    if let (" ", true, Some(index)) = (event.key().as_str(), on_list, handle.active.get_untracked())
    {
        event.prevent_default();
        picked.toggle(index);
    }
}
