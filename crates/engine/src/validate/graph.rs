//! What depends on what: unknown steps, circles, fallbacks, steps that can never run.

use super::suggest::closest;
use super::{Found, Scope};
use crate::template;
use model::Step;
use model::workflow::OnFailure;
use std::collections::BTreeMap;

impl<'a> Scope<'a> {
    pub fn new(
        steps: &'a [Step],
        pointer: String,
        around: Option<(&'a Step, &'a Scope<'a>)>,
    ) -> Self {
        let mut by_id = BTreeMap::new();
        for (place, step) in steps.iter().enumerate() {
            by_id.entry(step.id.as_str()).or_insert(place);
        }
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
        let mut fallbacks = vec![None; steps.len()];
        for (place, step) in steps.iter().enumerate() {
            if let OnFailure::Fallback(id) = &step.on_failure
                && let Some(&fallback) = by_id.get(id.as_str())
                && fallback != place
            {
                before[fallback].push(place);
                fallbacks[place] = Some(fallback);
            }
        }
        for (place, step) in steps.iter().enumerate() {
            for dep in &step.depends_on {
                let Some(&dep) = by_id.get(dep.as_str()) else {
                    continue;
                };
                if dep == place {
                    continue;
                }
                before[place].push(dep);
                // Whoever waits for a step also waits for what stands in for it.
                let mut stands_in = fallbacks[dep];
                let mut hops = 0;
                while let Some(fallback) = stands_in.filter(|f| *f != place && hops < 32) {
                    before[place].push(fallback);
                    stands_in = fallbacks[fallback];
                    hops += 1;
                }
            }
        }
        Self {
            steps,
            pointer,
            around,
            by_id,
            before,
        }
    }

    /// Whether `other` is sure to have settled before `place` begins.
    pub fn is_upstream(&self, place: usize, other: usize) -> bool {
        if self.before[place].contains(&other) {
            return true;
        }
        let mut seen = vec![false; self.steps.len()];
        let mut queue = vec![place];
        while let Some(at) = queue.pop() {
            for &before in &self.before[at] {
                if before == other {
                    return true;
                }
                if !std::mem::replace(&mut seen[before], true) {
                    queue.push(before);
                }
            }
        }
        false
    }
}

pub(super) fn check(scope: &Scope, ids: &BTreeMap<&str, String>, found: &mut Found) {
    for (place, step) in scope.steps.iter().enumerate() {
        let at = format!("{}/{place}", scope.pointer);
        for (i, dep) in step.depends_on.iter().enumerate() {
            let pointer = format!("{at}/depends_on/{i}");
            if *dep == step.id {
                let message = format!("{} depends on itself.", step.id);
                found.error("dependency_cycle", pointer, Some(&step.id), message);
            } else if !scope.by_id.contains_key(dep.as_str()) {
                unknown(
                    scope,
                    ids,
                    step,
                    pointer,
                    dep.as_str(),
                    "unknown_dependency",
                    found,
                );
            } else if step.depends_on[..i].contains(dep) {
                let message = format!("{dep} stands in depends_on twice.");
                found.warning("repeated_dependency", pointer, Some(&step.id), message);
            }
        }
        if let OnFailure::Fallback(fallback) = &step.on_failure {
            let pointer = format!("{at}/on_failure/fallback");
            let other = scope.by_id.get(fallback.as_str()).map(|i| &scope.steps[*i]);
            match other {
                _ if *fallback == step.id => {
                    let message = format!("{} cannot be its own fallback.", step.id);
                    found.error("invalid_fallback", pointer, Some(&step.id), message);
                }
                None => {
                    unknown(
                        scope,
                        ids,
                        step,
                        pointer,
                        fallback.as_str(),
                        "unknown_fallback",
                        found,
                    );
                }
                Some(other) if !other.enabled => {
                    let message =
                        format!("The fallback {fallback} is disabled, so nothing would stand in.");
                    found.error("invalid_fallback", pointer, Some(&step.id), message);
                }
                Some(_) => {}
            }
        }
    }
    cycles(scope, found);
    unreachable(scope, found);
}

fn unknown(
    scope: &Scope,
    ids: &BTreeMap<&str, String>,
    step: &Step,
    pointer: String,
    name: &str,
    code: &str,
    found: &mut Found,
) {
    let message = match ids.get(name) {
        Some(elsewhere) => format!(
            "{name} stands at {elsewhere}; a step refers only to steps beside it, in the same list."
        ),
        None => format!("There is no step {name}."),
    };
    found.error(code, pointer, Some(&step.id), message);
    found.suggest(closest(name, scope.by_id.keys().copied()));
}

/// One issue for each circle found, with its path. Iterative: a chain may be 10,000 steps long.
fn cycles(scope: &Scope, found: &mut Found) {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        Open,
        Done,
    }
    let mut seen = vec![Seen::No; scope.steps.len()];
    for start in 0..scope.steps.len() {
        if seen[start] != Seen::No {
            continue;
        }
        seen[start] = Seen::Open;
        let mut path = vec![(start, 0)];
        while let Some((at, next)) = path.last_mut() {
            let at = *at;
            let Some(&before) = scope.before[at].get(*next) else {
                seen[at] = Seen::Done;
                path.pop();
                continue;
            };
            *next += 1;
            match seen[before] {
                Seen::Done => {}
                Seen::No => {
                    seen[before] = Seen::Open;
                    path.push((before, 0));
                }
                Seen::Open => {
                    let from = path.iter().position(|(p, _)| *p == before).unwrap_or(0);
                    let mut names: Vec<_> = path[from..]
                        .iter()
                        .map(|(p, _)| scope.steps[*p].id.as_str())
                        .collect();
                    // The path was followed backwards, from a step to what it waits for.
                    names.reverse();
                    let step = &scope.steps[before];
                    let last = names.last().copied().unwrap_or_default();
                    found.error(
                        "dependency_cycle",
                        format!("{}/{before}/depends_on", scope.pointer),
                        Some(&step.id),
                        format!(
                            "These steps wait for each other: {last} → {}.",
                            names.join(" → ")
                        ),
                    );
                }
            }
        }
    }
}

/// A condition that never holds, and what is reached only through it.
fn unreachable(scope: &Scope, found: &mut Found) {
    let mut never = vec![false; scope.steps.len()];
    for (place, step) in scope.steps.iter().enumerate() {
        let is_while = matches!(step.kind, model::StepKind::While(_));
        let condition = step.condition.as_deref().filter(|_| !is_while);
        if condition.is_some_and(is_never_true) {
            never[place] = true;
            found.warning(
                "unreachable_step",
                format!("{}/{place}/condition", scope.pointer),
                Some(&step.id),
                format!("{} never runs: its condition never holds.", step.shown()),
            );
        }
    }
    if !never.contains(&true) {
        return;
    }
    let mut changed = true;
    while changed {
        changed = false;
        for (place, step) in scope.steps.iter().enumerate() {
            let mut deps = step
                .depends_on
                .iter()
                .filter_map(|d| scope.by_id.get(d.as_str()))
                .peekable();
            if never[place] || deps.peek().is_none() || !deps.all(|d| never[*d]) {
                continue;
            }
            never[place] = true;
            changed = true;
            found.warning(
                "unreachable_step",
                format!("{}/{place}", scope.pointer),
                Some(&step.id),
                format!(
                    "{} never runs: everything it depends on never runs.",
                    step.shown()
                ),
            );
        }
    }
}

/// Without any path in it, a condition is the same in every run.
fn is_never_true(condition: &str) -> bool {
    struct Nothing;
    impl crate::expr::Scope for Nothing {
        fn get(&self, _: &crate::expr::Path) -> Option<std::borrow::Cow<'_, serde_json::Value>> {
            None
        }
    }
    template::parse_condition(condition).is_ok_and(|expr| {
        let mut has_path = false;
        expr.paths(&mut |_, _| has_path = true);
        !has_path && template::condition(condition, &Nothing) == Ok(false)
    })
}
