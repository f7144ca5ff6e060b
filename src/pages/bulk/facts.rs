//! How far a job is, who made it, when and why.

use crate::ui::{
    card::{Fact, Facts},
    fmt,
    time::{Elapsed, Time},
};
use leptos::prelude::*;
use model::api::{BulkJob, BulkState};
use std::sync::Arc;

#[component]
pub fn JobFacts(job: Memo<Arc<BulkJob>>) -> AnyView {
    let of = move |read: fn(&BulkJob) -> u64| job.with(|job| read(job));
    let share = move |read: fn(&BulkJob) -> u64| {
        format!(
            "{:.2}%",
            of(read) as f64 * 100.0 / of(|job| job.total).max(1) as f64
        )
    };
    let says = move || job.with(|job| progress(job));
    let first = job.get_untracked();
    let made_by = first.created_by.name.clone();
    let (at, reason) = (first.created_at, first.reason.clone());
    let until = Signal::derive(move || job.with(|job| job.ended_at));
    let stopped_by = move || {
        job.with(|job| job.stopped_by.as_ref().map(|by| by.name.clone()))
            .map(|name| view! { <Fact name="Stopped by">{name}</Fact> })
    };
    view! {
        <div class="bulk__standing">
            <div
                class="bulk__track"
                role="progressbar"
                aria-label="Runs that had their turn"
                aria-valuemin="0"
                aria-valuemax=move || of(|job| job.total).to_string()
                aria-valuenow=move || of(BulkJob::worked_off).to_string()
                aria-valuetext=says
            >
                <span class="bulk__bar tone-ok" style:width=move || share(|job| job.done)></span>
                <span class="bulk__bar tone-fail" style:width=move || share(|job| job.refused)></span>
            </div>
            <p class="bulk__says">{says}</p>
            <Facts>
                <Fact name="Reason">{reason}</Fact>
                <Fact name="By">{made_by}</Fact>
                <Fact name="Started"><Time at /></Fact>
                <Fact name="Took"><Elapsed since=at until /></Fact>
                {stopped_by}
            </Facts>
        </div>
    }
    .into_any()
}

/// "57 of 212 had their turn: 55 done, 2 refused."
fn progress(job: &BulkJob) -> String {
    let counts = format!(
        "{} done, {} refused",
        fmt::count(job.done),
        fmt::count(job.refused)
    );
    match job.state {
        BulkState::Running => format!(
            "{} of {} had their turn: {counts}.",
            fmt::count(job.worked_off()),
            fmt::count(job.total)
        ),
        BulkState::Completed => format!(
            "{} had their turn: {counts}.",
            fmt::plural(job.total, "run", "runs")
        ),
        BulkState::Stopped => format!(
            "Stopped after {} of {}: {counts}. {} left as they were.",
            fmt::count(job.worked_off()),
            fmt::count(job.total),
            fmt::count(job.waiting())
        ),
    }
}
