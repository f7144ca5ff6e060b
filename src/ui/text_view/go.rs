//! *Go to line*: a number typed, and the line stands in the middle.

use super::Lines;
use crate::ui::{fmt, virtual_list::ListHandle};
use leptos::{html, prelude::*};

#[component]
pub(super) fn GoToLine(lines: Lines, handle: ListHandle) -> AnyView {
    let field = NodeRef::<html::Input>::new();
    let last = Memo::new(move |_| lines.last());
    let said = RwSignal::new(String::new());
    let go = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else {
            return;
        };
        let typed: String = field.value().chars().filter(char::is_ascii_digit).collect();
        let last = last.get_untracked();
        let wanted = match typed.parse::<u32>() {
            Ok(line) => line.clamp(1, last.max(1)),
            // More digits than any text has lines.
            Err(_) if !typed.is_empty() => last,
            Err(_) => return said.set("Type the number of a line.".to_owned()),
        };
        if let Some(row) = lines.beginning(wanted) {
            handle.bring(row);
            said.set(format!("Line {}", fmt::count(wanted.into())));
        }
    };
    view! {
        <form class="text-view__go" on:submit=go>
            <span>{move || fmt::plural(last.get().into(), "line", "lines")}</span>
            <span role="status" class="visually-hidden">{move || said.get()}</span>
            <input node_ref=field class="input" inputmode="numeric" autocomplete="off" placeholder="Go to line" aria-label="Go to line" />
        </form>
    }
    .into_any()
}
