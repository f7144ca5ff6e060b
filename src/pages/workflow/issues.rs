//! What is wrong with the text: found here as it is written, and by the runtime when it is asked.

use super::{places::find, state::Studio};
use crate::ui::{
    button::Button,
    card::Panel,
    code_editor::LineMark,
    fmt,
    icon::{Glyph, StatusGlyph, lucide},
    status::{Look, Tone},
    time::Time,
};
use leptos::prelude::*;
use model::api::{Issue, Report};
use std::sync::Arc;

pub const ERROR: Look = Look {
    glyph: Glyph::Failed,
    tone: Tone::Fail,
    word: "Error",
};
pub const WARNING: Look = Look {
    glyph: Glyph::Waiting,
    tone: Tone::Wait,
    word: "Warning",
};

/// An issue with its place in the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    pub issue: Issue,
    pub look: Look,
    /// The bytes of the text it is about.
    pub range: (usize, usize),
    /// Counted from 0.
    pub line: usize,
}

/// All issues of the text as it stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Issues {
    pub all: Arc<Vec<Placed>>,
    /// The runtime looked at this very text; else only what can be seen without it was looked at.
    pub by_runtime: bool,
    pub errors: usize,
    pub warnings: usize,
}

pub fn issues(studio: Studio) -> Memo<Issues> {
    Memo::new(move |_| {
        let (report, by_runtime, broken_at) = match studio.read.get() {
            Err((byte, why)) => (
                Report {
                    errors: vec![no_json(&why)],
                    warnings: Vec::new(),
                },
                false,
                Some(byte),
            ),
            Ok(document) => {
                let known = studio.checked.with(|checked| {
                    checked
                        .as_ref()
                        .filter(|checked| checked.document == document)
                        .map(|checked| checked.report.clone())
                });
                match known {
                    Some(report) => (report, true, None),
                    None => (
                        engine::validate(&document, &engine::Catalog::default()),
                        false,
                        None,
                    ),
                }
            }
        };
        let place = |issue: Issue, look: Look| {
            let range = broken_at.map_or_else(
                || {
                    studio.spots.with(|spots| {
                        find(spots, &issue.pointer).map_or((0, 0), |spot| (spot.start, spot.end))
                    })
                },
                |byte| (byte.saturating_sub(1), byte),
            );
            let line = studio.text.with(|text| {
                text.bytes()
                    .take(range.0)
                    .filter(|letter| *letter == b'\n')
                    .count()
            });
            Placed {
                issue,
                look,
                range,
                line,
            }
        };
        let (errors, warnings) = (report.errors.len(), report.warnings.len());
        let all = report
            .errors
            .into_iter()
            .map(|issue| place(issue, ERROR))
            .chain(
                report
                    .warnings
                    .into_iter()
                    .map(|issue| place(issue, WARNING)),
            )
            .collect();
        Issues {
            all: Arc::new(all),
            by_runtime,
            errors,
            warnings,
        }
    })
}

fn no_json(why: &str) -> Issue {
    Issue {
        code: "no_json".into(),
        pointer: String::new(),
        step: None,
        message: format!("The text is no JSON: {why}."),
        suggestion: None,
    }
}

/// The marks of the editor.
pub fn marks(issues: &Issues) -> Vec<LineMark> {
    issues
        .all
        .iter()
        .map(|placed| LineMark {
            line: placed.line,
            look: placed.look,
            text: placed.issue.message.clone(),
        })
        .collect()
}

#[component]
pub fn IssueList(studio: Studio, issues: Memo<Issues>) -> AnyView {
    let title = move || {
        let (errors, warnings) =
            issues.with(|issues| (issues.errors as u64, issues.warnings as u64));
        match (errors, warnings) {
            (0, 0) => "No issues".to_owned(),
            (0, _) => fmt::plural(warnings, "warning", "warnings"),
            (_, 0) => fmt::plural(errors, "error", "errors"),
            (_, _) => format!(
                "{}, {}",
                fmt::plural(errors, "error", "errors"),
                fmt::plural(warnings, "warning", "warnings")
            ),
        }
    };
    let checked_at = move || {
        studio
            .checked
            .with(|checked| checked.as_ref().map(|checked| checked.at))
    };
    let scope = move || {
        if issues.with(|issues| issues.by_runtime) {
            view! { "The runtime looked at this text "{checked_at().map(|at| view! { <Time at /> })}"." }.into_any()
        } else if checked_at().is_some() {
            "Changed since the runtime looked at it: press Validate again for tools, servers and scripts.".into_any()
        } else {
            "Seen while writing. Press Validate to check tools, servers and scripts too.".into_any()
        }
    };
    let unreadable = Signal::derive(move || studio.unsavable());
    let head = move || {
        view! {
            <h2 class="issues__title"><span role="status">{title}</span></h2>
            <span class="issues__scope">{scope}</span>
            <span class="issues__act">
                <Button
                    small=true
                    icon=lucide::LuListChecks
                    keys="V"
                    busy=studio.checking
                    disabled=unreadable
                    on_click=move || studio.validate()
                >
                    "Validate"
                </Button>
            </span>
        }
        .into_any()
    };
    let rows = move || {
        let all = issues.with(|issues| issues.all.clone());
        (!all.is_empty()).then(|| {
            let rows = all
                .iter()
                .cloned()
                .map(|placed| one(studio, placed))
                .collect_view();
            view! { <ul class="issues__list">{rows}</ul> }
        })
    };
    view! { <Panel label="Issues" head>{rows}</Panel> }.into_any()
}

fn one(studio: Studio, placed: Placed) -> AnyView {
    let Placed {
        issue,
        look,
        range,
        line,
    } = placed;
    let pointer = issue.pointer.clone();
    let go = move || {
        let mut parts = pointer.split('/');
        if let (Some(""), Some("steps"), Some(index)) = (parts.next(), parts.next(), parts.next()) {
            studio.choose(&format!("/steps/{index}"));
        }
        studio.editor.go(range.0, range.1, true);
    };
    view! {
        <li>
            <button type="button" class=format!("issue {}", look.tone.class()) on:click=move |_| go()>
                <StatusGlyph glyph=look.glyph />
                <span class="issue__text">
                    <span class="issue__message">
                        <span class="visually-hidden">{look.word}": "</span>
                        {issue.message}
                        {issue.suggestion.map(|text| view! { <span class="issue__hint">" "{text}</span> })}
                    </span>
                    <span class="issue__place">
                        {issue.step.map(|step| view! { <span class="mono">{step.to_string()}</span>" · " })}
                        "line "{line + 1}
                        {(!issue.pointer.is_empty()).then(|| view! { " · "<span class="mono">{issue.pointer}</span> })}
                    </span>
                </span>
            </button>
        </li>
    }
    .into_any()
}

/// The list in a dialog: to read, without places to go to.
pub fn plain_list(all: &[Placed]) -> AnyView {
    let rows = all
        .iter()
        .map(|placed| {
            view! {
                <li class=format!("issue {}", placed.look.tone.class())>
                    <StatusGlyph glyph=placed.look.glyph />
                    <span class="issue__text">
                        <span class="issue__message">
                            <span class="visually-hidden">{placed.look.word}": "</span>
                            {placed.issue.message.clone()}
                        </span>
                        <span class="issue__place mono">{placed.issue.pointer.clone()}</span>
                    </span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="issues__list issues__list--plain">{rows}</ul> }.into_any()
}
