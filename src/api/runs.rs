//! Runs: the list, one run, its parts, and the moves on it.

use super::{
    error::ApiError,
    transport::{ActionKey, Api, Guard},
};
use crate::routes::with_query;
use engine::RunView;
use model::api::{MoveBody, Moved, Page, RunFilter, RunRow};
use model::{Move, Plan, RunId, StepPath};

/// The address of the runs that fit, without which page of them.
pub fn filtered(filter: &RunFilter) -> String {
    fn words<T>(all: &[T], word: impl Fn(&T) -> &str) -> String {
        all.iter().map(word).collect::<Vec<_>>().join(",")
    }
    let since = filter.since.map(|t| t.to_string()).unwrap_or_default();
    let until = filter.until.map(|t| t.to_string()).unwrap_or_default();
    with_query(
        "/v1/runs",
        &[
            ("status", &words(&filter.status, |s| s.as_str())),
            ("workflow", &words(&filter.workflow, |w| w.as_str())),
            ("queue", &words(&filter.queue, |q| q.as_str())),
            ("trigger", &words(&filter.trigger, |t| t.as_str())),
            ("actor", &words(&filter.actor, |a| a.as_str())),
            ("label", &words(&filter.label, |l| l.as_str())),
            ("failure_code", &words(&filter.failure_code, |c| c.as_str())),
            ("since", &since),
            ("until", &until),
            ("unresolved", if filter.unresolved { "true" } else { "" }),
            (
                "mission",
                filter.mission.as_ref().map_or("", |m| m.as_str()),
            ),
            ("q", filter.q.as_deref().unwrap_or_default()),
        ],
    )
}

/// The address of the newest runs that fit, at most `limit`.
pub fn newest_path(filter: &RunFilter, limit: u32) -> String {
    with_query(&filtered(filter), &[("limit", &limit.to_string())])
}

pub async fn newest(api: Api, filter: &RunFilter, limit: u32) -> Result<Page<RunRow>, ApiError> {
    api.load(&newest_path(filter, limit)).await
}

/// Takes in the journal of a run that has ended, as its file was kept elsewhere.
pub async fn import(api: Api, journal: &web_sys::File, key: &ActionKey) -> Result<Moved, ApiError> {
    let guard = Guard::once(key);
    api.post_file("/v1/runs/import", journal, "application/x-ndjson", guard)
        .await
}

/// The address of a run or of a part of it: `part(run, "attempts")`.
pub fn part(run: &RunId, part: &str) -> String {
    let mut path = format!("/v1/runs/{run}");
    if !part.is_empty() {
        path.push('/');
        path.push_str(part);
    }
    path
}

/// The address of a step; `part` is empty for the step itself or `transcript`.
pub fn step_part(run: &RunId, step: &StepPath, rest: &str) -> String {
    // A path of a step in a loop holds brackets, which an address may not.
    let step = with_query("", &[("s", step.as_str())]);
    part(
        run,
        &format!("steps/{}{rest}", step.trim_start_matches("?s=")),
    )
}

pub async fn view(api: Api, run: &RunId) -> Result<RunView, ApiError> {
    api.load(&part(run, "")).await
}

/// What a move would do now.
pub async fn plan(api: Api, run: &RunId, wanted: &Move) -> Result<Plan, ApiError> {
    api.post(&part(run, "plan"), wanted, Guard::default()).await
}

/// The name a move has in its address.
fn word(wanted: &Move) -> &'static str {
    match wanted {
        Move::Retry | Move::RetryFromStep { .. } => "retry",
        Move::Resume => "resume",
        Move::Pause => "pause",
        Move::StopGracefully { .. } => "stop",
        Move::Cancel => "cancel",
        Move::RunAgain { .. } => "run-again",
        Move::Approve { .. } | Move::Reject { .. } | Move::Complete { .. } => "complete",
        Move::Skip { .. } => "skip",
        Move::ForceTimeout { .. } => "timeout",
        Move::ContinueInChat { .. } => "chat",
    }
}

/// Makes a move on the run itself. Decisions, waitpoints and messages to agents have their own files.
pub async fn make(
    api: Api,
    run: &RunId,
    wanted: &Move,
    reason: Option<String>,
    key: &ActionKey,
    seen: u64,
) -> Result<Moved, ApiError> {
    let mut body = MoveBody {
        reason,
        ..MoveBody::default()
    };
    match wanted {
        Move::RetryFromStep { step, input } => {
            body.step = Some(step.clone());
            body.input.clone_from(input);
        }
        Move::RunAgain { input } => body.input.clone_from(input),
        Move::StopGracefully { timeout_s } => {
            body.mode = Some(model::StopMode::Graceful);
            body.timeout_s = *timeout_s;
        }
        Move::Retry
        | Move::Resume
        | Move::Pause
        | Move::Cancel
        | Move::Approve { .. }
        | Move::Reject { .. }
        | Move::Skip { .. }
        | Move::Complete { .. }
        | Move::ForceTimeout { .. }
        | Move::ContinueInChat { .. } => {}
    }
    api.post(&part(run, word(wanted)), &body, Guard::seen(key, seen))
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{FailureCode, RunStatus};

    #[test]
    fn filters_become_a_query_and_empty_ones_leave_no_trace() {
        let filter = RunFilter {
            status: vec![RunStatus::Failed, RunStatus::Interrupted],
            failure_code: vec![FailureCode::LlmRequestFailed],
            unresolved: true,
            q: Some("RFQ 2231".into()),
            ..RunFilter::default()
        };
        assert_eq!(
            newest_path(&filter, 50),
            "/v1/runs?status=failed%2Cinterrupted&failure_code=LLM_REQUEST_FAILED&unresolved=true&q=RFQ%202231&limit=50"
        );
        assert_eq!(filtered(&RunFilter::default()), "/v1/runs");
    }

    #[test]
    fn a_step_of_a_loop_is_one_segment_of_the_address() {
        assert_eq!(
            step_part(&"run_1".into(), &"lines[3].look_up".into(), "/transcript"),
            "/v1/runs/run_1/steps/lines%5B3%5D.look_up/transcript"
        );
    }
}
