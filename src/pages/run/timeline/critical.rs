//! The critical path: the steps whose ends decided when the run ended.

use engine::{Run, StepState};
use model::workflow::OnFailure;
use model::{StepPath, StepStatus, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Walks back from the step that ended last, or still goes on: each time to the one before it that ended last. Inside a
/// loop it goes on with the item that ended last before the step began.
pub fn critical_path(run: &Run) -> BTreeSet<StepPath> {
    let mut bodies: BTreeMap<&str, Vec<&StepState>> = BTreeMap::new();
    for step in run.steps.values().filter(|step| ran(step)) {
        let path = step.path.as_str();
        let around = path
            .rsplit_once("].")
            .and_then(|(head, _)| head.rsplit_once('['));
        bodies
            .entry(around.map_or("", |(loops, _)| loops))
            .or_default()
            .push(step);
    }
    for body in bodies.values_mut() {
        body.sort_by_key(|step| ended(step));
    }
    let mut found = BTreeSet::new();
    let mut loops = vec![""];
    while let Some(around) = loops.pop() {
        let Some(body) = bodies.get(around) else {
            continue;
        };
        let mut now = body.last().copied();
        while let Some(step) = now {
            if !found.insert(step.path.clone()) {
                break;
            }
            loops.push(step.path.as_str());
            now = before(run, step, body, around.is_empty());
        }
    }
    found
}

/// A step that waits to be run again has only its past attempts.
fn ran(step: &StepState) -> bool {
    step.status != StepStatus::Pending && !step.history.is_empty()
}

/// What goes on has not ended: it counts as the last.
fn ended(step: &StepState) -> Timestamp {
    let last = step.history.last().and_then(|tried| tried.ended_at);
    let end = if step.status.is_in_flight() {
        None
    } else {
        last
    };
    end.unwrap_or(Timestamp::from_millis(i64::MAX))
}

fn before<'a>(
    run: &'a Run,
    step: &'a StepState,
    body: &[&'a StepState],
    top: bool,
) -> Option<&'a StepState> {
    let own = step.path.step();
    let scope = step.path.as_str().strip_suffix(own.as_str())?;
    let beside = |id: &str| {
        let path = StepPath::new(format!("{scope}{id}"));
        run.step(&path).filter(|step| ran(step))
    };
    let definition = run.step_def(&step.path)?;
    let depends = definition.depends_on.iter();
    let last = depends
        .filter_map(|id| beside(id.as_str()))
        .max_by_key(|step| ended(step));
    if last.is_some() {
        return last;
    }
    // A fallback began when the step it stands in for had failed.
    let start = step.history.last().map(|tried| tried.started_at)?;
    let earlier = body.partition_point(|step| ended(step) <= start);
    let mut earlier = body[..earlier].iter().rev().copied();
    if !top {
        return earlier.next();
    }
    earlier.find(|other| {
        run.step_def(&other.path)
            .is_some_and(|other| matches!(&other.on_failure, OnFailure::Fallback(id) if *id == own))
    })
}
