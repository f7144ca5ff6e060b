use crate::bench::{Bench, step, with, write};
use engine::bulk::{BulkTally, bulk_move};
use model::api::{BULK_MOVES, BulkGroup, BulkPlan};
use model::{FailureCode, Move, MoveKind, RunId, RunStatus};
use serde_json::json;

/// A run that failed at a writing step named `name`.
fn failed(name: &str, code: FailureCode) -> Bench {
    let mut bench = Bench::started(&[with(write("w", &[]), json!({ "name": name }))]);
    bench.fails("w", code);
    bench
}

fn counts(groups: &[BulkGroup]) -> Vec<(&str, u64)> {
    groups.iter().map(|g| (g.text.as_str(), g.count)).collect()
}

fn planned(what: Move, runs: &[Bench]) -> BulkPlan {
    let mut tally = BulkTally::new(what);
    for bench in runs {
        tally.add(&bench.run);
    }
    tally.plan(false)
}

#[test]
fn each_run_counts_by_its_own_rule_and_the_reasons_are_those_of_the_single_move() {
    let running = || Bench::started(&[step("a", &[])]);
    let mut done = running();
    done.completes("a");
    let runs = [
        running(),
        done,
        failed("Send quote", FailureCode::McpToolFailed),
        running(),
        failed("Send quote", FailureCode::LlmRequestFailed),
    ];
    let plan = planned(Move::Retry, &runs);
    assert_eq!(plan.summary, "2 of 5 runs can be retried.");
    assert_eq!((plan.can, plan.runs.len()), (2, 5));
    let why = |run: &Bench| engine::check_move(&run.run, MoveKind::Retry).unwrap_err();
    assert_eq!(
        counts(&plan.cannot),
        [(why(&runs[0]).as_str(), 2), (why(&runs[1]).as_str(), 1)]
    );
    assert_eq!(plan.cannot[1].runs[0].run, runs[1].run.id);
    assert_eq!(plan.cannot[1].runs[0].title, runs[1].run.title);
    assert_eq!(plan.repeats, 2);
    assert_eq!(counts(&plan.may_repeat), [("Send quote", 2)]);
    assert_eq!(counts(&plan.fix_first), [("MCP_TOOL_FAILED", 1)]);
    assert_eq!(plan.warnings[0].count, 2);
}

#[test]
fn a_group_names_some_and_counts_all_and_rare_reasons_stand_together() {
    let mut tally = BulkTally::new(Move::Cancel);
    for n in 0..30 {
        tally.refuse(&RunId::new(format!("run_{n}")), "Gone.");
    }
    for n in 0..40 {
        tally.refuse(&RunId::new(format!("run_x{n}")), &format!("Reason {n}."));
    }
    let plan = tally.plan(true);
    assert_eq!(plan.summary, "None of the 70 runs can be cancelled.");
    assert!(plan.more);
    assert_eq!((plan.cannot[0].count, plan.cannot[0].runs.len()), (30, 10));
    assert_eq!(plan.cannot.iter().map(|g| g.count).sum::<u64>(), 70);
    assert_eq!(plan.cannot.len(), 21);
    assert!(counts(&plan.cannot).contains(&("Other reasons", 21)));
}

#[test]
fn what_is_said_of_all_of_one_and_of_none() {
    let failed = || failed("W", FailureCode::McpToolFailed);
    let said = |what, runs: &[Bench]| planned(what, runs).summary;
    assert_eq!(
        said(Move::Retry, &[failed(), failed()]),
        "All 2 runs can be retried."
    );
    assert_eq!(
        said(Move::RunAgain { input: None }, &[failed()]),
        "The run can be run again."
    );
    assert_eq!(said(Move::Pause, &[failed()]), "The run cannot be paused.");
}

#[test]
fn the_moves_on_many_are_those_that_need_nothing_but_the_run() {
    for kind in MoveKind::ALL {
        let many = bulk_move(*kind);
        assert_eq!(many.is_some(), BULK_MOVES.contains(kind), "{kind}");
        assert!(many.is_none_or(|many| many.kind() == *kind));
    }
}

#[test]
fn what_a_status_rules_out_no_run_of_it_may_do() {
    let mut bench = Bench::started(&[step("a", &[])]);
    for status in RunStatus::ALL {
        bench.run.status = *status;
        for kind in BULK_MOVES {
            let legal = engine::check_move(&bench.run, kind).is_ok();
            let may = engine::may_move(*status, kind);
            // Whether what blocks a run is cleared, its status does not say.
            let open = kind == MoveKind::Resume && *status == RunStatus::Blocked;
            assert!(may == legal || (may && open), "{kind} of {status}");
        }
    }
}
