//! A row: the step's name, its bars, and what they say in words.

use super::{Drawing, bars::BarKind, window::Piece, words::words};
use crate::ui::{
    fmt,
    icon::StatusGlyph,
    status::{Look, Tone},
};
use leptos::prelude::*;
use model::StepStatus;

/// All that a row shows: it is made anew only when some of it changes.
#[derive(Clone, PartialEq, Default)]
struct Shown {
    name: String,
    depth: usize,
    status: Option<StepStatus>,
    critical: bool,
    pieces: Vec<Piece>,
    /// How long it worked, where it did.
    took: String,
    words: String,
}

pub(super) fn row_view(drawing: Drawing, index: Signal<usize>) -> AnyView {
    let shown = Memo::new(move |_| read(drawing, index.get()));
    let row = move || draw(shown.get());
    row.into_any()
}

fn read(drawing: Drawing, index: usize) -> Shown {
    drawing.lines.with(|lines| {
        let Some(row) = lines.rows.get(index) else {
            return Shown::default();
        };
        let (name, words) = drawing
            .live
            .now(|run| (run.step_name(&row.path), words(run, row)))
            .unwrap_or_default();
        let works = |kind| matches!(kind, BarKind::Work | BarKind::Around);
        let worked = row.bars.iter().filter(|bar| works(bar.kind));
        let took: u64 = worked.map(|bar| bar.to.since(bar.from)).sum();
        Shown {
            name,
            depth: row.depth,
            status: Some(row.status),
            critical: drawing.path.with(|path| path.contains(&row.path)),
            pieces: drawing.window.get().pieces(&row.bars, &lines.scale),
            took: if row.bars.iter().any(|bar| works(bar.kind)) {
                fmt::duration(took)
            } else {
                String::new()
            },
            words,
        }
    })
}

fn draw(shown: Shown) -> AnyView {
    let look = Look::from(shown.status.unwrap_or(StepStatus::Pending));
    let bars = bars_view(&shown.pieces, &shown.took);
    let critical = shown.critical;
    // Which item it is tells the rows of a loop apart: a long name gives way, the item does not.
    let (name, item) = match shown.name.rsplit_once(" (") {
        Some((name, item)) if shown.depth > 0 => (name.to_owned(), Some(format!(" ({item}"))),
        _ => (shown.name, None),
    };
    view! {
        <div class="tl" class=("tl--critical", critical)>
            <span class=format!("tl__name tl__name--{} {}", shown.depth.min(3), look.tone.class()) role="rowheader">
                <StatusGlyph glyph=Signal::stored(look.glyph) />
                <span class="clip">{name}</span>
                {item.map(|item| view! { <span class="tl__item">{item}</span> })}
            </span>
            <span class="tl__area" role="gridcell">
                {bars}
                <span class="visually-hidden">{shown.words}{critical.then_some(", on the critical path")}</span>
            </span>
        </div>
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
