//! Why the step failed: in words, then what the other side said, verbatim.

use super::super::select::Selection;
use crate::{
    state::live_run::LiveRun,
    ui::{
        banner::Banner,
        code::{CodeBlock, CodeWord},
        icon::Glyph,
        status::Tone,
        time::Time,
    },
};
use leptos::prelude::*;
use model::{Failure, StepPath, Timestamp};

#[derive(Clone, PartialEq)]
struct Failed {
    failure: Failure,
    attempt: u32,
    try_no: u32,
    at: Option<Timestamp>,
}

#[component]
pub fn ErrorTab(live: LiveRun, selection: Selection, path: StepPath) -> AnyView {
    let step = live.step(path.clone());
    let tries = Memo::new(move |_| {
        step.with(|step| {
            let Some(step) = step else { return Vec::new() };
            let mut failed: Vec<Failed> = step
                .history
                .iter()
                .filter_map(|tried| {
                    Some(Failed {
                        failure: tried.failure.clone()?,
                        attempt: tried.attempt,
                        try_no: tried.try_no,
                        at: tried.ended_at,
                    })
                })
                .collect();
            if failed.is_empty()
                && let Some(failure) = &step.failure
            {
                failed.push(Failed {
                    failure: failure.clone(),
                    attempt: step.attempt,
                    try_no: step.tries,
                    at: step.ended_at,
                });
            }
            failed.reverse();
            failed
        })
    });
    let max = move || step.with(|step| step.as_ref().map_or(1, |step| step.max_tries));
    let transcript = path;
    let shown = move || {
        let mut tries = tries.get().into_iter();
        let last = tries.next()?;
        let before: Vec<Failed> = tries.collect();
        let path = transcript.clone();
        Some(view! {
            {one(last, max())}
            <p class="error__links">
                <button type="button" class="link-button" on:click=move |_| selection.choose_tab(&path, "transcript")>
                    "What the step did before it failed"
                </button>
            </p>
            {(!before.is_empty())
                .then(|| {
                    let count = before.len();
                    view! {
                        <details class="error__before">
                            <summary>{if count == 1 { "1 earlier error".to_owned() } else { format!("{count} earlier errors") }}</summary>
                            {before.into_iter().map(|failed| one(failed, max())).collect_view()}
                        </details>
                    }
                })}
        })
    };
    view! { <div class="error">{shown}</div> }.into_any()
}

fn one(failed: Failed, max: u32) -> AnyView {
    let Failed {
        failure,
        attempt,
        try_no,
        at,
    } = failed;
    let which = if max > 1 {
        format!("Attempt {attempt}, try {try_no} of {max}")
    } else {
        format!("Attempt {attempt}")
    };
    view! {
        <div class="error__one">
            <p class="error__head">
                <CodeWord code=failure.code.as_str() tone=Tone::Fail />
                <span class="dim">{which}{at.map(|at| view! { " · "<Time at /> })}</span>
            </p>
            <p class="error__message">{failure.message.clone()}</p>
            {failure
                .outcome_unknown
                .then(|| {
                    view! {
                        <Banner tone=Tone::Block glyph=Glyph::Interrupted title="The outcome is not known">
                            "A writing call went out and its answer was lost. Check whether its effect took place before you retry."
                        </Banner>
                    }
                })}
            {failure
                .detail
                .map(|detail| view! { <CodeBlock text=detail label="What the other side said" tone=Tone::Fail /> })}
            <p class="error__means"><b>{failure.code.meaning()}</b>" "{failure.code.remedy()}</p>
        </div>
    }
    .into_any()
}
