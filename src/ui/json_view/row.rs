//! One row of the tree.

use super::{
    Doc, Needle,
    rows::{Name, Row, What, what},
    scan::STRETCH,
};
use crate::ui::{
    copy::CopyButton,
    find::marked,
    fmt,
    icon::{Icon, lucide},
};
use leptos::prelude::*;

/// A row as it is read.
pub(super) struct Shown {
    depth: usize,
    is_stretch: bool,
    name: Option<String>,
    open: Option<bool>,
    what: What,
    /// What is looked for.
    words: Option<Needle>,
}

impl Shown {
    pub(super) fn of(doc: &Doc, row: Row, words: Option<Needle>) -> Self {
        let name = match row.name {
            Name::Root => None,
            Name::Field(at) => Some(super::doc::unescaped(doc.raw(at), usize::MAX)),
            Name::Item(place) => Some(place.to_string()),
            Name::Stretch(from) => {
                let last = (from + STRETCH).min(doc.count(row.at)) - 1;
                Some(format!(
                    "{} … {}",
                    fmt::count(from as u64),
                    fmt::count(last as u64)
                ))
            }
        };
        Self {
            depth: row.depth,
            is_stretch: row.is_stretch(),
            name,
            open: row.open,
            what: what(doc, row),
            words,
        }
    }
}

pub(super) fn one_row(
    row: Shown,
    value: Callback<(), String>,
    path: Callback<(), String>,
) -> AnyView {
    let words = row.words.as_ref();
    let twist = row.open.map(|open| {
        let icon = if open {
            lucide::LuChevronDown
        } else {
            lucide::LuChevronRight
        };
        view! { <Icon icon /> }
    });
    let shown = match row.what {
        What::Inside(braces, holds) => {
            let (left, right) = braces.split_at(braces.len() / 2);
            let heard = if row.open == Some(true) {
                "open"
            } else {
                "closed"
            };
            view! {
                <span class="json__brace">{left}</span>
                <span class="json__holds">{holds}</span>
                <span class="json__brace">{right}</span>
                <span class="visually-hidden">{heard}</span>
            }
            .into_any()
        }
        What::Text(text) => {
            view! { <span class="json__text">"\""{marked(&text, words)}"\""</span> }.into_any()
        }
        What::Cut(text, size) => view! {
            <span class="json__text">"\""{marked(&text, words)}"…"</span>
            <span class="json__size">{size}", open to read"</span>
        }
        .into_any(),
        What::Picture(kind, size) => {
            view! { <span class="json__size">{kind}", "{size}", open to see"</span> }.into_any()
        }
        What::Number(text) => {
            view! { <span class="json__number">{marked(&text, words)}</span> }.into_any()
        }
        What::Word(word) => {
            view! { <span class="json__word">{marked(&word, words)}</span> }.into_any()
        }
    };
    let is_stretch = row.is_stretch;
    let name = row.name.map(|name| {
        let class = if is_stretch {
            "json__stretch"
        } else {
            "json__name"
        };
        view! {
            <span class=class>{marked(&name, words)}</span>
            <span class="json__colon">{(!is_stretch).then_some(":")}</span>
        }
    });
    let copy = (!is_stretch).then(|| {
        let (value, path) = (
            Signal::derive(move || value.run(())),
            Signal::derive(move || path.run(())),
        );
        view! {
            <span class="json__copy">
                <CopyButton text=value label="Copy the value" />
                <CopyButton text=path label="Copy the path" icon=lucide::LuLink />
            </span>
        }
    });
    view! {
        <div class="json__row" style:padding-inline-start=format!("{}px", 8 + row.depth * 16)>
            <span class="json__twist">{twist}</span>
            {name}
            <span class="json__value">{shown}</span>
            {copy}
        </div>
    }
    .into_any()
}
