//! JSON as a tree that opens. Only the rows in view are in the page, and no tree is made of the text: 20 MB open as fast as a
//! line.

mod copied;
mod doc;
mod picture;
mod pretty;
mod row;
mod rows;
mod scan;

use super::{
    button::{Button, ButtonKind},
    copy::CopyButton,
    dialog::{Dialog, DialogKind},
    dom,
    find::{Find, Needle, searched},
    icon::lucide,
    text_view::TextView,
    virtual_list::{ListHandle, ListRole, RowKey, VirtualList},
};
use copied::{path, unfolded};
pub use doc::Doc;
use leptos::prelude::*;
pub use pretty::pretty;
use row::{Shown, one_row};
use rows::{What, open_way, rows, what};
use serde_json::Value;
use std::{collections::HashSet, sync::Arc};

/// Height of a row, in pixels.
const ROW: usize = 24;
/// The tree is no higher than this many rows, unless it fills its place.
const HIGHEST: usize = 20;

/// A JSON value, as [`SearchedJson`].
#[component]
pub fn JsonView(
    /// What it is: "Input of the step".
    #[prop(into)]
    label: String,
    #[prop(into)] value: Signal<Arc<Value>>,
    /// How many levels are open at first.
    #[prop(default = 2)]
    levels: usize,
) -> AnyView {
    let doc = Memo::new(move |_| Arc::new(value.with(|value| Doc::of(value))));
    let mut letters = label.chars();
    let first = letters.next().map(char::to_lowercase);
    let what: String = first.into_iter().flatten().chain(letters).collect();
    view! { <SearchedJson label what doc levels root="" /> }.into_any()
}

/// [`JsonTree`] with a field that searches it, where it is long.
#[component]
pub fn SearchedJson(
    /// What it is: "Input of the step".
    #[prop(into)]
    label: String,
    /// What is searched: "the input of the step".
    #[prop(into)]
    what: String,
    #[prop(into)] doc: Signal<Arc<Doc>>,
    levels: usize,
    #[prop(into)] root: String,
) -> AnyView {
    let text = Signal::derive(move || doc.with(|doc| doc.text()));
    searched(&what, text, move |find| {
        view! { <JsonTree label doc levels root find /> }.into_any()
    })
}

/// A JSON document. Rows open and close by click, Enter, or the right and left arrow; each value and path can be copied.
#[component]
pub fn JsonTree(
    /// What it is: "Input of the step".
    #[prop(into)]
    label: String,
    #[prop(into)] doc: Signal<Arc<Doc>>,
    /// How many levels are open at first.
    #[prop(default = 2)]
    levels: usize,
    /// What templates call the whole: "steps.read.result". Paths are copied with it.
    #[prop(optional, into)]
    root: String,
    /// What is looked for: opened, shown and marked.
    #[prop(optional)]
    find: Option<Find>,
) -> AnyView {
    let levels = RwSignal::new(levels);
    let turned = RwSignal::new(HashSet::new());
    let all = Memo::new(move |_| {
        doc.with(|doc| turned.with(|turned| Arc::new(rows(doc, levels.get(), turned))))
    });
    let count = Signal::derive(move || all.with(|all| all.len()));
    let row_at = move |index: usize| all.with(|all| all.get(index).copied());
    let handle = ListHandle::new();
    let opened = RwSignal::new(None::<Opened>);
    let open = super::dialog::open_while(opened);

    let turn = move |index: usize, wish: Option<bool>| {
        let Some(row) = untrack(|| row_at(index)) else {
            return;
        };
        match row.open {
            Some(now) if wish != Some(now) => turned.update(|turned| {
                if !turned.remove(&row.key()) {
                    turned.insert(row.key());
                }
            }),
            None if wish.is_none() => opened.set(doc.with_untracked(|doc| Opened::of(doc, row))),
            Some(_) | None => {}
        }
    };
    let level = move |change: fn(usize) -> usize| {
        turned.update(HashSet::clear);
        levels.update(|levels| *levels = change(*levels));
    };
    Effect::new(move || {
        let Some(place) = find.and_then(Find::place) else {
            return;
        };
        let doc = doc.get_untracked();
        let mut now = turned.get_untracked();
        let key = open_way(&doc, levels.get_untracked(), &mut now, place);
        turned.set(now);
        let index = all.with_untracked(|all| all.iter().position(|row| row.key() == key));
        if let Some(index) = index {
            handle.bring(index);
        }
    });
    let on_keydown = move |event: web_sys::KeyboardEvent| {
        let wish = match event.key().as_str() {
            "ArrowRight" => true,
            "ArrowLeft" => false,
            _ => return,
        };
        let typing = event
            .target()
            .and_then(|target| wasm_bindgen::JsCast::dyn_into(target).ok())
            .is_some_and(|target| dom::is_typing(&target));
        if let (Some(active), true, false) =
            (handle.active.get_untracked(), dom::plain(&event), typing)
        {
            event.prevent_default();
            turn(active, Some(wish));
        }
    };
    let value_at = move |index: usize| {
        let row = untrack(|| row_at(index));
        row.map(|row| doc.with_untracked(|doc| unfolded(doc, row.at)))
            .unwrap_or_default()
    };
    let root = StoredValue::new(root);
    let path_at = move |index: usize| {
        doc.with_untracked(|doc| {
            all.with_untracked(|all| root.with_value(|root| path(doc, all, index, root)))
        })
    };
    let needle = Memo::new(move |_| find.and_then(|find| find.needle.get()));
    let row_view = move |index: Signal<usize>| {
        let row = Memo::new(move |_| row_at(index.get()));
        let shown = move || {
            let row = row.get()?;
            let words: Option<Needle> = needle.get();
            let shown = doc.with(|doc| Shown::of(doc, row, words));
            let value = Callback::new(move |()| value_at(index.get_untracked()));
            let path = Callback::new(move |()| path_at(index.get_untracked()));
            Some(one_row(shown, value, path))
        };
        shown.into_any()
    };
    let height = move || format!("{}px", count.get().clamp(1, HIGHEST) * ROW + 12);
    let everything = Signal::derive(move || doc.with(|doc| unfolded(doc, doc.root())));
    let title = Signal::derive(move || {
        opened.with(|opened| opened.as_ref().map_or("", Opened::title).to_owned())
    });
    view! {
        <div class="json" style:height=height on:keydown=on_keydown>
            <VirtualList
                label
                rows=count
                row_height=ROW as u32
                row=row_view
                key=move |index: usize| RowKey::of(all.with_untracked(|all| all.get(index).map(rows::Row::key)))
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
        <Dialog open title kind=DialogKind::Wide>
            {move || opened.get().map(Opened::view)}
        </Dialog>
    }
    .into_any()
}

/// What a row opens in a dialog.
#[derive(Clone)]
enum Opened {
    Text(Arc<str>),
    Picture(picture::Picture),
}

impl Opened {
    fn of(doc: &Doc, row: rows::Row) -> Option<Self> {
        match what(doc, row) {
            What::Cut(..) => Some(Self::Text(unfolded(doc, row.at).into())),
            What::Picture(..) => picture::Picture::of(doc.raw(row.at)).map(Self::Picture),
            What::Inside(..) | What::Text(_) | What::Number(_) | What::Word(_) => None,
        }
    }

    const fn title(&self) -> &'static str {
        match self {
            Self::Text(_) => "The whole text",
            Self::Picture(_) => "The picture",
        }
    }

    fn view(self) -> AnyView {
        match self {
            Self::Text(text) => view! { <TextView label="The whole text" text /> }.into_any(),
            Self::Picture(picture) => picture.view(),
        }
    }
}
