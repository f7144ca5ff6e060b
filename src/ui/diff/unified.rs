//! A unified diff as somebody else made it.

use super::line_view;
use leptos::prelude::*;

/// Rows shown at once; more are added on demand.
const AT_ONCE: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Row {
    /// Where a piece begins.
    Gap,
    Line {
        sign: char,
        old: Option<usize>,
        new: Option<usize>,
        text: String,
    },
}

fn rows(diff: &str) -> Vec<Row> {
    let (mut old, mut new) = (0, 0);
    let mut rows = Vec::new();
    for line in diff.lines() {
        if let Some((from, to)) = header(line) {
            (old, new) = (from, to);
            rows.push(Row::Gap);
            continue;
        }
        let mut letters = line.chars();
        let sign = letters.next().unwrap_or(' ');
        let text = letters.as_str().to_owned();
        let next = |at: &mut usize| {
            *at += 1;
            Some(*at - 1)
        };
        rows.push(match sign {
            '+' => Row::Line {
                sign,
                old: None,
                new: next(&mut new),
                text,
            },
            '-' => Row::Line {
                sign: '−',
                old: next(&mut old),
                new: None,
                text,
            },
            ' ' => Row::Line {
                sign,
                old: next(&mut old),
                new: next(&mut new),
                text,
            },
            // "\ No newline at end of file", and names of files.
            _ => continue,
        });
    }
    if rows.first() == Some(&Row::Gap) {
        rows.remove(0);
    }
    rows
}

/// `@@ -3,7 +3,8 @@`: the first lines of a piece, counted from 1.
fn header(line: &str) -> Option<(usize, usize)> {
    let (old, rest) = line.strip_prefix("@@ -")?.split_once(" +")?;
    let first = |range: &str| {
        let end = range.find(|c: char| !c.is_ascii_digit());
        range[..end.unwrap_or(range.len())].parse().ok()
    };
    Some((first(old)?, first(rest)?))
}

/// The changed lines with their surroundings, one below the other.
#[component]
pub fn UnifiedDiff(
    /// What changed: "Changes of quote.md".
    label: String,
    diff: String,
) -> AnyView {
    let all = StoredValue::new(rows(&diff));
    let limit = RwSignal::new(AT_ONCE);
    let one = move |row: Row| {
        match row {
        Row::Gap => view! { <tr class="diff__gap"><td colspan="4"><span class="visually-hidden">"Unchanged lines are left out"</span></td></tr> }.into_any(),
        Row::Line {
            sign,
            old,
            new,
            text,
        } => line_view(sign, old, new, text),
        }
    };
    let caption = label.clone();
    let count = all.with_value(Vec::len);
    view! {
        <div class="diff" tabindex="0" role="group" aria-label=label>
            <table>
                <caption class="visually-hidden">{caption}</caption>
                <tbody>{move || all.with_value(|all| all.iter().take(limit.get()).cloned().map(one).collect_view())}</tbody>
            </table>
            {move || (count > limit.get()).then(|| view! {
                <button type="button" class="diff__more" on:click=move |_| limit.update(|limit| *limit += AT_ONCE)>
                    {format!("Show more: {} lines are left", count - limit.get())}
                </button>
            })}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_on_both_sides() {
        let diff = "@@ -3,2 +3,3 @@\n same\n-old\n+new\n+more\n@@ -20 +21 @@\n-x\n\\ No newline at end of file\n+y";
        let line = |sign, old, new, text: &str| Row::Line {
            sign,
            old,
            new,
            text: text.to_owned(),
        };
        assert_eq!(
            rows(diff),
            [
                line(' ', Some(3), Some(3), "same"),
                line('−', Some(4), None, "old"),
                line('+', None, Some(4), "new"),
                line('+', None, Some(5), "more"),
                Row::Gap,
                line('−', Some(20), None, "x"),
                line('+', None, Some(21), "y"),
            ]
        );
        assert_eq!(rows(""), []);
    }
}
