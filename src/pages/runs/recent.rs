//! The newest bulk jobs, a click away from the list they were made on.

use crate::{
    api::{Query, bulk},
    moves::on_many,
    state::session,
    ui::{button::ButtonKind, fmt, icon::lucide, popover::Popover, skeleton::Skeleton, time::Time},
};
use leptos::prelude::*;
use model::api::{BulkJob, BulkState, Page};

const SHOWN: u32 = 8;

#[component]
pub fn RecentJobs() -> AnyView {
    view! {
        <Popover
            label="Bulk jobs"
            kind=ButtonKind::Quiet
            icon=lucide::LuListChecks
            trigger=|| view! { <span class="recent__word">"Bulk jobs"</span> }
        >
            <Jobs />
        </Popover>
    }
    .into_any()
}

#[component]
fn Jobs() -> AnyView {
    let query = Query::<Page<BulkJob>>::get(|| Some(bulk::newest_path(SHOWN)));
    let wait = || view! { <div class="recent"><Skeleton lines=3 /></div> }.into_any();
    query.view("the bulk jobs", wait, |page| {
        if page.items.is_empty() {
            return view! {
                <p class="recent recent--none">"No bulk job yet. Select runs in the list to make one move on all of them."</p>
            }
            .into_any();
        }
        view! { <ul class="recent">{page.items.iter().map(one).collect_view()}</ul> }.into_any()
    })
}

fn one(job: &BulkJob) -> AnyView {
    let href = session::place().bulk(&job.id);
    let stands = match job.state {
        BulkState::Running => format!(
            "{} of {} done",
            fmt::count(job.worked_off()),
            fmt::count(job.total)
        ),
        BulkState::Completed if job.refused > 0 => {
            format!(
                "{} done, {} refused",
                fmt::count(job.done),
                fmt::count(job.refused)
            )
        }
        BulkState::Completed | BulkState::Stopped => {
            format!("{}, {} done", job.state.shown(), fmt::count(job.done))
        }
    };
    view! {
        <li>
            <a class="recent__one" href=href>
                <span class="recent__name">{on_many(job.kind, job.total)}</span>
                <span class="dim">{stands}" · "<Time at=job.created_at /></span>
            </a>
        </li>
    }
    .into_any()
}
