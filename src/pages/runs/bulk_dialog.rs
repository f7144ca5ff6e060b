//! The dialog before a move on many runs: the frozen set, what can and what cannot, and the reason.

use super::{
    bulk_plan::BulkPlanView,
    picked::{Chosen, Picked},
};
use crate::{
    api::{Api, ApiError, ErrorFace, bulk},
    moves::{fixed::Fixed, form::Sending, is_destructive, on_many},
    state::session,
    ui::{
        button::{Button, ButtonKind},
        dialog::{Dialog, open_while},
        field::TextArea,
        skeleton::Skeleton,
        time::present,
    },
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::api::{BulkAsk, BulkBody, BulkPlan};
use model::{MoveKind, Timestamp};

/// A move a person wants to make on many runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    pub kind: MoveKind,
    pub set: Chosen,
}

#[component]
pub fn BulkDialog(asked: RwSignal<Option<Asked>>, picked: Picked) -> AnyView {
    let open = open_while(asked);
    let title = Signal::derive(move || {
        asked.with(|asked| {
            asked.as_ref().map_or_else(String::new, |asked| {
                format!("{}: selected runs", asked.kind.shown())
            })
        })
    });
    view! {
        <Dialog open title stays=true>
            {move || asked.get().map(|asked| view! { <Inside asked open picked /> })}
        </Dialog>
    }
    .into_any()
}

#[component]
fn Inside(asked: Asked, open: RwSignal<bool>, picked: Picked) -> AnyView {
    let api = Api::get();
    let Asked { kind, set } = asked;
    let plan = RwSignal::new(None::<(BulkPlan, Timestamp)>);
    let error = RwSignal::new(None::<ApiError>);
    let set = StoredValue::new(set);
    let freeze = move || {
        error.set(None);
        let ask = match set.get_value() {
            Chosen::Runs(runs) => BulkAsk {
                kind,
                runs: Some(runs),
                filter: None,
            },
            Chosen::Filter(filter) => BulkAsk {
                kind,
                runs: None,
                filter: Some(*filter),
            },
        };
        leptos::task::spawn_local(async move {
            match bulk::plan(api, &ask).await {
                Ok(made) => drop(plan.try_set(Some((made, present())))),
                Err(refused) => drop(error.try_set(Some(refused))),
            }
        });
    };
    freeze();
    let shown = move || match (plan.get(), error.with(Option::is_some)) {
        (Some((plan, at)), _) => view! { <BulkPlanView plan at /> }.into_any(),
        (None, true) => {
            view! { <ErrorFace error what="the plan" compact=true retry=freeze /> }.into_any()
        }
        (None, false) => view! { <Skeleton lines=4 /> }.into_any(),
    };
    view! {
        <div class="move">
            {shown}
            {move || plan.with(Option::is_some).then(|| view! { <Confirm kind plan open picked /> })}
            <Show when=move || plan.with(Option::is_none)>
                <div class="move__buttons">
                    <Button on_click=move || open.set(false)>"Not now"</Button>
                </div>
            </Show>
        </div>
    }
    .into_any()
}

/// The reason, and the button that makes the job.
#[component]
fn Confirm(
    kind: MoveKind,
    plan: RwSignal<Option<(BulkPlan, Timestamp)>>,
    open: RwSignal<bool>,
    picked: Picked,
) -> AnyView {
    let api = Api::get();
    let place = session::place();
    let navigate = send_wrapper::SendWrapper::new(use_navigate());
    let sending = Sending::new();
    let reason = RwSignal::new(String::new());
    let fixed = RwSignal::new(String::new());
    let of = move |read: fn(&BulkPlan) -> u64| {
        plan.with(|plan| plan.as_ref().map_or(0, |(plan, _)| read(plan)))
    };
    let can = Memo::new(move |_| of(|plan| plan.can));
    let ask_fixed = Memo::new(move |_| of(|plan| plan.fix_first.len() as u64) > 0);
    let why_not = Signal::derive(move || {
        if can.get() == 0 {
            Some("No run of the set can make this move.".to_owned())
        } else if ask_fixed.get() && fixed.with(String::is_empty) {
            Some("Say whether the causes are fixed.".to_owned())
        } else {
            reason
                .with(|reason| reason.trim().is_empty())
                .then(|| "Give a reason first.".to_owned())
        }
    });
    let make = move || {
        let Some(runs) =
            plan.with_untracked(|plan| plan.as_ref().map(|(plan, _)| plan.runs.clone()))
        else {
            return;
        };
        let body = BulkBody {
            kind,
            runs: Some(runs),
            filter: None,
            reason: reason.get_untracked(),
        };
        let (place, navigate) = (place.clone(), navigate.clone());
        sending.send(
            move |key| async move { bulk::make(api, &body, &key).await },
            move |job| {
                open.try_set(false);
                picked.clear();
                navigate(&place.bulk(&job.value.id), NavigateOptions::default());
            },
        );
    };
    let button = if is_destructive(kind) {
        ButtonKind::Danger
    } else {
        ButtonKind::Primary
    };
    view! {
        <Show when=move || ask_fixed.get()>
            <Fixed question="Are the causes fixed?" yes="Yes, they are fixed" answer=fixed />
        </Show>
        <TextArea
            label="Reason"
            value=reason
            rows=2
            hint="Stands in the audit entry of each run."
            error=sending.wrong("/reason")
        />
        <ErrorFace error=sending.rest() what="this move" compact=true />
        <div class="move__buttons bulkplan__buttons">
            <Button on_click=move || open.set(false)>"Not now"</Button>
            <Button kind=button busy=sending.busy disabled=why_not on_click=make>{move || on_many(kind, can.get())}</Button>
        </div>
    }
    .into_any()
}
