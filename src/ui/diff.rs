//! Two texts, and what changed from one to the other.

mod difference;
mod lines;
mod unified;

use super::fmt;
pub use difference::Difference;
use leptos::prelude::*;
use lines::Change;
use std::{collections::HashSet, sync::Arc};
pub use unified::UnifiedDiff;

/// Unchanged lines kept around a change.
const AROUND: usize = 3;
/// Rows shown at once; more are added on demand.
const AT_ONCE: usize = 600;

/// A row of the view.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Row {
    Line {
        sign: char,
        old: Option<usize>,
        new: Option<usize>,
    },
    /// Unchanged lines that are folded: where they start and how many there are.
    Fold { start: usize, count: usize },
}

fn rows(all: &[Change], open: &HashSet<usize>) -> Vec<Row> {
    let changed = |change: &Change| !matches!(change, Change::Same { .. });
    let line = |change: &Change| match *change {
        Change::Same { old, new } => Row::Line {
            sign: ' ',
            old: Some(old),
            new: Some(new),
        },
        Change::Removed { old } => Row::Line {
            sign: '−',
            old: Some(old),
            new: None,
        },
        Change::Added { new } => Row::Line {
            sign: '+',
            old: None,
            new: Some(new),
        },
    };
    let mut out = Vec::new();
    let mut at = 0;
    while at < all.len() {
        if changed(&all[at]) {
            out.push(line(&all[at]));
            at += 1;
            continue;
        }
        let end = all[at..]
            .iter()
            .position(changed)
            .map_or(all.len(), |more| at + more);
        let head = if at == 0 { 0 } else { AROUND };
        let tail = if end == all.len() { 0 } else { AROUND };
        if end - at <= head + tail + 1 || open.contains(&at) {
            out.extend(all[at..end].iter().map(line));
        } else {
            out.extend(all[at..at + head].iter().map(line));
            out.push(Row::Fold {
                start: at,
                count: end - at - head - tail,
            });
            out.extend(all[end - tail..end].iter().map(line));
        }
        at = end;
    }
    out
}

/// A line with its numbers before and after, counted from 1.
fn line_view(sign: char, old: Option<usize>, new: Option<usize>, text: String) -> AnyView {
    let (class, heard) = match sign {
        '+' => ("diff__line diff__line--added", "added"),
        '−' => ("diff__line diff__line--removed", "removed"),
        _ => ("diff__line", ""),
    };
    let number = |line: Option<usize>| line.map(|line| line.to_string());
    view! {
        <tr class=class>
            <td class="diff__number">{number(old)}</td>
            <td class="diff__number">{number(new)}</td>
            <td class="diff__sign"><span aria-hidden="true">{sign.to_string()}</span><span class="visually-hidden">{heard}</span></td>
            <td class="diff__text">{text}</td>
        </tr>
    }
    .into_any()
}

/// What changed, one line below the other. Long unchanged stretches are folded.
#[component]
pub fn DiffView(
    /// What changed: "quote.md".
    #[prop(into)]
    label: String,
    #[prop(into)] before: Signal<String>,
    #[prop(into)] after: Signal<String>,
) -> AnyView {
    let difference = Memo::new(move |_| {
        let text = |of: Signal<String>| of.with(|text| text.as_str().into());
        Arc::new(Difference::of(text(before), text(after)))
    });
    view! { <DifferenceView label difference /> }.into_any()
}

/// As [`DiffView`], of a difference that was found before.
#[component]
pub fn DifferenceView(
    /// What changed: "quote.md".
    #[prop(into)]
    label: String,
    #[prop(into)] difference: Signal<Arc<Difference>>,
) -> AnyView {
    let open = RwSignal::new(HashSet::new());
    let limit = RwSignal::new(AT_ONCE);
    let all = Memo::new(move |_| {
        difference.with(|difference| open.with(|open| rows(&difference.all, open)))
    });
    let one = move |row: Row| {
        match row {
        Row::Fold { start, count } => view! {
            <tr class="diff__fold">
                <td colspan="4">
                    <button type="button" on:click=move |_| open.update(|open| {
                        open.insert(start);
                    })>
                        {format!("Show {}", fmt::plural(count as u64, "unchanged line", "unchanged lines"))}
                    </button>
                </td>
            </tr>
        }
        .into_any(),
        Row::Line { sign, old, new } => {
            let text = difference.with(|difference| difference.line(old, new).to_owned());
            let from_one = |line: Option<usize>| line.map(|line| line + 1);
            line_view(sign, from_one(old), from_one(new), text)
        }
    }
    };
    let caption = label.clone();
    view! {
        <div class="diff" tabindex="0" role="group" aria-label=label>
            <table>
                <caption class="visually-hidden">{caption}</caption>
                <tbody>{move || all.with(|all| all.iter().take(limit.get()).cloned().map(one).collect_view())}</tbody>
            </table>
            {move || {
                let left = all.with(Vec::len).saturating_sub(limit.get());
                (left > 0).then(|| {
                    view! {
                        <button type="button" class="diff__more" on:click=move |_| limit.update(|limit| *limit += AT_ONCE)>
                            {format!("Show more: {} are left", fmt::plural(left as u64, "line", "lines"))}
                        </button>
                    }
                })
            }}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_unchanged_lines_are_folded_and_open() {
        let before = (0..40)
            .map(|i| format!("line {i}"))
            .collect::<Vec<_>>()
            .join("\n");
        let after = before.replace("line 20", "line twenty");
        let difference = Difference::of(before.into(), after.into());
        let all = &difference.all;
        let folded = rows(all, &HashSet::new());
        assert!(matches!(
            folded[0],
            Row::Fold {
                start: 0,
                count: 17
            }
        ));
        assert_eq!(folded.len(), 1 + 3 + 2 + 3 + 1);
        let opened = rows(all, &HashSet::from([0]));
        assert_eq!(opened.len(), 20 + 2 + 3 + 1);
        assert_eq!(difference.summary(), "+1 −1");
    }
}
