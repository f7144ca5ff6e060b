//! Values of a run: small ones as they came, large ones once a person asks for them.

pub mod whole;

use crate::{
    api::Api,
    ui::{
        button::{Button, LinkButton},
        find::searched,
        fmt,
        icon::lucide,
        json_view::{Doc, SearchedJson},
        text_view::TextView,
    },
};
use leptos::prelude::*;
use model::cut::{Cut, Kind};
use serde_json::Value;
use std::sync::Arc;
use whole::{Loaded, Whole};

/// Up to this many bytes a value that was cut is fetched without being asked for.
const AT_ONCE: u64 = 1_000_000;

/// A value to show.
#[derive(Clone)]
pub struct Shown {
    /// What it is: "the step's output".
    pub label: &'static str,
    pub value: Value,
    /// Where the whole of it is to be had, where only its beginning travels.
    pub whole: Option<String>,
    /// What templates call it: "steps.read.result"; empty where they do not see it.
    pub root: String,
}

/// Plain text is read as text, everything else as a tree.
pub fn value(shown: Shown) -> AnyView {
    let Shown {
        label,
        value,
        whole,
        root,
    } = shown;
    match (Cut::of(&value).zip(whole), value) {
        (Some((cut, path)), _) => view! { <Large label cut path root /> }.into_any(),
        (None, Value::String(text)) if !text.starts_with("data:image/") => {
            loaded(label, Loaded::Text(text.into()), root)
        }
        (None, value) => loaded(label, Loaded::Json(Arc::new(Doc::of(&value))), root),
    }
}

/// What was loaded, with a field to search it.
pub fn loaded(label: &'static str, loaded: Loaded, root: String) -> AnyView {
    match loaded {
        Loaded::Text(text) => {
            let text = Signal::stored(text);
            searched(label, text, move |find| {
                view! { <TextView label text find /> }.into_any()
            })
        }
        Loaded::Json(doc) => {
            view! { <SearchedJson label what=label doc=Signal::stored(doc) levels=3 root /> }
                .into_any()
        }
    }
}

/// A value of which only the beginning came.
#[component]
fn Large(label: &'static str, cut: Cut, path: String, root: String) -> AnyView {
    let api = Api::get();
    let file = format!("{}&download=true", api.direct(&path));
    let whole = Whole::new(api, path, cut.kind != Kind::Text);
    if cut.bytes <= AT_ONCE {
        whole.load();
    }
    let length = cut.length.unwrap_or_default();
    let size = fmt::bytes(cut.bytes);
    let about = match cut.kind {
        Kind::Text => format!("Text of {size}"),
        Kind::Array => format!("{size}, {}", fmt::plural(length, "item", "items")),
        Kind::Object => format!("{size}, {}", fmt::plural(length, "field", "fields")),
    };
    let shown = fmt::bytes(cut.start.len() as u64);
    let start = cut.start;
    let waiting = move || {
        let busy = Signal::derive(move || whole.is_loading());
        view! {
            <p class="value__about">
                <b>{about.clone()}</b>
                {format!("Showing the first {shown}.")}
                <Button small=true icon=lucide::LuMaximize2 busy on_click=move || whole.load()>"Open all of it"</Button>
                <LinkButton small=true icon=lucide::LuDownload href=file.clone() download="">"Download"</LinkButton>
                <span role="status">{move || whole.said()}</span>
            </p>
            <pre class="value__start" tabindex="0" role="group" aria-label=format!("How {label} begins")>{start.clone()}"…"</pre>
        }
        .into_any()
    };
    whole.view(label, waiting, move |found| {
        loaded(label, found, root.clone())
    })
}
