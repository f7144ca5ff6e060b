//! The other runs of the workflow, to choose one from.

use crate::{
    api::{Query, runs},
    state::session,
    ui::{
        empty::Empty, icon::lucide, search::Search, skeleton::Skeleton, status::RunBadge,
        time::Time,
    },
};
use leptos::prelude::*;
use model::api::{Attempt, Page, RunFilter, RunRow};
use model::{RunId, WorkflowId};
use std::sync::Arc;

/// How many are listed; the search finds the others.
const LISTED: u32 = 30;
/// Earlier attempts that are offered, the latest ones.
const OFFERED: usize = 5;

#[component]
pub fn Picker(
    workflow: WorkflowId,
    /// The run that stays.
    run: RunId,
    /// The one it is compared with now.
    other: Option<RunId>,
) -> AnyView {
    let usual = usual(&run);
    let words = RwSignal::new(String::new());
    let query = Query::<Page<RunRow>>::get(move || {
        let words = words.get();
        let filter = RunFilter {
            workflow: vec![workflow.clone()],
            q: Some(words.trim().to_owned()).filter(|words| !words.is_empty()),
            ..RunFilter::default()
        };
        Some(runs::newest_path(&filter, LISTED))
    });
    let wait = || view! { <Skeleton lines=5 rows=true /> }.into_any();
    let show = move |page: Arc<Page<RunRow>>| {
        let rows: Vec<AnyView> = page
            .items
            .iter()
            .filter(|row| row.id != run)
            .map(|row| one(row, &run, other.as_ref()))
            .collect();
        if !rows.is_empty() {
            return view! { <ul class="run-pick__list">{rows}</ul> }.into_any();
        }
        let title = if words.with_untracked(String::is_empty) {
            "This workflow has no other run"
        } else {
            "No other run of this workflow fits"
        };
        view! { <Empty icon=lucide::LuSearchX title /> }.into_any()
    };
    view! {
        <div class="run-pick">
            {usual}
            <Search label="Search runs of this workflow" value=words on_input=move |now| words.set(now) />
            {query.view("the runs of this workflow", wait, show)}
        </div>
    }
    .into_any()
}

/// What a run is compared with as a rule: its earlier attempts, and the last completed run of its workflow.
fn usual(run: &RunId) -> AnyView {
    let place = session::place();
    let completed = place.compare_completed(run);
    let path = runs::part(run, "attempts");
    let run = run.clone();
    let query = Query::<Page<Attempt>>::get(move || Some(path.clone()));
    let link = |words: String, href: String| {
        view! { <li><a class="run-pick__usual" href=href>{words}</a></li> }
    };
    let attempts = move || {
        let count = query.data().map_or(0, |page| page.items.len()) as u32;
        let earlier = (1..count).rev().take(OFFERED);
        earlier
            .map(|earlier| {
                let words = if earlier + 1 == count {
                    format!("Previous attempt, {earlier} of {count}")
                } else {
                    format!("Attempt {earlier} of {count}")
                };
                link(words, place.compare_attempts(&run, count, earlier))
            })
            .collect_view()
    };
    view! {
        <ul class="run-pick__list">
            {attempts}
            {link("Last completed run".to_owned(), completed)}
        </ul>
    }
    .into_any()
}

fn one(row: &RunRow, run: &RunId, now: Option<&RunId>) -> AnyView {
    let href = session::place().compare(run, &row.id);
    let chosen = (now == Some(&row.id)).then_some("true");
    view! {
        <li>
            <a class="run-pick__one" href=href aria-current=chosen>
                <span class="run-pick__status"><RunBadge status=row.status /></span>
                <span class="clip">{row.title.clone()}</span>
                <span class="dim">{format!("v{}", row.workflow_version)}</span>
                <span class="dim"><Time at=row.created_at /></span>
            </a>
        </li>
    }
    .into_any()
}
