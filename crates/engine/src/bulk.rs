//! What one move would do to many runs, added up run by run.

use crate::legal;
use crate::state::Run;
use model::api::{BulkGroup, BulkNamed, BulkPlan};
use model::{Move, MoveKind, RunId};
use std::collections::BTreeSet;

/// Runs named in a group.
const NAMED: usize = 10;
/// Groups told apart; what is beyond them stands together.
const GROUPS: usize = 20;
/// The group of what is beyond.
const OTHERS: &str = "Other reasons";

/// The move of this kind, where it needs nothing but the run; see [`model::api::BULK_MOVES`].
pub const fn bulk_move(kind: MoveKind) -> Option<Move> {
    match kind {
        MoveKind::Retry => Some(Move::Retry),
        MoveKind::Resume => Some(Move::Resume),
        MoveKind::Pause => Some(Move::Pause),
        MoveKind::StopGracefully => Some(Move::StopGracefully { timeout_s: None }),
        MoveKind::Cancel => Some(Move::Cancel),
        MoveKind::RunAgain => Some(Move::RunAgain { input: None }),
        MoveKind::RetryFromStep
        | MoveKind::Approve
        | MoveKind::Reject
        | MoveKind::Skip
        | MoveKind::Complete
        | MoveKind::ForceTimeout
        | MoveKind::ContinueInChat
        | MoveKind::Report => None,
    }
}

/// The plans of single runs, added up.
pub struct BulkTally {
    what: Move,
    plan: BulkPlan,
}

impl BulkTally {
    pub fn new(what: Move) -> Self {
        let kind = what.kind();
        Self {
            what,
            plan: BulkPlan {
                kind,
                summary: String::new(),
                runs: Vec::new(),
                more: false,
                can: 0,
                cannot: Vec::new(),
                repeats: 0,
                may_repeat: Vec::new(),
                warnings: Vec::new(),
                fix_first: Vec::new(),
                cost: None,
                costed: 0,
            },
        }
    }

    /// Adds a run that cannot be looked at.
    pub fn refuse(&mut self, run: &RunId, why: &str) {
        self.plan.runs.push(run.clone());
        let named = BulkNamed {
            run: run.clone(),
            title: String::new(),
        };
        group(&mut self.plan.cannot, why, &named);
    }

    /// Adds a run.
    pub fn add(&mut self, run: &Run) {
        let plan = &mut self.plan;
        plan.runs.push(run.id.clone());
        let named = BulkNamed {
            run: run.id.clone(),
            title: run.title.clone(),
        };
        if let Err(why) = legal::check(run, plan.kind) {
            return group(&mut plan.cannot, &why, &named);
        }
        plan.can += 1;
        let single = crate::plan::plan(run, &self.what);
        plan.repeats += u64::from(!single.may_repeat.is_empty());
        let names: BTreeSet<&str> = single.may_repeat.iter().map(|s| s.name.as_str()).collect();
        for name in names {
            group(&mut plan.may_repeat, name, &named);
        }
        for warning in &single.warnings {
            group(&mut plan.warnings, warning, &named);
        }
        if single.ask_fixed
            && let Some(failure) = &run.failure
        {
            group(&mut plan.fix_first, failure.code.as_str(), &named);
        }
        if let Some(cost) = single.cost {
            plan.cost = Some(plan.cost.map_or(cost, |sum| sum.plus(cost)));
            plan.costed += 1;
        }
    }

    /// The plan of all that were added; `more` says that the filter matches more than these.
    pub fn plan(mut self, more: bool) -> BulkPlan {
        let plan = &mut self.plan;
        for groups in [
            &mut plan.cannot,
            &mut plan.may_repeat,
            &mut plan.warnings,
            &mut plan.fix_first,
        ] {
            groups.sort_by_key(|group| std::cmp::Reverse(group.count));
        }
        plan.more = more;
        plan.summary = summary(plan.kind, plan.can, plan.runs.len());
        self.plan
    }
}

/// Adds a run to the group of `text`.
fn group(groups: &mut Vec<BulkGroup>, text: &str, named: &BulkNamed) {
    let known = groups.iter().position(|group| group.text == text);
    let text = if known.is_none() && groups.len() >= GROUPS {
        OTHERS
    } else {
        text
    };
    let at = known.or_else(|| groups.iter().position(|group| group.text == text));
    let at = at.unwrap_or_else(|| {
        groups.push(BulkGroup {
            text: text.to_owned(),
            count: 0,
            runs: Vec::new(),
        });
        groups.len() - 1
    });
    let group = &mut groups[at];
    group.count += 1;
    if group.runs.len() < NAMED {
        group.runs.push(named.clone());
    }
}

fn summary(kind: MoveKind, can: u64, total: usize) -> String {
    let what = match kind {
        MoveKind::Retry => "retried",
        MoveKind::RunAgain => "run again",
        MoveKind::Resume => "resumed",
        MoveKind::Pause => "paused",
        MoveKind::StopGracefully => "stopped gracefully",
        MoveKind::Cancel => "cancelled",
        MoveKind::RetryFromStep
        | MoveKind::Approve
        | MoveKind::Reject
        | MoveKind::Skip
        | MoveKind::Complete
        | MoveKind::ForceTimeout
        | MoveKind::ContinueInChat
        | MoveKind::Report => kind.shown(),
    };
    match (can, total) {
        (1, 1) => format!("The run can be {what}."),
        (_, 1) => format!("The run cannot be {what}."),
        (0, _) => format!("None of the {total} runs can be {what}."),
        (can, total) if can == total as u64 => format!("All {total} runs can be {what}."),
        (can, total) => format!("{can} of {total} runs can be {what}."),
    }
}
