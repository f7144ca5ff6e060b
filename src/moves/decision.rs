//! The decision a run waits for, made where it is shown: what is asked, what happens if it is approved, the form.

use super::{
    desk::{Ask, Desk},
    plan_view::PlanView,
};
use crate::{
    api::{ActionKey, Api, ApiError, ErrorFace, runs},
    schema_form::{Filled, SchemaForm},
    state::session,
    ui::{
        button::{Button, ButtonKind},
        field::TextArea,
        icon::lucide,
        json_view::JsonView,
        markdown::Markdown,
        time::Time,
    },
};
use leptos::prelude::*;
use model::api::{PendingTask, RunRow};
use model::event::Wait;
use model::{MoveKind, Plan, RunId, StepPath, TaskId, Timestamp};
use serde_json::Value;
use std::sync::Arc;

/// An open decision, whichever way it became known.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    pub run: RunId,
    pub run_title: String,
    /// The run's sequence as it is shown.
    pub seen: u64,
    pub task: TaskId,
    pub step: StepPath,
    pub title: String,
    pub instructions: String,
    pub assignee: Option<String>,
    pub data: Value,
    pub result_schema: Option<Value>,
    pub expires_at: Option<Timestamp>,
}

impl Decision {
    pub fn of_task(task: &PendingTask, row: &RunRow) -> Self {
        Self {
            run: task.run.clone(),
            run_title: task.run_title.clone(),
            seen: row.seq,
            task: task.task.clone(),
            step: task.step.clone(),
            title: task.title.clone(),
            instructions: task.instructions.clone(),
            assignee: task.assignee.clone(),
            data: task.data.clone(),
            result_schema: task.result_schema.clone(),
            expires_at: task.expires_at,
        }
    }

    /// What a step waits for, when that is a decision.
    pub fn of_step(run: &engine::Run, step: &engine::StepState) -> Option<Self> {
        let Some(Wait::HumanTask {
            task,
            title,
            instructions,
            assignee,
            data,
            result_schema,
            expires_at,
            ..
        }) = &step.wait
        else {
            return None;
        };
        Some(Self {
            run: run.id.clone(),
            run_title: run.title.clone(),
            seen: run.seq,
            task: task.clone(),
            step: step.path.clone(),
            title: title.clone(),
            instructions: instructions.clone(),
            assignee: assignee.clone(),
            data: data.clone(),
            result_schema: result_schema.clone(),
            expires_at: *expires_at,
        })
    }

    pub fn ask(&self, kind: MoveKind) -> Ask {
        let mut ask = Ask::new(self.run.clone(), self.run_title.clone(), self.seen, kind);
        ask.task = Some(self.task.clone());
        ask.label = format!("{}: {}", kind.shown(), self.title);
        ask
    }
}

/// The form of a decision. It stays as it is when the run changes around it: what a person typed is theirs.
#[component]
pub fn DecisionForm(
    decision: Decision,
    /// Called once the decision is made here.
    #[prop(optional, into)]
    on_done: Option<Callback<()>>,
) -> AnyView {
    let Some(desk) = Desk::get() else {
        return ().into_any();
    };
    let api = Api::get();
    let access = session::access();
    let decision = StoredValue::new(decision);
    let task = decision.get_value();
    let comment = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let plan = RwSignal::new(None::<Plan>);
    let key = StoredValue::new(ActionKey::fresh());
    let filled = task
        .result_schema
        .clone()
        .filter(has_fields)
        .map(Filled::new);
    let denied = move |kind: MoveKind| {
        Signal::derive(move || {
            access
                .get()
                .and_then(|access| access.allow_move(kind).err())
                .map(|denied| denied.to_string())
        })
    };

    // What approving would do stands beside the button before it is pressed.
    let rehearsed = task.clone();
    leptos::task::spawn_local(async move {
        let Some(wanted) = rehearsed.ask(MoveKind::Approve).to_move(None, None, None) else {
            return;
        };
        // Without a plan the decision can be made all the same; the audit entry holds it.
        if let Ok(found) = runs::plan(api, &rehearsed.run, &wanted).await {
            plan.try_set(Some(found));
        }
    });

    let written = move || {
        let text = comment.with_untracked(|text| text.trim().to_owned());
        (!text.is_empty()).then_some(text)
    };
    let approve = move || {
        let mut ask = decision.with_value(|decision| decision.ask(MoveKind::Approve));
        if let Some(filled) = filled {
            let Some(value) = filled.check() else { return };
            ask.value = Some(value);
        }
        ask.comment = written();
        ask.title = decision.with_value(|decision| decision.title.clone());
        let Some(wanted) = ask.to_move(None, None, None) else {
            return;
        };
        busy.set(true);
        error.set(None);
        leptos::task::spawn_local(async move {
            let answer = desk.make(&ask, &wanted, None, &key.get_value()).await;
            busy.try_set(false);
            if let (Ok(_), Some(on_done)) = (&answer, on_done) {
                on_done.run(());
            }
            if let Err(refused) = answer {
                refuse(filled, &refused);
                error.try_set(Some(refused));
                // What is sent next differs, and is another act.
                key.try_set_value(ActionKey::fresh());
            }
        });
    };
    let other = move |kind: MoveKind| {
        let mut ask = decision.with_value(|decision| decision.ask(kind));
        ask.comment = written();
        desk.ask(ask);
    };
    let data = Arc::new(task.data.clone());
    let text = task.data.as_str().map(str::to_owned);
    view! {
        <div class="decision" id=format!("decision-{}", task.task)>
            <div class="decision__asked">
                <p class="decision__title">{task.title.clone()}</p>
                <p class="decision__who">
                    {task.assignee.clone().map(|who| view! { "For "{who}". " })}
                    {task.expires_at.map(|at| view! { "Expires "<Time at />". " })}
                </p>
                {(!task.instructions.is_empty()).then(|| view! { <Markdown text=task.instructions.clone() /> })}
            </div>
            {match (text, task.data.is_null()) {
                (_, true) => None,
                (Some(text), _) => Some(view! { <div class="decision__data"><Markdown text /></div> }.into_any()),
                (None, _) => {
                    Some(
                        view! { <div class="decision__data"><JsonView label="What to review" value=data levels=3 /></div> }
                            .into_any(),
                    )
                }
            }}
            {filled.map(|filled| view! { <SchemaForm filled /> })}
            <TextArea label="Comment" value=comment rows=2 optional=true />
            {move || plan.get().map(|plan| {
                let repeats = !plan.may_repeat.is_empty();
                view! {
                <details class="decision__plan" open=repeats>
                    <summary>{format!("If you approve: {}", plan.summary)}</summary>
                    <PlanView plan />
                </details>
            }})}
            <ErrorFace error what="this decision" compact=true />
            <div class="decision__buttons">
                <Button kind=ButtonKind::Primary icon=lucide::LuCheck busy disabled=denied(MoveKind::Approve) on_click=approve>
                    "Approve"
                </Button>
                <Button
                    kind=ButtonKind::Danger
                    icon=lucide::LuX
                    disabled=denied(MoveKind::Reject)
                    on_click=move || other(MoveKind::Reject)
                >
                    "Reject…"
                </Button>
                <Button kind=ButtonKind::Quiet disabled=denied(MoveKind::Skip) on_click=move || other(MoveKind::Skip)>
                    "Skip…"
                </Button>
            </div>
        </div>
    }
    .into_any()
}

/// A schema that asks for nothing makes no form.
fn has_fields(schema: &Value) -> bool {
    match schema.get("properties") {
        Some(Value::Object(fields)) => !fields.is_empty(),
        Some(_) | None => schema.as_object().is_some_and(|schema| !schema.is_empty()),
    }
}

/// Shows what the runtime found wrong at the fields it named.
fn refuse(filled: Option<Filled>, error: &ApiError) {
    let (Some(filled), ApiError::Problem(problem)) = (filled, error) else {
        return;
    };
    let mut errors = problem.errors.clone();
    for field in &mut errors {
        if let Some(rest) = field.pointer.strip_prefix("/result") {
            field.pointer = rest.to_owned();
        }
    }
    if !errors.is_empty() {
        filled.refuse(errors);
    }
}
