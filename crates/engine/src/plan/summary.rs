//! A plan in one sentence.

use super::Rehearsed;
use crate::moves::label;
use model::event::{Decision, Wait};
use model::{Move, MoveKind, RunStatus, SkipReason, StepPath, StepStatus};

impl Rehearsed<'_> {
    pub(super) fn summary(
        &self,
        mv: &Move,
        first: Option<&StepPath>,
        runs: usize,
        reused: usize,
        cancels: usize,
    ) -> String {
        let run = self.run;
        let name = |p: &StepPath| run.step_name(p);
        let task = |task: &model::TaskId| {
            let step = run
                .steps
                .values()
                .find(|s| matches!(&s.wait, Some(Wait::HumanTask { task: t, .. }) if t == task));
            step.map(|s| name(&s.path)).unwrap_or_default()
        };
        let next = match (first, self.after.status) {
            (_, RunStatus::Completed) => "the run completes".to_owned(),
            (_, RunStatus::Failed) => "the run fails".to_owned(),
            (Some(first), _) => format!("then runs {}", counted(runs, &name(first))),
            (None, _) => "nothing more runs because of it".to_owned(),
        };
        match mv {
            Move::Retry | Move::RetryFromStep { .. } => {
                let attempt = run.attempt + 1;
                let starts = match (mv, first) {
                    (Move::RetryFromStep { step, .. }, _) => format!("starts at {}", name(step)),
                    (_, Some(first)) => format!("starts at {}", name(first)),
                    (_, None) => "finds every step finished".into(),
                };
                let keeps = match reused {
                    0 => "keeps no finished step".into(),
                    1 => "keeps 1 finished step".into(),
                    n => format!("keeps {n} finished steps"),
                };
                format!("Attempt {attempt} {starts} and {keeps}.")
            }
            Move::Resume => format!("Goes on; {next}."),
            Move::Approve { task: id, .. } => format!("Approves {}; {next}.", task(id)),
            Move::Reject { task: id, .. } => {
                let ends = self.after.status == RunStatus::Rejected;
                let skipped = self.paths(|before, after| {
                    after.skip_reason == Some(SkipReason::Rejected)
                        && before.is_none_or(|b| b.status != StepStatus::Skipped)
                });
                if ends {
                    format!(
                        "Rejects {} and ends the run; {} never run.",
                        task(id),
                        steps(skipped.len())
                    )
                } else {
                    format!(
                        "Rejects {}; only what depends on it, {}, is skipped.",
                        task(id),
                        steps(skipped.len())
                    )
                }
            }
            Move::Skip { task: id, .. } => format!("Skips {} without a result; {next}.", task(id)),
            Move::Complete { step, .. } => format!("Completes {}; {next}.", name(step)),
            Move::ForceTimeout { step } => format!("Times out {}; {next}.", name(step)),
            Move::ContinueInChat { step, .. } => match run.status {
                RunStatus::Failed | RunStatus::Interrupted => format!(
                    "Attempt {} goes on with the conversation of {}.",
                    run.attempt + 1,
                    name(step)
                ),
                _ => format!("The agent of {} goes on with your answer.", name(step)),
            },
            Move::Pause => {
                let busy = run.live().busy.len();
                match busy {
                    0 => "Nothing begins until Resume.".into(),
                    n => format!(
                        "{} in flight finish, nothing more begins until Resume.",
                        steps(n)
                    ),
                }
            }
            Move::StopGracefully { timeout_s } => format!(
                "{} in flight may take {} to finish, {} cancelled, the others never run.",
                steps(self.after.live().busy.len()),
                model::why::duration(timeout_s.unwrap_or(300).saturating_mul(1000)),
                match cancels {
                    1 => "1 that waits is".into(),
                    n => format!("{n} that wait are"),
                }
            ),
            Move::Cancel => format!(
                "{}: {} in flight cancelled, {} never run.",
                label(run, MoveKind::Cancel),
                steps(cancels),
                steps(
                    self.paths(|before, after| {
                        after.skip_reason == Some(SkipReason::Operator)
                            && after.decision != Some(Decision::Skipped)
                            && before.is_none_or(|b| b.status == StepStatus::Pending)
                    })
                    .len()
                )
            ),
            Move::RunAgain { .. } => format!(
                "A new run on the latest version, from the beginning: {}.",
                steps(runs)
            ),
        }
    }
}

fn steps(count: usize) -> String {
    match count {
        0 => "no step".into(),
        1 => "1 step".into(),
        n => format!("{n} steps"),
    }
}

fn counted(count: usize, first: &str) -> String {
    match count {
        0 | 1 => first.to_owned(),
        2 => format!("{first} and 1 more step"),
        n => format!("{first} and {} more steps", n - 1),
    }
}
