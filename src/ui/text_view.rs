//! Long texts. A short one is shown whole; of a long one only the lines in view are in the page.

mod go;
mod pieces;

use super::{
    copy::CopyButton,
    dom::watch_size,
    find::{Find, Needle, marked},
    fmt,
    slices::Slices,
    virtual_list::{ListHandle, ListRole, VirtualList},
};
use leptos::{html, prelude::*};
use pieces::{Cutter, Piece};
use std::sync::Arc;

/// Up to this many bytes a text is shown whole, wrapped by the browser.
const SHORT: usize = 60_000;
/// Height of a line, in pixels.
const LINE: u32 = 19;
/// Width of a character of the mono font of 12 px, in pixels; a little more, so that nothing is cut.
const CHARACTER: f64 = 7.35;
/// Width of the column of line numbers, in pixels.
const NUMBERS: f64 = 76.0;
/// Bytes cut between two looks at the clock.
const SLICE: usize = 64 * 1024;

/// A text in the mono font, with a button that copies it.
#[component]
pub fn TextView(
    /// What it is: "Output of the step".
    #[prop(into)]
    label: String,
    #[prop(into)] text: TextOf,
    /// What is looked for: shown and marked.
    #[prop(optional)]
    find: Option<Find>,
) -> AnyView {
    let TextOf(text) = text;
    let long = Memo::new(move |_| text.with(|text| text.len() > SHORT));
    let copy = format!("Copy: {label}");
    let copied = Signal::derive(move || text.with(ToString::to_string));
    view! {
        <div class="text-view">
            {move || if long.get() {
                long_text(label.clone(), text, find)
            } else {
                let label = label.clone();
                let needle = move || find.and_then(|find| find.needle.get());
                let shown = move || text.with(|text| marked(text, needle().as_ref()));
                view! { <pre class="text-view__short" tabindex="0" role="group" aria-label=label>{shown}</pre> }
                    .into_any()
            }}
            <CopyButton text=copied label=copy />
        </div>
    }
    .into_any()
}

/// The text of a view: held once, however long it is.
#[derive(Clone, Copy)]
pub struct TextOf(Signal<Arc<str>>);

impl From<Signal<Arc<str>>> for TextOf {
    fn from(text: Signal<Arc<str>>) -> Self {
        Self(text)
    }
}

impl From<Arc<str>> for TextOf {
    fn from(text: Arc<str>) -> Self {
        Self(Signal::stored(text))
    }
}

impl From<String> for TextOf {
    fn from(text: String) -> Self {
        Self(Signal::stored(text.into()))
    }
}

impl From<&str> for TextOf {
    fn from(text: &str) -> Self {
        Self(Signal::stored(text.into()))
    }
}

/// The lines of a text at a width, found slice by slice.
#[derive(Clone, Copy)]
struct Lines {
    all: StoredValue<Vec<Piece>>,
    count: RwSignal<usize>,
    /// Rises with each text or width: what was begun before stops.
    turn: StoredValue<u64>,
}

impl Lines {
    fn cut(self, text: Arc<str>, columns: usize) {
        let mine = self.turn.get_value() + 1;
        self.turn.set_value(mine);
        let mut cutter = Cutter::new(columns);
        let mut first = Vec::new();
        let more = cutter.cut(&text, SLICE, &mut first);
        self.all.set_value(first);
        self.tell();
        if !more {
            return;
        }
        leptos::task::spawn_local(async move {
            let mut slices = Slices::begin();
            loop {
                let more = self
                    .all
                    .try_update_value(|all| cutter.cut(&text, SLICE, all));
                if more != Some(true) {
                    break;
                }
                if slices.breathe().await {
                    if self.turn.try_get_value() != Some(mine) {
                        return;
                    }
                    self.tell();
                }
            }
            self.tell();
        });
    }

    fn tell(self) {
        if let Some(count) = self.all.try_with_value(Vec::len) {
            self.count.try_set(count);
        }
    }

    fn at(self, index: usize) -> Option<Piece> {
        self.count.track();
        self.all.with_value(|all| all.get(index).copied())
    }

    /// Where a line begins, once it is found; `None` beyond the lines there are so far.
    fn beginning(self, line: u32) -> Option<usize> {
        self.all
            .with_value(|all| all.iter().position(|piece| piece.line == line))
    }

    /// How many lines there are so far.
    fn last(self) -> u32 {
        self.count.track();
        self.all
            .with_value(|all| {
                all.iter()
                    .rev()
                    .map(|piece| piece.line)
                    .find(|line| *line > 0)
            })
            .unwrap_or(0)
    }

    /// The line that holds a byte, once it is found.
    fn holding(self, byte: usize) -> Option<usize> {
        self.count.track();
        self.all.with_value(|all| {
            let last = all.last()?;
            let before = all.partition_point(|piece| piece.start as usize <= byte);
            (last.end as usize >= byte).then(|| before.saturating_sub(1))
        })
    }
}

fn long_text(label: String, text: Signal<Arc<str>>, find: Option<Find>) -> AnyView {
    let node = NodeRef::<html::Div>::new();
    let columns = RwSignal::new(0_usize);
    watch_size(node, move |width, _| {
        let fits = ((width - NUMBERS) / CHARACTER) as usize;
        if columns.get_untracked() != fits {
            columns.set(fits);
        }
    });
    let lines = Lines {
        all: StoredValue::new(Vec::new()),
        count: RwSignal::new(0),
        turn: StoredValue::new(0),
    };
    Effect::new(move || {
        let columns = columns.get();
        if columns > 0 {
            lines.cut(text.get(), columns);
        }
    });
    let handle = ListHandle::new();
    let place = Memo::new(move |_| {
        let byte = find.and_then(Find::place)?;
        Some((byte, lines.holding(byte)?))
    });
    Effect::new(move || {
        if let Some((_, line)) = place.get() {
            handle.bring(line);
        }
    });
    let row = move |index: Signal<usize>| {
        let piece = Memo::new(move |_| lines.at(index.get()));
        let number = move || {
            let line = piece.get()?.line;
            (line > 0).then(|| fmt::count(u64::from(line)))
        };
        let shown = move || {
            let piece = piece.get()?;
            let needle: Option<Needle> = find.and_then(|find| find.needle.get());
            text.with(|text| Some(marked(text.get(piece.range())?, needle.as_ref())))
        };
        view! {
            <div class="text-view__line">
                <span class="text-view__number">{number}</span>
                <span>{shown}</span>
            </div>
        }
        .into_any()
    };
    view! {
        <go::GoToLine lines handle />
        <div node_ref=node class="text-view__long">
            <VirtualList label rows=lines.count row_height=LINE row role=ListRole::Lines handle />
        </div>
    }
    .into_any()
}
