//! JSON as a tree that opens. Only the rows in view are in the page: 20 MB open as fast as a line.

mod rows;

use super::{
    button::{Button, ButtonKind},
    copy::CopyButton,
    dialog::{Dialog, DialogKind},
    dom,
    icon::{Icon, lucide},
    text_view::TextView,
    virtual_list::{ListHandle, ListRole, RowKey, VirtualList},
};
use leptos::prelude::*;
use rows::{Row, What, rows};
use serde_json::Value;
use std::{collections::HashSet, sync::Arc};

/// Height of a row, in pixels.
const ROW: usize = 22;
/// The tree is no higher than this many rows, unless it fills its place.
const HIGHEST: usize = 22;

/// A JSON value. Rows open and close by click, Enter, or the right and left arrow; each value and path can be copied.
#[component]
pub fn JsonView(
    /// What it is: "Input of the step".
    #[prop(into)]
    label: String,
    #[prop(into)] value: Signal<Arc<Value>>,
    /// How many levels are open at first.
    #[prop(default = 2)]
    levels: usize,
    /// As high as the element around it, instead of as high as its rows.
    #[prop(optional)]
    fill: bool,
) -> AnyView {
    let levels = RwSignal::new(levels);
    let turned = RwSignal::new(HashSet::<String>::new());
    let all = Memo::new(move |_| {
        value.with(|value| turned.with(|turned| Arc::new(rows(value, levels.get(), turned))))
    });
    let count = Signal::derive(move || all.with(|all| all.len()));
    let row_at = move |index: usize| all.with(|all| all.get(index).cloned());
    let handle = ListHandle::new();
    let whole = RwSignal::new(None::<String>);
    let whole_open = RwSignal::new(false);

    let turn = move |index: usize, wish: Option<bool>| {
        let Some(row) = untrack(|| row_at(index)) else {
            return;
        };
        match row.what {
            What::Inside { open, .. } if wish != Some(open) => turned.update(|turned| {
                if !turned.remove(&row.path) {
                    turned.insert(row.path);
                }
            }),
            What::Cut(..) if wish.is_none() => {
                whole.set(value.with_untracked(|value| {
                    value
                        .pointer(row.pointer())
                        .and_then(Value::as_str)
                        .map(ToOwned::to_owned)
                }));
                whole_open.set(true);
            }
            What::Inside { .. }
            | What::Text(_)
            | What::Cut(..)
            | What::Number(_)
            | What::Word(_) => {}
        }
    };
    let level = move |change: fn(usize) -> usize| {
        turned.update(HashSet::clear);
        levels.update(|levels| *levels = change(*levels));
    };
    let on_keydown = move |event: web_sys::KeyboardEvent| {
        let wish = match event.key().as_str() {
            "ArrowRight" => true,
            "ArrowLeft" => false,
            _ => return,
        };
        if let (Some(active), true) = (handle.active.get_untracked(), dom::plain(&event)) {
            event.prevent_default();
            turn(active, Some(wish));
        }
    };
    let text_of = move |pointer: &str| {
        value.with_untracked(|value| match value.pointer(pointer) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => serde_json::to_string_pretty(other).unwrap_or_default(),
            None => String::new(),
        })
    };
    let row_view = move |index: Signal<usize>| {
        let row = Memo::new(move |_| row_at(index.get()));
        view! {
            {move || {
                let row = row.get()?;
                Some(one_row(row, move |pointer| text_of(pointer)))
            }}
        }
        .into_any()
    };
    let height = move || (!fill).then(|| format!("{}px", count.get().clamp(1, HIGHEST) * ROW + 12));
    let everything = Signal::derive(move || text_of(""));
    view! {
        <div class=if fill { "json json--fill" } else { "json" } style:height=height on:keydown=on_keydown>
            <VirtualList
                label
                rows=count
                row_height=ROW as u32
                row=row_view
                key=move |index: usize| RowKey::of(all.with_untracked(|all| all.get(index).map(|row| row.path.clone())))
                role=ListRole::Lines
                handle
                on_open=move |index: usize| turn(index, None)
            />
            <div class="json__tools">
                <Button kind=ButtonKind::Quiet small=true icon=lucide::LuMinus label="Close a level" on_click=move || level(|n| n.saturating_sub(1)) />
                <Button kind=ButtonKind::Quiet small=true icon=lucide::LuPlus label="Open a level" on_click=move || level(|n| n + 1) />
                <CopyButton text=everything label="Copy all of it" />
            </div>
        </div>
        <Dialog open=whole_open title="The whole text" kind=DialogKind::Wide>
            <TextView label="The whole text" text=Signal::derive(move || whole.get().unwrap_or_default()) />
        </Dialog>
    }
    .into_any()
}

fn one_row(row: Row, text_of: impl Fn(&str) -> String + Send + Sync + 'static) -> AnyView {
    let pointer = row.pointer().to_owned();
    let path = pointer.clone();
    let is_stretch = row.path.contains('#');
    let (twist, value) = match row.what {
        What::Inside {
            open,
            braces,
            holds,
        } => {
            let icon = if open {
                lucide::LuChevronDown
            } else {
                lucide::LuChevronRight
            };
            let (left, right) = braces.split_at(braces.len() / 2);
            let heard = if open { "open" } else { "closed" };
            let value = view! {
                <span class="json__brace">{left}</span>
                <span class="json__holds">{holds}</span>
                <span class="json__brace">{right}</span>
                <span class="visually-hidden">{heard}</span>
            };
            (Some(view! { <Icon icon /> }), value.into_any())
        }
        What::Text(text) => (
            None,
            view! { <span class="json__text">"\""{text}"\""</span> }.into_any(),
        ),
        What::Cut(text, size) => {
            let value = view! {
                <span class="json__text">"\""{text}"…"</span>
                <span class="json__size">{size}", open to read"</span>
            };
            (None, value.into_any())
        }
        What::Number(text) => (
            None,
            view! { <span class="json__number">{text}</span> }.into_any(),
        ),
        What::Word(word) => (
            None,
            view! { <span class="json__word">{word}</span> }.into_any(),
        ),
    };
    let copied = Signal::derive(move || text_of(&pointer));
    let indent = format!("{}px", 8 + row.depth * 16);
    view! {
        <div class="json__row" style:padding-inline-start=indent>
            <span class="json__twist">{twist}</span>
            {row
                .name
                .map(|name| {
                    let class = if is_stretch { "json__stretch" } else { "json__name" };
                    view! { <span class=class>{name}</span> <span class="json__colon">{(!is_stretch).then_some(":")}</span> }
                })}
            <span class="json__value">{value}</span>
            {(!is_stretch)
                .then(|| {
                    view! {
                        <span class="json__copy">
                            <CopyButton text=copied label="Copy the value" />
                            <CopyButton text=path label="Copy the path" icon=lucide::LuLink />
                        </span>
                    }
                })}
        </div>
    }
    .into_any()
}
