//! What to compare a run with where the address does not say: its previous attempt, or else the last completed run of the same
//! workflow before it.

use super::{name, picker::Picker};
use crate::{
    api::{ErrorFace, Query, runs},
    routes::param::param,
    state::session,
    ui::{empty::Empty, icon::lucide, page_head::PageHead, skeleton::Skeleton},
};
use engine::RunView;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::api::{Page, RunFilter, RunRow};
use model::{RunId, RunStatus};

#[component]
pub fn Before(run: RunId) -> AnyView {
    let path = runs::part(&run, "");
    let view = Query::<RunView>::get(move || Some(path.clone()));
    name(Signal::derive(move || view.data()));
    let wanted = param("with");
    let attempt = Memo::new(move |_| {
        let attempt = view.data()?.run.attempt;
        (attempt > 1 && wanted.with(|wanted| wanted != "completed")).then_some(attempt)
    });
    let found = Query::<Page<RunRow>>::get(move || {
        let view = view.data().filter(|_| attempt.get().is_none())?;
        let filter = RunFilter {
            status: vec![RunStatus::Completed],
            workflow: vec![view.run.workflow.id.clone()],
            until: Some(view.run.created_at),
            ..RunFilter::default()
        };
        // The run itself may be the newest of them.
        Some(runs::newest_path(&filter, 2))
    });
    let own = StoredValue::new(run.clone());
    let other = Memo::new(move |_| {
        let page = found.data()?;
        let other = page.items.iter().find(|row| row.id != own.get_value());
        Some(other.map(|row| row.id.clone()))
    });
    let place = session::place();
    let navigate = use_navigate();
    let address = Memo::new(move |_| match (attempt.get(), other.get()) {
        (Some(attempt), _) => {
            Some(own.with_value(|own| place.compare_attempts(own, attempt, attempt - 1)))
        }
        (None, Some(Some(other))) => Some(own.with_value(|own| place.compare(own, &other))),
        (None, _) => None,
    });
    Effect::new(move || {
        if let Some(address) = address.get() {
            let options = NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            };
            // The address that can be kept and handed on names both sides.
            navigate(&address, options);
        }
    });
    let error = Signal::derive(move || view.error().or_else(|| found.error()));
    let retry = Callback::new(move |()| {
        view.reload();
        found.reload();
    });
    let failed = Memo::new(move |_| error.with(Option::is_some));
    let body = move || {
        match (other.get(), view.data()) {
        (Some(None), Some(view)) => view! {
            <Empty
                icon=lucide::LuGitCompareArrows
                title="No completed run to compare with"
                text="No run of this workflow before this one was completed. Choose any other run of it."
            />
            <Picker workflow=view.run.workflow.id.clone() run=own.get_value() other=None />
        }
        .into_any(),
        _ if failed.get() => view! { <ErrorFace error what="this run" retry /> }.into_any(),
        _ => view! { <Skeleton lines=8 rows=true /> }.into_any(),
    }
    };
    view! {
        <div class="compare">
            <PageHead title="Compare runs" />
            {body}
        </div>
    }
    .into_any()
}
