//! A row: the step's name, its bars, and what they say in words.

use super::{
    Drawing,
    bars::{Bar, BarKind, Line},
    window::{Piece, Window},
    words::words,
};
use crate::{
    pages::run::{
        counts::{called_by, counted, of_run, rounds},
        folds::starred,
    },
    state::called::Called,
    ui::{
        fmt,
        icon::{Icon, StatusGlyph, lucide},
        status::{Look, Tone},
    },
};
use engine::Run;
use leptos::prelude::*;
use model::{StepPath, StepStatus, Timestamp};

/// All that a row shows: it is made anew only when some of it changes.
#[derive(Clone, PartialEq, Default)]
struct Shown {
    path: Option<StepPath>,
    name: String,
    depth: usize,
    status: Option<StepStatus>,
    /// Whether a loop's steps have rows.
    open: Option<bool>,
    /// Of what is folded into the row.
    counts: Vec<(Look, usize)>,
    critical: bool,
    pieces: Vec<Piece>,
    /// How long it worked, where it did.
    took: String,
    words: String,
}

impl Drawing {
    /// Where bars lie; only what goes on follows the clock.
    pub(super) fn pieces<'a>(
        self,
        window: Window,
        bars: impl Iterator<Item = &'a Bar>,
    ) -> Vec<Piece> {
        let until = |bar: &Bar| {
            if bar.open {
                bar.until(self.now.get())
            } else {
                *bar
            }
        };
        self.scale
            .with(|scale| window.pieces(bars.map(until), scale))
    }
}

pub(super) fn row_view(drawing: Drawing, index: Signal<usize>) -> AnyView {
    let shown = Memo::new(move |_| read(drawing, index.get()));
    let row = move || draw(drawing, shown.get());
    row.into_any()
}

fn read(drawing: Drawing, index: usize) -> Shown {
    drawing.lines.with(|lines| {
        let Some(row) = lines.rows.get(index) else {
            return Shown::default();
        };
        let now = if row.moves() && lines.moves() {
            drawing.now.get()
        } else {
            Timestamp::default()
        };
        let told = drawing.called.with(|called| {
            drawing.live.now(|run| {
                let counts = folded_in(run, row, lines.moment.is_none().then_some(called));
                let words = words(run, row, &counts, now);
                (run.step_name(&row.path), counts, words)
            })
        });
        let (name, counts, words) = told.unwrap_or_default();
        let works = |bar: &&Bar| matches!(bar.kind, BarKind::Work | BarKind::Around);
        let worked = row.bars.iter().filter(works).map(|bar| bar.until(now));
        let took: u64 = worked.map(|bar| bar.to.since(bar.from)).sum();
        Shown {
            name,
            depth: row.depth,
            status: Some(row.status),
            open: row.open,
            counts,
            critical: drawing.path.with(|path| path.contains(&row.path)),
            pieces: drawing.pieces(drawing.window.get(), row.bars.iter().chain(&row.inner)),
            took: if row.bars.iter().any(|bar| works(&bar)) {
                fmt::duration(took)
            } else {
                String::new()
            },
            words,
            path: Some(row.path.clone()),
        }
    })
}

/// How what is folded into a row stands: the rounds of a loop, the steps of a called run. How that stood at a moment of this
/// one is not known.
fn folded_in(run: &Run, row: &Line, called: Option<&Called>) -> Vec<(Look, usize)> {
    let Some(step) = run.step(&row.path) else {
        return Vec::new();
    };
    if row.open == Some(false) {
        return counted(&rounds(run, step));
    }
    let inside = called.and_then(|called| called_by(step, called));
    inside.map(of_run).unwrap_or_default()
}

fn draw(drawing: Drawing, shown: Shown) -> AnyView {
    let look = Look::from(shown.status.unwrap_or(StepStatus::Pending));
    let bars = bars_view(&shown.pieces, &shown.took);
    let critical = shown.critical;
    let fold = shown.open.zip(shown.path.clone());
    let expanded = shown.open.map(|open| if open { "true" } else { "false" });
    let fold = fold.map(|(open, path)| fold_view(drawing, &path, &shown.name, open));
    // Which item it is tells the rows of a loop apart: a long name gives way, the item does not.
    let (name, item) = match shown.name.rsplit_once(" (") {
        Some((name, item)) if shown.depth > 0 => (name.to_owned(), Some(format!(" ({item}"))),
        _ => (shown.name, None),
    };
    let count = |(look, count): &(Look, usize)| {
        view! {
            <span class=format!("tl__count {}", look.tone.class()) data-tip=format!("{} {}", fmt::count(*count as u64), look.word.to_lowercase())>
                <StatusGlyph glyph=Signal::stored(look.glyph) />
                {fmt::count(*count as u64)}
            </span>
        }
    };
    let counts = shown.counts.iter().map(count).collect_view();
    let counts = (!shown.counts.is_empty())
        .then(|| view! { <span class="tl__counts" aria-hidden="true">{counts}</span> });
    view! {
        <div class="tl" class=("tl--critical", critical)>
            <span class=format!("tl__name tl__name--{} {}", shown.depth.min(3), look.tone.class()) role="rowheader" aria-expanded=expanded>
                <StatusGlyph glyph=Signal::stored(look.glyph) />
                <span class="tl__text">
                    <span class="clip">{name}</span>
                    {counts}
                </span>
                {item.map(|item| view! { <span class="tl__item">{item}</span> })}
                {fold}
            </span>
            <span class="tl__area" role="gridcell">
                {bars}
                <span class="visually-hidden">{shown.words}{critical.then_some(", on the critical path")}</span>
            </span>
        </div>
    }
    .into_any()
}

/// Opens and folds a loop by pointer; the keyboard does it on the row.
fn fold_view(drawing: Drawing, path: &StepPath, name: &str, open: bool) -> AnyView {
    let id = starred(path);
    let (icon, label) = if open {
        (lucide::LuChevronDown, format!("Fold {name}"))
    } else {
        (lucide::LuChevronRight, format!("Show the steps of {name}"))
    };
    view! {
        <button type="button" class="tl__fold" tabindex="-1" aria-label=label on:click=move |_| drawing.selection.toggle(&id)>
            <Icon icon />
        </button>
    }
    .into_any()
}

pub(super) fn bars_view(pieces: &[Piece], took: &str) -> AnyView {
    let all: Vec<AnyView> = pieces.iter().map(bar_view).collect();
    let end = pieces
        .iter()
        .map(|piece| piece.left + piece.width)
        .fold(0.0, f64::max);
    let start = pieces.first().map_or(0.0, |piece| piece.left);
    // After the last bar where there is room, before the first where there is not, else nowhere.
    let side = if took.is_empty() || pieces.is_empty() {
        None
    } else if end <= 78.0 {
        Some(("tl__took", end))
    } else if start >= 22.0 {
        Some(("tl__took tl__took--before", 100.0 - start))
    } else {
        None
    };
    let took = side.map(|(class, at)| {
        view! { <span class=class style:--at=percent(at) aria-hidden="true">{took.to_owned()}</span> }
    });
    view! { {all} {took} }.into_any()
}

fn bar_view(piece: &Piece) -> AnyView {
    let kind = match piece.kind {
        BarKind::Queued => "queued",
        BarKind::Work => "work",
        BarKind::Waiting => "waiting",
        BarKind::Backoff => "backoff",
        BarKind::Around => "around",
    };
    let tone: Tone = piece.tone;
    let open = if piece.open { " bar--open" } else { "" };
    view! {
        <span
            class=format!("bar bar--{kind} {}{open}", tone.class())
            style:left=percent(piece.left)
            style:width=percent(piece.width)
            aria-hidden="true"
        ></span>
    }
    .into_any()
}

pub(super) fn percent(at: f64) -> String {
    format!("{at}%")
}
