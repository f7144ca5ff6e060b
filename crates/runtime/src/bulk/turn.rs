//! One run's turn in a bulk job: the same move as if it were made alone, and the mark of what came of it.

use super::{Next, refusal};
use crate::api::moves::{NOTHING_CHANGED, action};
use crate::host::{AuditDraft, Host, HostError, Meta};
use crate::store::record::{BulkRecord, BulkRunRecord, Stored};
use crate::store::{Change, ChangeSet, StoreError};
use engine::Command;
use engine::bulk::bulk_move;
use model::api::{BulkOutcome, BulkRun, BulkState, RunRow};
use model::{AuditId, MoveKind, RunId, Timestamp};
use serde_json::json;

const NO_BULK_MOVE: &str = "This move cannot be made on many runs at once.";

/// What is written of a turn.
#[derive(Clone)]
struct Mark {
    record: Stored<BulkRecord>,
    run: RunId,
    title: String,
    /// No run has its turn after this one.
    last: bool,
    at: Timestamp,
}

/// Gives the next run its turn. The move, its audit entry, the mark and the job's counts are one transaction: whatever
/// happens to the runtime, no run gets the move twice and none is left out.
pub(super) async fn take(
    host: &Host,
    record: Stored<BulkRecord>,
    runs: &[RunId],
) -> Result<Next, HostError> {
    let at = usize::try_from(record.value.job.worked_off()).unwrap_or(usize::MAX);
    let Some(run) = runs.get(at) else {
        return Err(StoreError::Missing(record.value.job.id.to_string()).into());
    };
    let last = at + 1 == runs.len();
    let mut mark = Mark {
        record,
        run: run.clone(),
        title: String::new(),
        last,
        at: host.now(),
    };
    if let Err(why) = make(host, &mut mark).await? {
        let set = ChangeSet {
            changes: mark.refused(why)?,
            audit: None,
        };
        host.store().change(set).await?;
    }
    Ok(if last { Next::End } else { Next::Run })
}

/// Makes the move. The inner error is why the run does not allow it; then nothing was written.
async fn make(host: &Host, mark: &mut Mark) -> Result<Result<(), String>, HostError> {
    let (place, run) = (mark.record.value.place.clone(), mark.run.clone());
    let job = mark.record.value.job.clone();
    let Some(what) = bulk_move(job.kind) else {
        return Ok(Err(NO_BULK_MOVE.to_owned()));
    };
    let folded = match host.snapshot(&place, &run).await {
        Ok(snapshot) => snapshot.run,
        Err(error) => return refusal(error).map(Err),
    };
    folded.title.clone_into(&mut mark.title);
    if let Err(why) = engine::check_move(&folded, job.kind) {
        return Ok(Err(why));
    }
    let origin = mark.record.value.origin.clone();
    let draft = AuditDraft {
        reason: Some(job.reason.clone()),
        plan: Some(engine::plan(&folded, &what)),
        detail: Some(json!({ "bulk": job.id })),
        request_id: origin.request_id,
        ip: origin.ip,
        ..AuditDraft::new(job.created_by.clone(), action(job.kind))
    };
    // Nobody else holds the run then, and it changes in place.
    drop(folded);
    let done = mark.clone();
    let meta = Meta {
        audit: Some(draft),
        also: Some(Box::new(move |row, audit| done.done(row, audit))),
        ..Meta::default()
    };
    let actor = job.created_by;
    let made = if job.kind == MoveKind::RunAgain {
        host.run_again(&place, &run, None, actor, meta).await
    } else {
        let command = Command::Move {
            actor,
            what,
            reason: Some(job.reason),
        };
        host.command(&place, &run, command, meta).await
    };
    match made {
        Ok(outcome) if outcome.audit.is_some() => Ok(Ok(())),
        Ok(_) => Ok(Err(NOTHING_CHANGED.to_owned())),
        Err(error) => refusal(error).map(Err),
    }
}

impl Mark {
    fn done(self, row: &RunRow, audit: Option<&AuditId>) -> Result<Vec<Change>, StoreError> {
        let new_run = (self.record.value.job.kind == MoveKind::RunAgain).then(|| row.id.clone());
        let run = BulkRun {
            audit: audit.cloned(),
            new_run,
            ..self.of(BulkOutcome::Done)
        };
        self.changes(run)
    }

    fn refused(self, why: String) -> Result<Vec<Change>, StoreError> {
        let run = BulkRun {
            why: Some(why),
            ..self.of(BulkOutcome::Refused)
        };
        self.changes(run)
    }

    fn of(&self, outcome: BulkOutcome) -> BulkRun {
        BulkRun {
            n: self.record.value.job.worked_off() + 1,
            run: self.run.clone(),
            title: self.title.clone(),
            outcome,
            why: None,
            new_run: None,
            audit: None,
            at: Some(self.at),
        }
    }

    fn changes(mut self, run: BulkRun) -> Result<Vec<Change>, StoreError> {
        let job = &mut self.record.value.job;
        match run.outcome {
            BulkOutcome::Done => job.done += 1,
            BulkOutcome::Refused => job.refused += 1,
            BulkOutcome::Waiting => {}
        }
        if self.last {
            job.state = BulkState::Completed;
            job.ended_at = Some(self.at);
        }
        let mark = BulkRunRecord {
            job: job.id.clone(),
            run,
        };
        Ok(vec![Change::create(&mark)?, Change::update(&self.record)?])
    }
}
