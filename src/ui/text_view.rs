//! Long texts. A short one is shown whole; of a long one only the lines in view are in the page.

use super::{
    copy::CopyButton,
    dom::watch_size,
    fmt,
    virtual_list::{ListHandle, ListRole, VirtualList},
};
use leptos::{html, prelude::*};
use std::sync::Arc;

/// Up to this many bytes a text is shown whole, wrapped by the browser.
const SHORT: usize = 60_000;
/// Height of a line, in pixels.
const LINE: u32 = 19;
/// Width of a character of the mono font of 12 px, in pixels; a little more, so that nothing is cut.
const CHARACTER: f64 = 7.35;
/// Width of the column of line numbers, in pixels.
const NUMBERS: f64 = 76.0;

/// A piece of a line that fits the width: where it is in the text, and the number of its line if it begins one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    start: usize,
    end: usize,
    line: Option<usize>,
}

/// Cuts a text into pieces of at most `columns` characters.
fn pieces(text: &str, columns: usize) -> Vec<Piece> {
    let columns = columns.max(10);
    let mut out = Vec::new();
    let mut at = 0;
    for (number, line) in text.split('\n').enumerate() {
        let end = at + line.len();
        let (mut start, mut width, mut first) = (at, 0, Some(number + 1));
        for (offset, character) in line.char_indices() {
            // Letters outside ASCII can be twice as wide.
            let own = if character.is_ascii() { 1 } else { 2 };
            if width + own > columns {
                out.push(Piece {
                    start,
                    end: at + offset,
                    line: first.take(),
                });
                (start, width) = (at + offset, 0);
            }
            width += own;
        }
        out.push(Piece {
            start,
            end,
            line: first,
        });
        at = end + 1;
    }
    out
}

/// A text in the mono font, with a button that copies it.
#[component]
pub fn TextView(
    /// What it is: "Output of the step".
    #[prop(into)]
    label: String,
    #[prop(into)] text: Signal<String>,
) -> AnyView {
    let long = Memo::new(move |_| text.with(|text| text.len() > SHORT));
    let copy = format!("Copy: {label}");
    view! {
        <div class="text-view">
            {move || if long.get() {
                long_text(label.clone(), text)
            } else {
                let label = label.clone();
                view! { <pre class="text-view__short" tabindex="0" role="group" aria-label=label>{move || text.get()}</pre> }
                    .into_any()
            }}
            <CopyButton text label=copy />
        </div>
    }
    .into_any()
}

fn long_text(label: String, text: Signal<String>) -> AnyView {
    let node = NodeRef::<html::Div>::new();
    let columns = RwSignal::new(0_usize);
    watch_size(node, move |width, _| {
        let fits = ((width - NUMBERS) / CHARACTER) as usize;
        if columns.get_untracked() != fits {
            columns.set(fits);
        }
    });
    let cut = Memo::new(move |_| Arc::new(text.with(|text| pieces(text, columns.get()))));
    let rows = Signal::derive(move || cut.with(|cut| cut.len()));
    let row = move |index: Signal<usize>| {
        let piece = Memo::new(move |_| cut.with(|cut| cut.get(index.get()).copied()));
        view! {
            <div class="text-view__line">
                <span class="text-view__number">{move || piece.get().and_then(|piece| piece.line).map(|line| fmt::count(line as u64))}</span>
                <span>{move || piece.get().and_then(|piece| text.with(|text| text.get(piece.start..piece.end).map(ToOwned::to_owned)))}</span>
            </div>
        }
        .into_any()
    };
    view! {
        <div node_ref=node class="text-view__long">
            <VirtualList label rows row_height=LINE row role=ListRole::Lines handle=ListHandle::new() />
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_cover_the_text_and_keep_line_numbers() {
        let text = "short\n\n0123456789abcdef\nend";
        let cut = pieces(text, 10);
        let shown: Vec<(&str, Option<usize>)> = cut
            .iter()
            .map(|piece| (&text[piece.start..piece.end], piece.line))
            .collect();
        assert_eq!(
            shown,
            [
                ("short", Some(1)),
                ("", Some(2)),
                ("0123456789", Some(3)),
                ("abcdef", None),
                ("end", Some(4))
            ]
        );
    }

    #[test]
    fn wide_letters_are_not_cut_in_two() {
        let text = "äöüäöüäöü";
        let cut = pieces(text, 10);
        assert_eq!(
            cut.iter()
                .map(|piece| &text[piece.start..piece.end])
                .collect::<String>(),
            text
        );
    }
}
