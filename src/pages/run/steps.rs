//! Every step in the document's order, loops folded to what their items did.

pub mod words;

use super::{
    folds::{outer, starred},
    hold::hold,
    select::Selection,
};
use crate::{
    state::live_run::LiveRun,
    ui::{
        card::Card,
        chip::Tag,
        fmt,
        icon::{Icon, StatusGlyph, lucide},
        status::Look,
        time::{Clock, Elapsed},
        virtual_list::{ListHandle, RowKey, VirtualList},
    },
};
use engine::Run;
use leptos::prelude::*;
use model::{StepPath, StepStatus};
use std::sync::Arc;

/// The height of a row, and how many are in sight at most, in CSS pixels.
const ROW: u32 = 46;
const TALLEST: usize = 12;

#[component]
pub fn Steps(live: LiveRun, selection: Selection) -> AnyView {
    let count = live.part(|run| run.order.len());
    // All at the top level, those of a loop only while every loop around them is open.
    let shown = Memo::new(move |_| {
        count.get();
        selection.folds.with(|folds| {
            let open = |run: &Run| {
                let open = run.order.iter().filter(|path| folds.show(path));
                open.cloned().collect::<Vec<StepPath>>()
            };
            Arc::new(live.now(open).unwrap_or_default())
        })
    });
    let handle = ListHandle::new();
    let index_of =
        move |path: &StepPath| shown.with_untracked(|rows| rows.iter().position(|row| row == path));
    let path_at = move |index: usize| shown.with_untracked(|rows| rows.get(index).cloned());
    hold(
        handle,
        selection.step,
        move || shown.with(|_| ()),
        index_of,
        path_at,
    );
    let on_open = move |index: usize| {
        let Some(path) = path_at(index) else {
            return;
        };
        if live.now(|run| is_loop(run, &path)) == Some(true) {
            selection.choose_and_toggle(&path);
        } else {
            selection.choose(&path);
        }
    };
    let row_at = move |index: Signal<usize>| {
        let path = Memo::new(move |_| shown.with(|rows| rows.get(index.get()).cloned()));
        let shown = move || {
            path.get()
                .map(|path| view! { <StepRow live selection path /> })
        };
        shown.into_any()
    };
    let progress = live.part(|run| Some(engine::progress(run)));
    let aside = move || {
        let words = move || {
            progress
                .get()
                .map(|(done, total)| format!("{} done", fmt::part(done as u64, total as u64)))
        };
        view! { <span>{words}</span> }.into_any()
    };
    let height = move || {
        format!(
            "{}px",
            shown.with(|rows| rows.len().clamp(1, TALLEST)) as u32 * ROW
        )
    };
    view! {
        <Card title="Steps" aside flush=true>
            <div class="steps" style:height=height>
                <VirtualList
                    label="Steps of this run"
                    rows=Signal::derive(move || shown.with(|rows| rows.len()))
                    row_height=ROW
                    row=row_at
                    key=move |index: usize| RowKey::of(path_at(index))
                    handle
                    on_open
                />
            </div>
        </Card>
    }
    .into_any()
}

fn is_loop(run: &Run, path: &StepPath) -> bool {
    run.step_def(path)
        .is_some_and(|step| !step.body().is_empty())
}

#[component]
fn StepRow(live: LiveRun, selection: Selection, path: StepPath) -> AnyView {
    let clock = Clock::get();
    let planned = live.now(|run| (run.step_name(&path), is_loop(run, &path)));
    let (name, is_loop) = planned.unwrap_or_default();
    let is_inside = outer(&path).next().is_some();
    let step = live.step(path.clone());
    let status = Memo::new(move |_| {
        step.with(|step| {
            step.as_ref()
                .map_or(StepStatus::Pending, |step| step.status)
        })
    });
    let look = move || Look::from(status.get());
    let moment = live.moment();
    let words = {
        let path = path.clone();
        Memo::new(move |_| {
            // Only a backoff counts down.
            let now = if status.get() == StepStatus::Retrying {
                clock.now()
            } else {
                model::Timestamp::default()
            };
            step.track();
            // A loop says how its items stand, which are steps of their own.
            moment.get();
            live.now(|run| {
                run.steps
                    .get(&path)
                    .map(|step| words::of_step(run, step, now))
            })
            .flatten()
            .unwrap_or_default()
        })
    };
    let time = move || {
        step.with(|step| {
            let step = step.as_ref()?;
            let started = step.started_at?;
            let until = if step.status.is_settled() {
                Some(step.ended_at?)
            } else {
                None
            };
            Some(view! { <Elapsed since=started until=until /> })
        })
    };
    let cost = move || {
        step.with(|step| {
            let cost = step.as_ref()?.usage.as_ref()?.cost?;
            (cost.amount.0 > 0).then(|| fmt::money(cost.amount))
        })
    };
    let mock = move || {
        step.with(|step| {
            step.as_ref()
                .is_some_and(|step| step.usage.as_ref().is_some_and(|usage| usage.mock))
        })
    };
    let fold = is_loop.then(|| {
        let own = starred(&path);
        let open = Memo::new(move |_| selection.folds.with(|folds| folds.is_open(&own)));
        view! {
            <span class="step__fold">
                {move || if open.get() { view! { <Icon icon=lucide::LuChevronDown /> } } else { view! { <Icon icon=lucide::LuChevronRight /> } }}
                <span class="visually-hidden">{move || if open.get() { "loop, open" } else { "loop, folded" }}</span>
            </span>
        }
    });
    view! {
        <div class=move || format!("step {} step--{}", look().tone.class(), status.get()) class=("step--in", is_inside)>
            <StatusGlyph glyph=Signal::derive(move || look().glyph) />
            <div class="step__text">
                <span class="step__name clip">{name}{fold}</span>
                <span class="step__words clip">{move || words.get()}</span>
            </div>
            <div class="step__side">
                <span>{time}</span>
                <span>{move || if mock() { view! { <Tag>"Mock"</Tag> }.into_any() } else { cost().into_any() }}</span>
            </div>
        </div>
    }
    .into_any()
}
