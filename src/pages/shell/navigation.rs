//! Going from screen to screen: the tab's title, the announcement, the focus.

use super::title;
use crate::state::inbox::Inbox;
use leptos::{html, prelude::*};

/// Keeps the tab's title, with how many messages are unread, and moves the focus to the content when the screen changes, as a page load would.
pub fn announce() {
    let Some(state) = title() else { return };
    let inbox = Inbox::get();
    Effect::new(move || {
        let text = state.0.with(|title| title.text.clone());
        let unread = inbox.map_or(0, |inbox| inbox.unread.get());
        let count = if unread > 0 {
            format!("({unread}) ")
        } else {
            String::new()
        };
        document().set_title(&if text.is_empty() {
            format!("{count}Signalbox")
        } else {
            format!("{count}{text} · Signalbox")
        });
    });
}

/// Says the title of a new screen to those who hear the page.
#[component]
pub fn Announcer() -> AnyView {
    let node = NodeRef::<html::Div>::new();
    let path = leptos_router::hooks::use_location().pathname;
    // The title settles once its data is there; what counts is one announcement for each address.
    let said = StoredValue::new(String::new());
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        let text = title()
            .map(|state| state.0.with(|title| title.text.clone()))
            .unwrap_or_default();
        let moved = before.as_ref().is_some_and(|before| *before != path);
        if moved {
            said.set_value(String::new());
            if let Some(content) = document().get_element_by_id("content")
                && !document()
                    .active_element()
                    .is_some_and(|now| content.contains(Some(&now)))
            {
                let _ =
                    wasm_bindgen::JsCast::unchecked_into::<web_sys::HtmlElement>(content).focus();
            }
        }
        if !text.is_empty() && said.with_value(|said| *said != text) {
            if let Some(node) = node.get() {
                node.set_text_content(Some(&text));
            }
            said.set_value(text);
        }
        path
    });
    view! { <div node_ref=node class="visually-hidden" aria-live="polite" aria-atomic="true"></div> }.into_any()
}
