//! How current the page is: live, reconnecting, offline.

use crate::{
    api::stream::{Link, Stream},
    ui::{fmt, time::Clock},
};
use leptos::prelude::*;

#[component]
pub fn LinkState() -> AnyView {
    let Some(stream) = Stream::get() else {
        return ().into_any();
    };
    let clock = Clock::get();
    let since = move || {
        fmt::duration(clock.now().since(stream.heard.get()) / 1_000 * 1_000)
            .replace("0 ms", "0 s")
            .replace(".0 s", " s")
    };
    let text = move || match stream.link.get() {
        Link::Connecting => "Connecting".to_owned(),
        Link::Live => "Live".to_owned(),
        Link::Reconnecting => format!("Reconnecting, last update {} ago", since()),
        Link::Offline => format!("Offline, last update {} ago", since()),
    };
    let class = move || match stream.link.get() {
        Link::Connecting => "link link--wait",
        Link::Live => "link link--live",
        Link::Reconnecting | Link::Offline => "link link--lost",
    };
    let tip = move || match stream.link.get() {
        Link::Connecting => "Opening the stream of changes",
        Link::Live => "Changes appear as they happen",
        Link::Reconnecting => {
            "The connection broke. It is tried again by itself, and nothing is missed."
        }
        Link::Offline => "This computer has no network. The page goes on when it is back.",
    };
    // Heard when it changes, not every second.
    let heard = Memo::new(move |_| match stream.link.get() {
        Link::Connecting | Link::Live => "",
        Link::Reconnecting => "Reconnecting",
        Link::Offline => "Offline",
    });
    view! {
        <span class=class data-tip=tip tabindex="0">
            <span class="link__dot" aria-hidden="true"></span>
            <span class="link__text">{text}</span>
        </span>
        <span class="visually-hidden" role="status">{move || heard.get()}</span>
    }
    .into_any()
}
