//! The answer: how the run stands, at which step, why, and what to do about it.

use super::{header::begin, select::Selection, stop_guide::guide_of};
use crate::{
    moves::why_line::WhyLine,
    routes::{Guide, Page},
    state::{live_run::LiveRun, session},
    ui::{
        button::LinkButton,
        code::CodeWord,
        fmt,
        icon::{StatusGlyph, lucide},
        status::{Look, Tone},
        time::Time,
    },
};
use engine::Run;
use leptos::prelude::*;
use model::failure::Screen;
use model::{Failure, FailureClass, MoveKind, RunStatus, StepPath, StepStatus, Timestamp};

/// What the panel says of a run that failed or was interrupted.
#[derive(Clone, PartialEq)]
struct Stopped {
    failure: Failure,
    step: Option<(StepPath, String)>,
    /// Finished steps a retry keeps.
    kept: usize,
    since: Timestamp,
    /// The last two attempts failed alike.
    again: bool,
}

fn stopped(run: &Run) -> Option<Stopped> {
    let failure = run.failure.clone()?;
    if !matches!(run.status, RunStatus::Failed | RunStatus::Interrupted) {
        return None;
    }
    let step = run
        .failed_step
        .clone()
        .map(|path| (path.clone(), run.step_name(&path)));
    let kept = run
        .steps
        .values()
        .filter(|step| step.status == StepStatus::Completed)
        .count();
    let again = match run.attempts.as_slice() {
        [.., before, last] => {
            last.failed_step.is_some()
                && last.failed_step == before.failed_step
                && last.failure.as_ref().map(|failure| failure.code)
                    == before.failure.as_ref().map(|failure| failure.code)
        }
        _ => false,
    };
    Some(Stopped {
        failure,
        step,
        kept,
        since: run.status_since,
        again,
    })
}

#[component]
pub fn StopPanel(live: LiveRun, selection: Selection) -> AnyView {
    let status = live.status();
    let stopped = live.part(stopped);
    let stalled = live.is_stalled();
    let look = Signal::derive(move || {
        status
            .get()
            .map_or(Look::from(RunStatus::Queued), Look::from)
    });
    let class = move || {
        let tone = if stalled.get() {
            Tone::Block
        } else {
            look.get().tone
        };
        format!("stop {}", tone.class())
    };
    let body = move || match stopped.get() {
        Some(stopped) => view! { <Failed live selection stopped /> }.into_any(),
        None => view! { <Stands live selection stalled /> }.into_any(),
    };
    view! {
        <section class=class aria-label="How the run stands">
            <span class="stop__glyph"><StatusGlyph glyph=Signal::derive(move || look.get().glyph) large=true /></span>
            <div class="stop__body">{body}</div>
        </section>
    }
    .into_any()
}

/// A run that failed or was interrupted: where, with which code, what it means, what to do.
#[component]
fn Failed(live: LiveRun, selection: Selection, stopped: Stopped) -> AnyView {
    let here = session::here();
    let Stopped {
        failure,
        step,
        kept,
        since,
        again,
    } = stopped;
    let status = live.status();
    let word = move || status.get().map_or("", RunStatus::shown);
    let code = failure.code;
    let headline = step.clone().map(|(path, name)| {
        view! {
            " at "
            <button type="button" class="stop__step" on:click=move |_| selection.choose_tab(&path, "error")>{name}</button>
        }
    });
    let class = match code.class() {
        FailureClass::Temporary => "Temporary. ",
        FailureClass::FixFirst => "Fix the cause first. ",
        FailureClass::Expected => "",
    };
    let keeps = match kept {
        0 => String::new(),
        1 => " One finished step is kept.".to_owned(),
        n => format!(" {} finished steps are kept.", fmt::count(n as u64)),
    };
    let owner = match code.screen() {
        Screen::Health | Screen::Usage | Screen::Policies | Screen::Budgets => {
            Some((Page::Health, "Open Health"))
        }
        Screen::Queues => Some((Page::Queues, "Open Queues")),
        Screen::Waitpoints => Some((Page::Waitpoints, "Open Waitpoints")),
        Screen::Workflow => {
            live.now(|run| (Page::Workflow(run.workflow.id.clone()), "Open the workflow"))
        }
        Screen::Run => None,
    };
    let links = here.clone().map(|place| {
        let means = place.guide_of_run(Guide::of_code(code), &live.id(), Some(code));
        let owner = owner.map(|(page, words)| {
            view! { <a class="stop__link" href=place.link(&page)>{words}</a> }
        });
        (owner, means)
    });
    let (owner, means) = links.unzip();
    let report = here
        .filter(|_| again)
        .map(|place| place.link(&Page::NewReport(live.id())));
    let transcript = step.map(|(path, _)| {
        view! {
            <button type="button" class="link-button" on:click=move |_| selection.choose_tab(&path, "transcript")>
                "Read the transcript"
            </button>
        }
    });
    view! {
        <p class="stop__line">
            <span class="stop__what">{word}{headline}</span>
            <CodeWord code=code.as_str() tone=Tone::Fail />
        </p>
        <p class="stop__why">{sentence(&failure)}</p>
        <p class="stop__do">{class}{code.remedy()}{keeps}</p>
        {report
            .map(|href| {
                view! {
                    <p class="stop__again">
                        "The last two attempts failed here with the same code. Another retry will likely fail too: hand it on instead."
                        <LinkButton href icon=lucide::LuFlag small=true>"Report this Run"</LinkButton>
                    </p>
                }
            })}
        <p class="stop__links">
            <span>"Since "<Time at=since /></span>
            {owner}
            {transcript}
            {means.map(|href| view! { <a class="stop__link" href=href>"What this code means"</a> })}
        </p>
    }
    .into_any()
}

/// What happened, without repeating what the code means anyway.
fn sentence(failure: &Failure) -> String {
    let message = failure.message.trim();
    if message.is_empty() {
        failure.code.meaning().to_owned()
    } else {
        message.to_owned()
    }
}

/// Every other run: the sentence of why, and the way to the decision where there is one.
#[component]
fn Stands(live: LiveRun, selection: Selection, stalled: Memo<bool>) -> AnyView {
    let status = live.status();
    let why = live.why();
    let since = live.pick(|run| run.status_since);
    let headline = move || {
        if stalled.get() {
            "Stalled".to_owned()
        } else {
            status
                .get()
                .map(|status| status.shown().to_owned())
                .unwrap_or_default()
        }
    };
    let moves = live.moves(session::access());
    let moment = live.moment();
    let decide = move || {
        if moment.get().is_some() {
            return None;
        }
        moves.with(|moves| {
            let open = |kind: MoveKind| {
                moves
                    .iter()
                    .any(|state| state.kind == kind && !state.steps.is_empty())
            };
            if open(MoveKind::Approve) {
                Some((MoveKind::Approve, "Go to the decision"))
            } else if open(MoveKind::Complete) {
                Some((MoveKind::Complete, "Go to the waitpoint"))
            } else {
                None
            }
        })
    };
    // A file holds no results.
    let result = live.part(move |run| {
        run.status == RunStatus::Completed && run.output.is_some() && !live.is_file()
    });
    let done = live.part(|run| (run.status == RunStatus::Completed).then(|| engine::progress(run)));
    let here = session::here();
    let guide = live.part(move |run| guide_of(run, stalled.get()));
    let guide = move || {
        guide.get().and_then(|(guide, words)| {
            let href = here.as_ref()?.guide_of_run(guide, &live.id(), None);
            Some(view! { <a class="stop__link" href=href>{words}</a> })
        })
    };
    let unpicked = live.part(|run| run.status == RunStatus::Queued && run.dequeued_at.is_none());
    view! {
        <p class="stop__line"><span class="stop__what">{headline}</span></p>
        <p class="stop__why">
            {move || match done.get() {
                Some((done, total)) => format!("{} steps finished.", fmt::part(done as u64, total as u64)).into_any(),
                None => view! { <WhyLine why /> }.into_any(),
            }}
        </p>
        {move || unpicked.get().then(|| view! { <NeverPickedUp live /> })}
        <p class="stop__links">
            {move || since.get().map(|at| view! { <span>"Since "<Time at /></span> })}
            {move || decide().map(|(kind, words)| {
                let go = move |_| begin(live, selection, &moves.get_untracked(), kind);
                view! { <button type="button" class="link-button" on:click=go>{words}</button> }
            })}
            {move || result.get().then(|| {
                let go = move |_| selection.set(&[("view", Some("context".to_owned()))]);
                view! { <button type="button" class="link-button" on:click=go>"Read the result"</button> }
            })}
            {guide}
        </p>
    }
    .into_any()
}

/// No worker has taken the run: how its queue stands.
#[component]
fn NeverPickedUp(live: LiveRun) -> AnyView {
    let queues = session::here().map(|place| place.link(&Page::Queues));
    let world = live.world();
    let created = live.pick(|run| run.created_at);
    let queue = move || {
        let queue = world.with(|world| world.queue.clone())?;
        let workers = match queue.workers {
            0 => "no worker is pulling from it".to_owned(),
            1 => "1 worker pulls from it".to_owned(),
            n => format!("{n} workers pull from it"),
        };
        let paused = match (&queue.paused_by, queue.paused_at) {
            (Some(by), Some(_)) => format!(", paused by {by}"),
            (None, Some(_)) => ", paused".to_owned(),
            (_, None) => String::new(),
        };
        Some(view! {
            <li>{format!("Queue {}: {} of {} slots in use, {} ahead, {workers}{paused}.", queue.name, queue.in_use, queue.limit, queue.ahead)}</li>
            <li>
                {match queue.last_dequeue_at {
                    Some(at) => view! { "Other runs move: one left this queue "<Time at />"." }.into_any(),
                    None => "No run has left this queue yet.".into_any(),
                }}
            </li>
        })
    };
    view! {
        <ul class="stop__facts">
            <li>"Never picked up"{move || created.get().map(|at| view! { ": created "<Time at />", and no worker has taken it." })}</li>
            {queue}
        </ul>
        {queues.map(|href| view! { <p class="stop__links"><a class="stop__link" href=href>"Open Queues"</a></p> })}
    }
    .into_any()
}
