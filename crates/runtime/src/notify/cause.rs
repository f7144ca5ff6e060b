//! What of a decision people are told of.

use super::Outbox;
use crate::store::record::{CauseRecord, Recipients};
use crate::store::{Place, StoreError, WaitState};
use engine::Run;
use model::api::RunRow;
use model::event::Wait;
use model::notify::About;
use model::{
    Actor, Event, EventKind, NotificationId, NotificationKind, RunStatus, StepPath, Timestamp,
};

/// A decision as people see it.
pub struct Seen<'a> {
    pub place: &'a Place,
    pub run: &'a Run,
    pub row: &'a RunRow,
    pub events: &'a [Event],
    /// How the run stood before; absent for a new one.
    pub before: Option<RunStatus>,
    /// Whose command it was.
    pub by: Option<&'a Actor>,
    /// Tasks of people and questions of agents that it closed, with how.
    pub closed: &'a [(StepPath, WaitState)],
}

/// The causes in a decision, oldest first. Most decisions have none.
pub fn causes(
    seen: &Seen<'_>,
    outbox: &Outbox,
    new_id: impl Fn() -> NotificationId,
) -> Vec<CauseRecord> {
    let watched = outbox.is_watched(&seen.row.id);
    let asked = outbox.wants_completed(&seen.place.tenant);
    // The caller's own end tells of a called run's, if it matters there.
    let end = if seen.run.parent.is_some() {
        Recipients::Watchers
    } else {
        Recipients::Project
    };
    let told = end == Recipients::Project;
    let mut causes: Vec<CauseRecord> = Vec::new();
    for (path, state) in seen.closed {
        let found = (
            NotificationKind::NeedsDecision,
            Recipients::Project,
            Some(path.clone()),
            why_past(*state, seen.row.status).to_owned(),
        );
        causes.push(CauseRecord {
            past: true,
            ..cause(seen, seen.row.updated_at, found, new_id())
        });
    }
    let past = causes.len();
    for event in seen.events {
        use NotificationKind as Kind;
        let found = match &event.event {
            EventKind::StepWaiting {
                path,
                wait: Wait::HumanTask { title, .. },
            } => (
                Kind::NeedsDecision,
                Recipients::Project,
                Some(path.clone()),
                title.clone(),
            ),
            EventKind::StepWaiting {
                path,
                wait: Wait::Chat { question },
            } => (
                Kind::NeedsDecision,
                Recipients::Project,
                Some(path.clone()),
                format!("The agent asks: {question}"),
            ),
            EventKind::RunBlocked {
                step,
                reason,
                clears,
                ..
            } => (
                Kind::Blocked,
                Recipients::Project,
                step.clone(),
                format!("{reason}. {clears}."),
            ),
            EventKind::RunInterrupted { step, failure } => (
                Kind::Failed,
                Recipients::Project,
                Some(step.clone()),
                failure.message.clone(),
            ),
            EventKind::RunFailed { step, failure } if told || watched => (
                Kind::Failed,
                end.clone(),
                step.clone(),
                failure.message.clone(),
            ),
            EventKind::RunCompleted { .. } if watched || (asked && told) => {
                (Kind::Completed, end.clone(), None, String::new())
            }
            _ => continue,
        };
        causes.push(cause(seen, event.at, found, new_id()));
    }
    let changed = seen.before.is_some_and(|before| before != seen.row.status);
    if watched && causes.len() == past && changed && is_worth_telling(seen.row.status) {
        let text = seen
            .row
            .why
            .as_ref()
            .map_or_else(String::new, |why| why.before.clone());
        let found = (
            NotificationKind::RunChanged,
            Recipients::Watchers,
            None,
            text,
        );
        causes.push(cause(seen, seen.row.updated_at, found, new_id()));
    }
    causes
}

/// Why nobody needs to decide a task any more.
const fn why_past(how: WaitState, run: RunStatus) -> &'static str {
    match (how, run) {
        (WaitState::TimedOut, _) => "Nobody decided it in time.",
        (WaitState::Completed, _) => "It was decided.",
        (_, RunStatus::Failed) => "The run failed, so there is nothing left to decide.",
        (_, RunStatus::Cancelled) => "The run was cancelled, so there is nothing left to decide.",
        (_, _) => "The run went on without it.",
    }
}

/// Going through a queue is no news; where it comes to rest is.
const fn is_worth_telling(status: RunStatus) -> bool {
    match status {
        RunStatus::Queued | RunStatus::Starting | RunStatus::Running => false,
        RunStatus::Waiting
        | RunStatus::Paused
        | RunStatus::Blocked
        | RunStatus::Draining
        | RunStatus::Interrupted
        | RunStatus::Completed
        | RunStatus::Failed
        | RunStatus::Cancelled
        | RunStatus::Rejected
        | RunStatus::Expired => true,
    }
}

/// Whether a run that stands so never goes on.
const fn is_last(status: RunStatus) -> bool {
    matches!(
        status,
        RunStatus::Completed | RunStatus::Cancelled | RunStatus::Rejected | RunStatus::Expired
    )
}

fn cause(
    seen: &Seen<'_>,
    at: Timestamp,
    (kind, to, step, text): (NotificationKind, Recipients, Option<StepPath>, String),
    id: NotificationId,
) -> CauseRecord {
    let row = seen.row;
    let at_step = step
        .as_ref()
        .map(|path| format!(" at {}", seen.run.step_name(path)))
        .unwrap_or_default();
    let of = |name: &str| match kind {
        NotificationKind::NeedsDecision => format!("{name} needs a decision{at_step}"),
        NotificationKind::Blocked => format!("{name} is blocked{at_step}"),
        NotificationKind::Failed if row.status == RunStatus::Interrupted => {
            format!("{name} was interrupted{at_step}")
        }
        NotificationKind::Failed => format!("{name} failed{at_step}"),
        NotificationKind::Completed => format!("{name} completed"),
        NotificationKind::RunChanged
        | NotificationKind::CredentialExpiring
        | NotificationKind::ReportAnswered => {
            format!("{name} is {}", row.status.shown().to_lowercase())
        }
    };
    let code = match kind {
        NotificationKind::Failed => row.failure.as_ref().map(|failure| failure.code),
        NotificationKind::NeedsDecision
        | NotificationKind::Blocked
        | NotificationKind::Completed
        | NotificationKind::RunChanged
        | NotificationKind::CredentialExpiring
        | NotificationKind::ReportAnswered => None,
    };
    CauseRecord {
        id,
        place: seen.place.clone(),
        at,
        kind,
        to,
        by: seen.by.cloned(),
        title: of(&row.title),
        title_of_many: of(&row.workflow_name),
        text,
        about: About {
            run: Some(row.id.clone()),
            run_title: Some(row.title.clone()),
            workflow: Some(row.workflow_id.clone()),
            workflow_name: Some(row.workflow_name.clone()),
            step,
            code,
            ..About::default()
        },
        last: is_last(row.status),
        past: false,
    }
}

/// A credential that runs out.
pub struct Ending<'a> {
    /// The token's or connection's id.
    pub credential: &'a str,
    /// As a sentence begins: "The token “ci”".
    pub name: &'a str,
    pub expires_at: Timestamp,
    /// What a person does about it, in a sentence.
    pub remedy: &'a str,
}

/// The cause of a credential that runs out, for whoever checks credentials: write it with the check's own change, then wake
/// the outbox.
pub fn credential(
    id: NotificationId,
    place: Place,
    to: Recipients,
    at: Timestamp,
    ending: &Ending<'_>,
) -> Result<crate::store::Change, StoreError> {
    let expires_at = ending.expires_at;
    let days = expires_at.since(at) / 86_400_000;
    let when = match days {
        0 => "within a day".to_owned(),
        1 => "in 1 day".to_owned(),
        days => format!("in {days} days"),
    };
    let title = format!("{} expires {when}", ending.name);
    crate::store::Change::create(&CauseRecord {
        id,
        place,
        at,
        kind: NotificationKind::CredentialExpiring,
        to,
        by: None,
        title_of_many: title.clone(),
        title,
        text: format!("It ends at {expires_at}. {}", ending.remedy),
        about: About {
            credential: Some(ending.credential.to_owned()),
            ..About::default()
        },
        last: false,
        past: false,
    })
}
