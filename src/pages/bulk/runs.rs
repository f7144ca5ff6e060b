//! The runs of a job by what came of them: those that were refused first, each with why.

use super::words::{outcome_look, outcome_word};
use crate::{
    api::{ErrorFace, bulk},
    routes::param::{Address, Step, param},
    state::{paged::Paged, session},
    ui::{
        empty::Empty,
        field::{Choice, Segmented},
        fmt,
        icon::lucide,
        skeleton::Skeleton,
        status::StatusBadge,
        time::Time,
        virtual_list::{ListHandle, ListRole, RowKey, VirtualList},
    },
};
use leptos::prelude::*;
use model::api::{BulkJob, BulkOutcome, BulkRun, BulkState};
use std::{sync::Arc, time::Duration};

const ROW: u32 = 60;
const OUTCOME: &str = "outcome";
/// Runs have their turns in bursts; one load answers for all of a burst.
const GATHER: Duration = Duration::from_millis(400);
/// A list longer than one page grows at its end by itself as one comes near it.
const SHORT: usize = 100;

#[component]
pub fn JobRuns(job: Memo<Arc<BulkJob>>) -> AnyView {
    let word = param(OUTCOME);
    let outcome = Memo::new(move |_| {
        word.with(|word| BulkOutcome::parse(word))
            .unwrap_or(BulkOutcome::Refused)
    });
    let list = Paged::<BulkRun>::new();
    let id = job.with_untracked(|job| job.id.clone());
    Effect::new(move || list.load(bulk::runs_path(&id, outcome.get())));
    keep_current(list, job, outcome);
    let stopped = Memo::new(move |_| job.with(|job| job.state == BulkState::Stopped));
    let waiting = Memo::new(move |_| list.rows.with(Vec::is_empty) && list.loading.get());
    let failed = Memo::new(move |_| list.has_failed());
    let none = Memo::new(move |_| list.is_empty());
    let handle = ListHandle::new();
    let one = move |index: Signal<usize>| row(list, index, stopped);
    let body = move || {
        if failed.get() {
            view! { <ErrorFace error=list.error what="its runs" retry=move || list.reload() /> }
                .into_any()
        } else if none.get() {
            nothing(outcome.get(), job.with(|job| job.state))
        } else if waiting.get() {
            view! { <div class="runs__wait"><Skeleton lines=6 rows=true /></div> }.into_any()
        } else {
            view! {
                <VirtualList
                    label="Runs of this job"
                    rows=Signal::derive(move || list.rows.with(Vec::len))
                    row_height=ROW
                    row=one
                    key=move |index: usize| RowKey::of(list.rows.with_untracked(|rows| rows.get(index).map(|row| row.n)))
                    role=ListRole::Table
                    handle
                    head
                />
            }
            .into_any()
        }
    };
    view! {
        <div class="bulk__tools"><Tabs job outcome stopped /></div>
        <div class="bulk__list">{body}</div>
    }
    .into_any()
}

/// Loads a list that may have grown again while the job goes on. Runs come to its end, so nothing moves.
fn keep_current(list: Paged<BulkRun>, job: Memo<Arc<BulkJob>>, outcome: Memo<BulkOutcome>) {
    let planned = StoredValue::new(false);
    let here = Memo::new(move |_| job.with(|job| (job.count(outcome.get()), job.state)));
    Effect::new(move |before: Option<BulkOutcome>| {
        // Read, not only tracked: a memo that nobody reads follows nothing.
        here.get();
        let now = outcome.get();
        let is_short = list.rows.with_untracked(Vec::len) < SHORT;
        if before == Some(now) && is_short && planned.try_get_value() == Some(false) {
            planned.set_value(true);
            set_timeout(
                move || {
                    if planned.try_set_value(false).is_none() {
                        list.reload();
                    }
                },
                GATHER,
            );
        }
        now
    });
}

/// What came of the runs, with how many.
#[component]
fn Tabs(job: Memo<Arc<BulkJob>>, outcome: Memo<BulkOutcome>, stopped: Memo<bool>) -> AnyView {
    let address = StoredValue::new(Address::get());
    let go = move |to: String| {
        let to = (to != BulkOutcome::Refused.as_str()).then_some(to);
        address.with_value(|address| address.set(&[(OUTCOME, to)], Step::Replace));
    };
    let counts = Memo::new(move |_| {
        job.with(|job| {
            [
                BulkOutcome::Refused,
                BulkOutcome::Done,
                BulkOutcome::Waiting,
            ]
            .map(|one| (one, job.count(one)))
        })
    });
    let shown = move || {
        let choices = counts
            .get()
            .map(|(one, count)| {
                let word = outcome_word(one, stopped.get());
                Choice::new(one.as_str(), format!("{word} {}", fmt::count(count)))
            })
            .to_vec();
        let value = Signal::derive(move || outcome.get().as_str().to_owned());
        view! { <Segmented label="What came of them" value choices on_change=go /> }
    };
    shown.into_any()
}

fn nothing(outcome: BulkOutcome, state: BulkState) -> AnyView {
    let (title, text) = match (outcome, state) {
        (BulkOutcome::Refused, BulkState::Running) => (
            "No run has refused so far",
            "One that does not allow the move stands here, with why.",
        ),
        (BulkOutcome::Refused, BulkState::Completed | BulkState::Stopped) => (
            "No run refused",
            "The move was made on every run that had its turn.",
        ),
        (BulkOutcome::Done, _) => (
            "Done on no run",
            "Runs on which the move was made stand here.",
        ),
        (BulkOutcome::Waiting, BulkState::Stopped) => (
            "No run was left",
            "Every run had its turn before the job was stopped.",
        ),
        (BulkOutcome::Waiting, BulkState::Running | BulkState::Completed) => {
            ("No run waits", "Every run had its turn.")
        }
    };
    view! { <Empty icon=lucide::LuListChecks title text /> }.into_any()
}

fn head() -> AnyView {
    let cells = [
        ("What came of it", "br__outcome"),
        ("Run", "br__run"),
        ("When", "br__when"),
        ("Record", "br__record"),
    ]
    .map(|(name, class)| view! { <span class=class role="columnheader">{name}</span> });
    view! { <div class="br br--head" role="presentation">{cells}</div> }.into_any()
}

fn row(list: Paged<BulkRun>, index: Signal<usize>, stopped: Memo<bool>) -> AnyView {
    // Rows at the end of what is loaded ask for more.
    Effect::new(move || list.near(index.get()));
    let run = Memo::new_with_compare(
        move |_| list.at(index.get()),
        |old, new| {
            let of =
                |run: Option<&Option<Arc<BulkRun>>>| run.and_then(|run| run.as_deref().cloned());
            of(old) != of(new)
        },
    );
    (move || run.get().map(|run| cells(&run, stopped.get()))).into_any()
}

fn cells(run: &BulkRun, stopped: bool) -> AnyView {
    let place = session::place();
    let look = outcome_look(run.outcome, stopped);
    let name = if run.title.is_empty() {
        view! { <span class="mono clip">{run.run.to_string()}</span> }.into_any()
    } else {
        view! { <a class="rr__title clip" href=place.run(&run.run)>{run.title.clone()}</a> }
            .into_any()
    };
    let under = run
        .why
        .clone()
        .map(|why| view! { <span class="br__why">{why}</span> });
    let record = match &run.new_run {
        Some(new) => Some((place.run(new), "New run")),
        None => run
            .audit
            .as_ref()
            .map(|_| (place.audit_of(&run.run), "Entries")),
    };
    view! {
        <div class="br" role="presentation">
            <span class="br__outcome" role="cell"><StatusBadge look=Signal::stored(look) /></span>
            <span class="br__run" role="cell">{name}{under}</span>
            <span class="br__when" role="cell">{run.at.map(|at| view! { <Time at /> })}</span>
            <span class="br__record" role="cell">
                {record.map(|(href, name)| view! { <a class="rr__link" href=href>{name}</a> })}
            </span>
        </div>
    }
    .into_any()
}
