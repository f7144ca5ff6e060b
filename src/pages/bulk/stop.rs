//! The question before a job is stopped.

use crate::{
    api::{Api, ErrorFace, Query, bulk},
    moves::form::Sending,
    ui::{
        button::{Button, ButtonKind},
        dialog::{Dialog, open_while},
        fmt,
    },
};
use leptos::prelude::*;
use model::BulkId;
use model::api::BulkJob;
use std::sync::Arc;

#[component]
pub fn StopDialog(
    asked: RwSignal<Option<BulkId>>,
    job: Memo<Arc<BulkJob>>,
    query: Query<BulkJob>,
) -> AnyView {
    let open = open_while(asked);
    let inside = move || {
        let id = asked.get()?;
        Some(view! { <Question id open job query /> })
    };
    view! { <Dialog open title="Stop this bulk job?">{inside}</Dialog> }.into_any()
}

#[component]
fn Question(
    id: BulkId,
    open: RwSignal<bool>,
    job: Memo<Arc<BulkJob>>,
    query: Query<BulkJob>,
) -> AnyView {
    let api = Api::get();
    let sending = Sending::new();
    let text = move || {
        job.with(|job| {
            format!(
                "What is done stays done. {} that had no turn yet will be left as they are.",
                fmt::plural(job.waiting(), "run", "runs")
            )
        })
    };
    let stop = move || {
        let id = id.clone();
        sending.send(
            move |key| async move { bulk::stop(api, &id, &key).await },
            move |stopped| {
                query.set(stopped.value);
                open.try_set(false);
                sending.say("Stopped the bulk job.".to_owned());
            },
        );
    };
    view! {
        <div class="form">
            <p>{text}</p>
            <ErrorFace error=sending.rest() what="the stop" compact=true />
            <div class="form__buttons">
                <Button on_click=move || open.set(false)>"Not now"</Button>
                <Button kind=ButtonKind::Danger busy=sending.busy on_click=stop>"Stop the job"</Button>
            </div>
        </div>
    }
    .into_any()
}
