//! A wait that the outside resolves: its token, the call that completes it, and a form to do so by hand.

use super::desk::{Ask, Desk};
use crate::{
    api::{ActionKey, ApiError, ErrorFace},
    schema_form::{Filled, SchemaForm},
    state::session,
    ui::{
        button::{Button, ButtonKind},
        code::CodeBlock,
        copy::CopyId,
        icon::lucide,
        time::Time,
    },
};
use leptos::prelude::*;
use model::event::Wait;
use model::{MoveKind, RunId, StepPath, Timestamp};
use serde_json::{Value, json};

/// An open waitpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenWaitpoint {
    pub run: RunId,
    pub run_title: String,
    pub seen: u64,
    pub step: StepPath,
    pub token: String,
    /// What is awaited: "the carrier's confirmation".
    pub title: String,
    pub schema: Option<Value>,
    pub expires_at: Option<Timestamp>,
}

impl OpenWaitpoint {
    /// What a step waits for, when that is a waitpoint.
    pub fn of_step(run: &engine::Run, step: &engine::StepState) -> Option<Self> {
        let Some(Wait::Waitpoint {
            token,
            title,
            schema,
            expires_at,
        }) = &step.wait
        else {
            return None;
        };
        Some(Self {
            run: run.id.clone(),
            run_title: run.title.clone(),
            seen: run.seq,
            step: step.path.clone(),
            token: token.clone(),
            title: title.clone(),
            schema: schema.clone(),
            expires_at: *expires_at,
        })
    }

    pub fn ask(&self, kind: MoveKind) -> Ask {
        let mut ask = Ask::new(self.run.clone(), self.run_title.clone(), self.seen, kind);
        ask.token = Some(self.token.clone());
        ask.label = format!("{}: {}", kind.shown(), self.title);
        ask.steps = vec![(self.step.clone(), self.title.clone())];
        ask
    }
}

/// The form of a waitpoint.
#[component]
pub fn WaitpointForm(waitpoint: OpenWaitpoint) -> AnyView {
    let Some(desk) = Desk::get() else {
        return ().into_any();
    };
    let access = session::access();
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let key = StoredValue::new(ActionKey::fresh());
    let filled = Filled::new(waitpoint.schema.clone().unwrap_or_else(|| json!({})));
    let wait = StoredValue::new(waitpoint.clone());
    let denied = move |kind: MoveKind| {
        Signal::derive(move || {
            access
                .get()
                .and_then(|access| access.allow_move(kind).err())
                .map(|denied| denied.to_string())
        })
    };
    let complete = move || {
        let Some(value) = filled.check() else { return };
        let mut ask = wait.with_value(|wait| wait.ask(MoveKind::Complete));
        ask.title = wait.with_value(|wait| wait.title.clone());
        ask.value = Some(value);
        let step = wait.with_value(|wait| wait.step.clone());
        let Some(wanted) = ask.to_move(Some(&step), None, None) else {
            return;
        };
        busy.set(true);
        error.set(None);
        leptos::task::spawn_local(async move {
            let answer = desk.make(&ask, &wanted, None, &key.get_value()).await;
            busy.try_set(false);
            if let Err(refused) = answer {
                if let ApiError::Problem(problem) = &refused
                    && !problem.errors.is_empty()
                {
                    filled.refuse(problem.errors.clone());
                }
                error.try_set(Some(refused));
                key.try_set_value(ActionKey::fresh());
            }
        });
    };
    view! {
        <div class="decision">
            <div class="decision__asked">
                <p class="decision__title">"Waits for "{waitpoint.title.clone()}</p>
                <p class="decision__who">
                    "Token "<CopyId id=waitpoint.token.clone() of="token" />
                    {waitpoint.expires_at.map(|at| view! { " · expires "<Time at /> })}
                </p>
            </div>
            <div class="decision__outside">
                <p>"From outside, this call completes it:"</p>
                <CodeBlock text=curl(&waitpoint) label="Call that completes the waitpoint" />
            </div>
            <p class="decision__by-hand">"Or complete it here:"</p>
            <SchemaForm filled />
            <ErrorFace error what="this waitpoint" compact=true />
            <div class="decision__buttons">
                <Button
                    kind=ButtonKind::Primary
                    icon=lucide::LuCircleCheckBig
                    busy
                    disabled=denied(MoveKind::Complete)
                    on_click=complete
                >
                    "Complete"
                </Button>
                <Button
                    kind=ButtonKind::Danger
                    disabled=denied(MoveKind::ForceTimeout)
                    on_click=move || desk.ask(wait.with_value(|wait| wait.ask(MoveKind::ForceTimeout)))
                >
                    "Force timeout…"
                </Button>
            </div>
        </div>
    }
    .into_any()
}

fn curl(waitpoint: &OpenWaitpoint) -> String {
    let place = session::place();
    let origin = window().location().origin().unwrap_or_default();
    [
        format!(
            "curl -X POST {origin}/v1/waitpoints/tokens/{}/complete \\",
            waitpoint.token
        ),
        "  -H 'Authorization: Bearer pat_…' \\".to_owned(),
        format!(
            "  -H 'X-Tenant-Id: {}' -H 'X-Project-Id: {}' \\",
            place.tenant, place.project
        ),
        "  -H 'Content-Type: application/json' -d '{}'".to_owned(),
    ]
    .join("\n")
}
