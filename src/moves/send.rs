//! Makes a move: each kind by its own route.

use crate::api::{ActionKey, Api, ApiError, chat, runs, tasks, waitpoints};
use model::api::{RunRow, TaskBody};
use model::{AuditId, Move, RunId};

/// What came of a move.
pub struct Sent {
    /// Its record.
    pub audit: AuditId,
    /// The run, or the new one of "Run again".
    pub run: Option<RunRow>,
}

/// Sends a move. `token` is the waitpoint's, for moves on one.
pub async fn send(
    api: Api,
    run: &RunId,
    wanted: &Move,
    token: Option<&str>,
    reason: Option<String>,
    key: &ActionKey,
    seen: u64,
) -> Result<Sent, ApiError> {
    match wanted {
        Move::Approve {
            task,
            comment,
            result,
        } => {
            let body = TaskBody {
                approved: true,
                comment: comment.clone(),
                result: result.clone(),
            };
            tasks::complete(api, run, task, &body, key)
                .await
                .map(of_move)
        }
        Move::Reject { task, comment } => {
            let body = TaskBody {
                approved: false,
                comment: comment.clone().or(reason),
                result: None,
            };
            tasks::complete(api, run, task, &body, key)
                .await
                .map(of_move)
        }
        Move::Skip { task, comment } => {
            tasks::skip(api, run, task, comment.clone().or(reason), key)
                .await
                .map(of_move)
        }
        Move::Complete { body, .. } => {
            let closed = waitpoints::complete(api, token.unwrap_or_default(), body, key).await?;
            Ok(Sent {
                audit: closed.audit,
                run: None,
            })
        }
        Move::ForceTimeout { .. } => {
            let closed = waitpoints::timeout(api, token.unwrap_or_default(), key).await?;
            Ok(Sent {
                audit: closed.audit,
                run: None,
            })
        }
        Move::ContinueInChat { step, message } => {
            let message = message.clone();
            chat::write(api, run, step, message, key).await.map(of_move)
        }
        Move::Retry
        | Move::RetryFromStep { .. }
        | Move::Resume
        | Move::Pause
        | Move::StopGracefully { .. }
        | Move::Cancel
        | Move::RunAgain { .. } => runs::make(api, run, wanted, reason, key, seen)
            .await
            .map(of_move),
    }
}

fn of_move(moved: model::api::Moved) -> Sent {
    Sent {
        audit: moved.audit,
        run: Some(moved.run),
    }
}
