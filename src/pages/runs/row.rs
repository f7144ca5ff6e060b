//! One run in the list. Why it stands where it stands is on the row; the badge opens the whole answer with its move.

use super::{
    list::RunList,
    pick_box::{pick, pick_loaded},
    picked::Picked,
};
use crate::{
    moves::{Ask, Desk, icon, why_line::WhyLine},
    state::session,
    ui::{
        button::{Button, ButtonKind},
        chip::Tag,
        code::CodeWord,
        fmt,
        popover::Popover,
        progress::Progress,
        status::{Look, RunBadge, Tone},
        time::{Elapsed, Time},
    },
};
use leptos::prelude::*;
use model::api::RunRow;
use model::{MoveKind, RunStatus};
use std::sync::Arc;

const COLUMNS: [(&str, &str); 9] = [
    ("Status", "rr__status"),
    ("About", "rr__about"),
    ("Workflow", "rr__workflow"),
    ("Progress", "rr__progress"),
    ("Started", "rr__started"),
    ("Duration", "rr__took num"),
    ("Cost", "rr__cost num"),
    ("Attempt", "rr__attempt num"),
    ("Queue", "rr__queue"),
];

pub fn head(picked: Picked) -> AnyView {
    let cells =
        COLUMNS.map(|(name, class)| view! { <span class=class role="columnheader">{name}</span> });
    view! {
        <div class="rr rr--head" role="presentation">
            {pick_loaded(picked)}
            {cells}
        </div>
    }
    .into_any()
}

pub fn row(list: RunList, picked: Picked, index: Signal<usize>) -> AnyView {
    // Rows at the end of what is loaded ask for more.
    Effect::new(move || list.paged.near(index.get()));
    let row = Memo::new_with_compare(
        move |_| list.paged.at(index.get()),
        |old, new| match (old.and_then(Option::as_ref), new.and_then(Option::as_ref)) {
            (Some(old), Some(new)) => !Arc::ptr_eq(old, new),
            (None, None) => false,
            (Some(_), None) | (None, Some(_)) => true,
        },
    );
    let id = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.id.clone())));
    let shown = move || {
        id.get()?;
        let first = row.get_untracked()?;
        let row = Memo::new_with_compare(
            move |before: Option<&Arc<RunRow>>| {
                row.get()
                    .or_else(|| before.cloned())
                    .unwrap_or_else(|| first.clone())
            },
            |old, new| match (old, new) {
                (Some(old), Some(new)) => !Arc::ptr_eq(old, new),
                _ => true,
            },
        );
        Some(view! { <Cells row picked index /> })
    };
    shown.into_any()
}

#[component]
fn Cells(row: Memo<Arc<RunRow>>, picked: Picked, index: Signal<usize>) -> AnyView {
    let place = session::place();
    let status = Memo::new(move |_| row.with(|row| row.status));
    let why = Signal::derive(move || row.with(|row| row.why.clone()));
    let href = place.run(&row.with_untracked(|row| row.id.clone()));
    let workflow = place.workflow(&row.with_untracked(|row| row.workflow_id.clone()));
    let stalled =
        Memo::new(move |_| row.with(|row| row.why.as_ref().is_some_and(|why| why.stalled)));
    let times = Memo::new(move |_| row.with(|row| (row.started_at, row.ended_at)));
    let title_line = move || {
        row.with(|row| {
            let mock = row.mock.then(|| view! { <Tag>"Mock"</Tag> });
            view! { <span class="clip">{row.title.clone()}</span> {mock} }
        })
    };
    let under = move || {
        if status.get() == RunStatus::Completed {
            ().into_any()
        } else {
            view! { <WhyLine why /> }.into_any()
        }
    };
    view! {
        <div class="rr" class=("rr--picked", move || row.with(|row| picked.has(&row.id))) role="presentation">
            {pick(picked, row, index)}
            <span class="rr__status" role="cell">
                <Popover
                    label="Why it stands here"
                    button_class="rr__badge"
                    trigger=move || {
                        view! {
                            <RunBadge status />
                            {move || stalled.get().then(|| view! { <span class="rr__stalled">"Stalled"</span> })}
                        }
                    }
                >
                    <Answer row />
                </Popover>
            </span>
            <span class="rr__about" role="cell">
                <a class="rr__title" href=href>{title_line}</a>
                <span class="rr__why clip">{under}</span>
            </span>
            <span class="rr__workflow clip" role="cell">
                <a class="rr__link" href=workflow>{move || row.with(|row| row.workflow_name.clone())}</a>
                <span class="dim">{move || row.with(|row| format!(" v{}", row.workflow_version))}</span>
            </span>
            <span class="rr__progress" role="cell">
                <Progress
                    done=Signal::derive(move || row.with(|row| u64::from(row.steps_done)))
                    total=Signal::derive(move || row.with(|row| u64::from(row.steps_total)))
                    of="steps"
                />
            </span>
            <span class="rr__started" role="cell">
                {move || match times.get().0 {
                    Some(at) => view! { <Time at /> }.into_any(),
                    None => view! { <span class="dim">"Not started"</span> }.into_any(),
                }}
            </span>
            <span class="rr__took num" role="cell">
                {move || match times.get() {
                    (Some(since), until) => Some(view! { <Elapsed since until /> }),
                    (None, _) => None,
                }}
            </span>
            <span class="rr__cost num" role="cell">
                {move || row.with(|row| row.cost.map(|cost| fmt::money(cost.amount)))}
            </span>
            <span class="rr__attempt num" role="cell">{move || row.with(|row| row.attempt)}</span>
            <span class="rr__queue clip" role="cell">{move || row.with(|row| row.queue.clone())}</span>
        </div>
    }
    .into_any()
}

/// The whole answer: why, the error, the move.
#[component]
fn Answer(row: Memo<Arc<RunRow>>) -> AnyView {
    let place = session::place();
    let access = session::access();
    let desk = Desk::get();
    let navigate = send_wrapper::SendWrapper::new(leptos_router::hooks::use_navigate());
    let why = Signal::derive(move || row.with(|row| row.why.clone()));
    let kind = Memo::new(move |_| row.with(|row| row.primary_move));
    let disabled = Signal::derive(move || {
        access
            .get()?
            .allow_move(kind.get())
            .err()
            .map(|denied| denied.to_string())
    });
    let failure = move || {
        row.with(|row| row.failure.clone()).map(|failure| {
            view! {
                <p class="answer__code"><CodeWord code=failure.code.as_str() tone=Tone::Fail /></p>
                <p class="answer__do">{failure.code.remedy()}</p>
            }
        })
    };
    let step_href = {
        let place = place.clone();
        move || {
            row.with(|row| match &row.step {
                Some(step) => place.run_step(&row.id, step, ""),
                None => place.run(&row.id),
            })
        }
    };
    let go = step_href.clone();
    let act = Callback::new(move |()| {
        let row = row.get_untracked();
        match (row.primary_move, desk) {
            // A decision has its own form, on the run.
            (MoveKind::Approve | MoveKind::Complete | MoveKind::ContinueInChat, _) | (_, None) => {
                navigate(&go(), leptos_router::NavigateOptions::default());
            }
            (kind, Some(desk)) => desk.ask(Ask::of_row(&row, kind)),
        }
    });
    let look = move || row.with(|row| Look::from(row.status));
    view! {
        <div class=move || format!("answer {}", look().tone.class())>
            <p class="answer__title">{move || row.with(|row| row.title.clone())}</p>
            <p>
                <WhyLine why />
                {move || why.with(Option::is_none).then_some("Every step that should run has finished.")}
            </p>
            {failure}
            <div class="answer__acts">
                {move || {
                    let kind = kind.get();
                    let loud = if kind == MoveKind::Cancel { ButtonKind::Default } else { ButtonKind::Primary };
                    view! { <Button small=true kind=loud icon=icon(kind) disabled on_click=act>{row.with(|row| row.label(kind))}</Button> }
                }}
                <a class="btn btn--s" href=step_href>"Open the run"</a>
            </div>
        </div>
    }
    .into_any()
}
