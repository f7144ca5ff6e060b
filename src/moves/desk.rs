//! Where moves are asked for: one dialog for all screens shows the plan, takes the confirmation and says where the record is.

use super::{dialog::MoveDialog, send::send, words::done};
use crate::{
    api::{ActionKey, Api, ApiError},
    routes::{Place, with_query},
    state::session,
    ui::toast::{Toast, Toasts},
};
use leptos::prelude::*;
use model::api::RunRow;
use model::{Move, MoveKind, RunId, StepPath, TaskId};
use serde_json::Value;

/// A move a person wants to make, with what is known about it on the screen they are on.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    pub run: RunId,
    /// What the run is called.
    pub title: String,
    /// The run's sequence as the person saw it.
    pub seen: u64,
    pub kind: MoveKind,
    /// The button's words: "Retry", "Stop now".
    pub label: String,
    /// Steps to choose from, with their names; the first is chosen.
    pub steps: Vec<(StepPath, String)>,
    /// For decisions.
    pub task: Option<TaskId>,
    /// The waitpoint's token.
    pub token: Option<String>,
    /// A comment written before the dialog opened; a message to an agent.
    pub comment: Option<String>,
    /// The body or result a form gave.
    pub value: Option<Value>,
}

impl Ask {
    pub fn new(run: RunId, title: String, seen: u64, kind: MoveKind) -> Self {
        Self {
            run,
            title,
            seen,
            kind,
            label: kind.shown().to_owned(),
            steps: Vec::new(),
            task: None,
            token: None,
            comment: None,
            value: None,
        }
    }

    /// The primary move of a row.
    pub fn of_row(row: &RunRow, kind: MoveKind) -> Self {
        let mut ask = Self::new(row.id.clone(), row.title.clone(), row.seq, kind);
        row.label(kind).clone_into(&mut ask.label);
        if kind == MoveKind::RetryFromStep {
            ask.steps
                .extend(row.step.clone().zip(row.step_name.clone()));
        }
        ask
    }

    /// The move itself; `None` for what is no move on a run, or lacks what it needs.
    pub fn to_move(
        &self,
        step: Option<&StepPath>,
        input: Option<Value>,
        timeout_s: Option<u64>,
    ) -> Option<Move> {
        let step = step.cloned();
        let task = self.task.clone();
        let comment = self.comment.clone();
        Some(match self.kind {
            MoveKind::Retry => Move::Retry,
            MoveKind::RetryFromStep => Move::RetryFromStep { step: step?, input },
            MoveKind::Resume => Move::Resume,
            MoveKind::Approve => Move::Approve {
                task: task?,
                comment,
                result: self.value.clone(),
            },
            MoveKind::Reject => Move::Reject {
                task: task?,
                comment,
            },
            MoveKind::Skip => Move::Skip {
                task: task?,
                comment,
            },
            MoveKind::Complete => Move::Complete {
                step: step?,
                body: self.value.clone().unwrap_or(Value::Null),
            },
            MoveKind::ForceTimeout => Move::ForceTimeout { step: step? },
            MoveKind::Pause => Move::Pause,
            MoveKind::StopGracefully => Move::StopGracefully { timeout_s },
            MoveKind::Cancel => Move::Cancel,
            MoveKind::RunAgain => Move::RunAgain { input },
            MoveKind::ContinueInChat => Move::ContinueInChat {
                step: step?,
                message: comment?,
            },
            MoveKind::Report => return None,
        })
    }
}

/// The desk, from context.
#[derive(Clone, Copy)]
pub struct Desk {
    pub(super) asked: RwSignal<Option<Ask>>,
    api: Api,
    toasts: Option<Toasts>,
    place: StoredValue<Place>,
}

impl Desk {
    pub fn provide() -> Self {
        let desk = Self {
            asked: RwSignal::new(None),
            api: Api::get(),
            toasts: Toasts::get(),
            place: StoredValue::new(session::place()),
        };
        provide_context(desk);
        desk
    }

    pub fn get() -> Option<Self> {
        use_context()
    }

    /// Opens the dialog with the move's plan.
    pub fn ask(self, ask: Ask) {
        self.asked.set(Some(ask));
    }

    /// Makes a move whose plan was shown already, says where its record is, and answers how it went.
    pub async fn make(
        self,
        ask: &Ask,
        wanted: &Move,
        reason: Option<String>,
        key: &ActionKey,
    ) -> Result<Option<RunRow>, ApiError> {
        let sent = send(
            self.api,
            &ask.run,
            wanted,
            ask.token.as_deref(),
            reason,
            key,
            ask.seen,
        )
        .await?;
        let Some(place) = self.place.try_get_value() else {
            return Ok(sent.run);
        };
        let text = format!("{}: {}", done(ask.kind), ask.title);
        let toast = match &sent.run {
            Some(new) if ask.kind == MoveKind::RunAgain => {
                Toast::done(text).link("Open the new run", place.run(&new.id))
            }
            Some(_) | None => {
                let record = with_query(
                    &place.run(&ask.run),
                    &[("view", "audit"), ("entry", sent.audit.as_str())],
                );
                Toast::done(text).link("Record", record)
            }
        };
        if let Some(toasts) = self.toasts {
            toasts.push(toast);
        }
        Ok(sent.run)
    }
}

/// The dialog of the desk; mounted once, by the shell.
#[component]
pub fn DeskLayer() -> AnyView {
    view! { <MoveDialog /> }.into_any()
}
