//! The keys that work everywhere, and those the screen offers.

use crate::{
    routes::{Page, Section},
    state::{
        keys::{Command, Commands, offer},
        session,
    },
    ui::{
        dom,
        toast::{Toast, Toasts},
    },
};
use leptos::{ev, prelude::*};
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

/// Listens for as long as the shell stands.
pub fn listen(palette: RwSignal<bool>, sheet: RwSignal<bool>) {
    let Some(commands) = Commands::get() else {
        return;
    };
    offer_screens(palette, sheet);
    let toasts = Toasts::get();
    let begun = StoredValue::new(None::<f64>);
    let handle = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
        let key = event.key();
        if (event.ctrl_key() || event.meta_key())
            && !event.alt_key()
            && key.eq_ignore_ascii_case("k")
        {
            event.prevent_default();
            palette.update(|open| *open = !*open);
            return;
        }
        let typing = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .is_some_and(|target| dom::is_typing(&target));
        let busy = document()
            .query_selector("dialog[open], [popover=auto]:popover-open")
            .ok()
            .flatten()
            .is_some();
        if typing || busy || !dom::plain(&event) || event.default_prevented() || event.repeat() {
            return;
        }
        // "G R" is two presses, one soon after the other.
        let now = event.time_stamp();
        let after_g = begun.get_value().is_some_and(|when| now - when < 1_200.0);
        begun.set_value(None);
        let pressed = if after_g {
            format!("G {}", key.to_uppercase())
        } else {
            key.to_uppercase()
        };
        if let Some(command) = commands.all().into_iter().find(|command| {
            command
                .keys
                .is_some_and(|keys| keys.eq_ignore_ascii_case(&pressed))
        }) {
            event.prevent_default();
            match (command.disabled, toasts) {
                (None, _) => (command.act)(),
                (Some(why), Some(toasts)) => {
                    toasts.push(Toast::note(format!("{}: {why}", command.label)));
                }
                (Some(_), None) => {}
            }
        } else if pressed == "G" {
            begun.set_value(Some(now));
        }
    });
    on_cleanup(move || handle.remove());
}

fn offer_screens(palette: RwSignal<bool>, sheet: RwSignal<bool>) {
    let place = session::place();
    let navigate = send_wrapper::SendWrapper::new(use_navigate());
    offer(move || {
        let go = |keys: &'static str, page: Page| {
            let href = place.link(&page);
            let navigate = navigate.clone();
            Command::new("Go to", page.shown(), move || {
                navigate(&href, leptos_router::NavigateOptions::default());
            })
            .keys(keys)
        };
        let find = |label: String, page: Page| {
            let href = place.link(&page);
            let navigate = navigate.clone();
            Command::new("Go to", label, move || {
                navigate(&href, leptos_router::NavigateOptions::default());
            })
        };
        let mut all = vec![
            Command::new("Everywhere", "Search or go to…", move || {
                palette.set(true);
            })
            .keys(super::search::palette_keys()),
            Command::new("Everywhere", "Keyboard shortcuts", move || sheet.set(true)).keys("?"),
            go("G C", Page::CommandCenter),
            go("G R", Page::Runs),
            go("G W", Page::Workflows),
            go("G M", Page::Missions),
            go("G H", Page::Health),
            go("G Q", Page::Queues),
            go("G P", Page::Waitpoints),
            go("G A", Page::Audit),
            go("G N", Page::Notifications),
            go("G S", Page::Settings(Section::Me)),
            go("G E", Page::Help),
            find(Page::Reports.shown().to_owned(), Page::Reports),
        ];
        all.extend(Section::ALL.map(|section| {
            find(
                format!("Settings: {}", section.shown()),
                Page::Settings(section),
            )
        }));
        all
    });
}
