//! A bulk job: how far it is, what came of each run, and a way to stop it.

mod facts;
mod runs;
mod stop;
mod words;

use crate::{
    api::{
        Query, bulk,
        stream::{About, Message, Stream},
    },
    moves::on_many,
    state::{
        session,
        title::{Title, name_screen},
    },
    ui::{
        button::{Button, ButtonKind, LinkButton},
        icon::lucide,
        page_head::PageHead,
        skeleton::Skeleton,
        status::{BadgeSize, StatusBadge},
    },
};
use facts::JobFacts;
use leptos::prelude::*;
use model::api::{BulkJob, BulkState};
use model::{BulkId, Role, Scope};
use runs::JobRuns;
use serde::Deserialize;
use std::sync::Arc;
use stop::StopDialog;

#[component]
pub fn Bulk(job: BulkId) -> AnyView {
    let path = bulk::path(&job);
    let query = Query::<BulkJob>::get(move || Some(path.clone()));
    follow(job, query);
    name_screen(move || {
        let thing = query.data().map(|job| on_many(job.kind, job.total));
        Title {
            text: thing.clone().unwrap_or_else(|| "Bulk job".to_owned()),
            thing,
        }
    });
    let wait = || view! { <Skeleton lines=8 /> }.into_any();
    query.live_view("this bulk job", wait, move |job| shown(job, query))
}

/// The stream says how the job stands; after what may have been missed it is loaded again.
fn follow(job: BulkId, query: Query<BulkJob>) {
    #[derive(Deserialize)]
    struct Came {
        #[serde(default)]
        job: Option<Box<BulkJob>>,
    }
    let Some(stream) = Stream::get() else { return };
    stream.listen("bulk", None, move |messages| {
        let came = messages
            .iter()
            .filter(|message| message.about == About::Bulk)
            .filter_map(Message::read::<Came>);
        for came in came {
            match came.job {
                Some(now) if now.id == job => query.set(*now),
                Some(_) => {}
                None => query.reload(),
            }
        }
    });
    Effect::new(move |before: Option<u64>| {
        let epoch = stream.epoch.get();
        if before.is_some_and(|before| before != epoch) {
            query.reload();
        }
        epoch
    });
}

fn shown(data: Memo<Option<Arc<BulkJob>>>, query: Query<BulkJob>) -> AnyView {
    let Some(first) = data.get_untracked() else {
        return ().into_any();
    };
    let place = session::place();
    let id = first.id.clone();
    let trail = place.audit_of_bulk(&id);
    let job = Memo::new(move |before: Option<&Arc<BulkJob>>| {
        data.get()
            .or_else(|| before.cloned())
            .unwrap_or_else(|| first.clone())
    });
    let running = Memo::new(move |_| job.with(|job| job.state == BulkState::Running));
    let asked = RwSignal::new(None::<BulkId>);
    let denied = session::denied(Role::ProjectContributor, Scope::WorkflowRun);
    let title = Signal::derive(move || job.with(|job| on_many(job.kind, job.total)));
    let marks = move || {
        let look = Signal::derive(move || job.with(|job| words::look(job.state)));
        view! { <StatusBadge look size=BadgeSize::Medium /> }.into_any()
    };
    let actions = move || {
        let ask = move || asked.set(Some(job.with_untracked(|job| job.id.clone())));
        let trail = trail.clone();
        view! {
            <LinkButton href=trail icon=lucide::LuScrollText>"Audit entries"</LinkButton>
            <Show when=move || running.get()>
                <Button kind=ButtonKind::Danger icon=lucide::LuOctagonX disabled=denied on_click=ask>"Stop"</Button>
            </Show>
        }
        .into_any()
    };
    view! {
        <div class="bulk">
            <PageHead title marks actions />
            <JobFacts job />
            <JobRuns job />
            <StopDialog asked job query />
        </div>
    }
    .into_any()
}
