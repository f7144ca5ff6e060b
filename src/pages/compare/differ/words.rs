//! Differences, in words.

use super::{Fact, NOTABLE_MS, Output, Pair, Side};
use crate::pages::compare::of::Noun;
use crate::ui::fmt;
use engine::Run;
use model::event::Decision;
use model::{Cost, MicroDollars, StepStatus};

/// Everything the two runs say of themselves, in the order in which a reader asks.
pub fn facts(this: &Run, other: &Run) -> Vec<Fact> {
    let fact = |name: &'static str, of: &dyn Fn(&Run) -> String| Fact {
        name,
        this: of(this),
        other: of(other),
        more: None,
    };
    // Of two attempts each has its own time and cost; a run has those of all its attempts.
    let is_attempt = this.id == other.id;
    let took = |run: &Run| {
        if is_attempt {
            took_last(run)
        } else {
            took(run)
        }
    };
    let spent = |run: &Run| match run.attempts.last() {
        Some(last) if is_attempt => last.cost,
        _ => run.cost,
    };
    let worth = |run: &Run| spent(run).map_or(0, |cost| cost.amount.0);
    let mut all = vec![
        fact("Status", &|run| run.status.shown().to_owned()),
        fact("Failure", &|run| {
            let failure = run.failure.as_ref();
            failure.map_or_else(|| "none".to_owned(), |failure| failure.code.to_string())
        }),
        fact("Failed step", &|run| {
            let step = run.failed_step.as_ref();
            step.map_or_else(|| "none".to_owned(), |step| run.step_name(step))
        }),
        fact("Workflow", &|run| run.workflow.name.clone()),
        fact("Version", &|run| format!("v{}", run.workflow.version)),
        fact("Attempt", &|run| run.attempt.to_string()),
        fact("Steps done", &|run| {
            let (done, total) = engine::progress(run);
            fmt::part(done as u64, total as u64)
        }),
        Fact {
            more: took(this)
                .zip(took(other))
                .and_then(|(this, other)| longer(this, other)),
            ..fact("Took", &|run| {
                took(run).map_or_else(|| "not ended".to_owned(), fmt::duration)
            })
        },
        Fact {
            more: dearer(worth(this), worth(other)),
            ..fact("Cost", &|run| {
                spent(run).map_or_else(|| "none".to_owned(), cost)
            })
        },
        fact("Mock Mode", &|run| {
            if run.mock { "on" } else { "off" }.to_owned()
        }),
        fact("Title", &|run| run.title.clone()),
        fact("Started by", &|run| run.created_by.name.clone()),
        fact("Trigger", &|run| run.trigger.shown().to_owned()),
        fact("Queue", &|run| run.queue.clone()),
        fact("Environment", &|run| run.environment.clone()),
    ];
    all.push(fact("Labels", &|run| {
        let labels = run.labels.iter();
        let labels: Vec<String> = labels
            .map(|(key, value)| format!("{key}: {value}"))
            .collect();
        if labels.is_empty() {
            "none".to_owned()
        } else {
            labels.join(" · ")
        }
    }));
    all
}

/// From the start of its last attempt to that one's end, in milliseconds.
fn took_last(run: &Run) -> Option<u64> {
    let last = run.attempts.last()?;
    Some(last.ended_at?.since(last.started_at))
}

/// From the start of its first step to its end, in milliseconds.
fn took(run: &Run) -> Option<u64> {
    Some(run.ended_at?.since(run.started_at?))
}

fn cost(cost: Cost) -> String {
    format!("{} {}", fmt::money(cost.amount), cost.label.shown())
}

fn longer(this: u64, other: u64) -> Option<String> {
    let by = fmt::duration(this.abs_diff(other));
    match this.cmp(&other) {
        std::cmp::Ordering::Greater => Some(format!("{by} longer here")),
        std::cmp::Ordering::Less => Some(format!("{by} shorter here")),
        std::cmp::Ordering::Equal => None,
    }
}

fn dearer(this: i64, other: i64) -> Option<String> {
    let by = fmt::money_fine(MicroDollars((this - other).abs()));
    match this.cmp(&other) {
        std::cmp::Ordering::Greater => Some(format!("{by} more here")),
        std::cmp::Ordering::Less => Some(format!("{by} less here")),
        std::cmp::Ordering::Equal => None,
    }
}

/// How a step differs: "Failed here, success there · 2 more tries here". `None` where nothing worth a look does.
pub fn apart(pair: &Pair, noun: Noun) -> Option<String> {
    let (this, other) = match (&pair.this, &pair.other) {
        (Some(this), Some(other)) => (this, other),
        (Some(_), None) => return Some(format!("Only in this {}", noun.0)),
        (None, _) => return Some(format!("Only in the other {}", noun.0)),
    };
    let mut parts = Vec::new();
    if this.outcome() != other.outcome() {
        parts.push(outcomes(this, other));
    }
    if pair.output_differs() {
        parts.push("output differs".to_owned());
    }
    // Where it never ran on one side, the outcome says so.
    if this.tries > 0 && other.tries > 0 && this.tries != other.tries {
        let side = if this.tries > other.tries {
            "here"
        } else {
            "there"
        };
        let by = u64::from(this.tries.abs_diff(other.tries));
        parts.push(format!(
            "{} {side}",
            fmt::plural(by, "more try", "more tries")
        ));
    }
    if let Some((this, other)) = this.took_ms.zip(other.took_ms) {
        // Longer by a second and by half: less is how the same work varies.
        let notable = this.abs_diff(other) >= NOTABLE_MS
            && this.max(other) >= this.min(other) + this.min(other) / 2;
        parts.extend(longer(this, other).filter(|_| notable));
    }
    parts.extend(dearer(this.cost, other.cost));
    let mut text = parts.join(" · ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    (!text.is_empty()).then_some(text)
}

/// What a row of the list says: how the step differs, and that its output does not where that is known.
pub fn row(pair: &Pair, noun: Noun) -> String {
    match (apart(pair, noun), pair.output) {
        (None, Output::Same) => "Same output".to_owned(),
        (None, Output::Unknown | Output::Differs) => "Same status".to_owned(),
        (Some(text), Output::Same) => format!("{text} · same output"),
        (Some(text), Output::Unknown | Output::Differs) => text,
    }
}

/// What is said of two runs that part nowhere.
pub fn same_path(pairs: &[Pair], Noun(noun): Noun) -> String {
    let count = |output| pairs.iter().filter(|pair| pair.output == output).count() as u64;
    let path = format!("Every step ended the same way in both {noun}s");
    match (count(Output::Differs), count(Output::Same)) {
        (0, 0) => format!("{path}."),
        (0, _) => format!("{path}, with the same output."),
        (apart, _) => {
            let outputs = fmt::plural(apart, "output differs", "outputs differ");
            format!("{path}. {outputs}.")
        }
    }
}

fn outcomes(this: &Side, other: &Side) -> String {
    format!("{} here, {} there", outcome(this), outcome(other))
}

/// How a step ended, as the middle of a sentence: `failed (LLM_REQUEST_FAILED)`, "skipped (Blocked)", "rejected".
fn outcome(side: &Side) -> String {
    let word = side.status.shown().to_lowercase();
    match (side.status, side.decision, side.code, side.skipped) {
        (StepStatus::Completed, Some(Decision::Rejected), ..) => "rejected".to_owned(),
        (StepStatus::Completed, Some(Decision::Approved), ..) => "approved".to_owned(),
        (StepStatus::Failed, _, Some(code), _) => format!("{word} ({code})"),
        (StepStatus::Skipped, _, _, Some(reason)) => format!("{word} ({})", reason.shown()),
        _ => word,
    }
}

/// What follows the name of the step at which the runs part: `failed (LLM_REQUEST_FAILED) in this run and succeeded in the other.`
pub fn sentence(pair: &Pair, Noun(noun): Noun) -> String {
    let clause = |side: &Side| match side.status {
        StepStatus::Pending => "did not start".to_owned(),
        StepStatus::Running => "is running".to_owned(),
        StepStatus::Retrying => "is being retried".to_owned(),
        StepStatus::Waiting => "is waiting".to_owned(),
        StepStatus::Completed if side.decision.is_none() => "succeeded".to_owned(),
        StepStatus::Completed | StepStatus::Cancelled | StepStatus::Skipped => {
            format!("was {}", outcome(side))
        }
        StepStatus::Failed => outcome(side),
    };
    match (&pair.this, &pair.other) {
        (Some(this), Some(other)) => {
            format!(
                "{} in this {noun} and {} in the other.",
                clause(this),
                clause(other)
            )
        }
        (Some(this), None) => format!(
            "{} in this {noun}; the other has no such step.",
            clause(this)
        ),
        (None, Some(other)) => {
            format!(
                "{} in the other {noun}; this one has no such step.",
                clause(other)
            )
        }
        (None, None) => format!("is in neither {noun}."),
    }
}

/// What a step's badge says where its status alone says too little.
pub fn badge(side: &Side) -> Option<String> {
    match (side.status, side.decision, side.skipped) {
        (StepStatus::Completed, Some(decision), _) => Some(decision.shown().to_owned()),
        (StepStatus::Skipped, _, Some(reason)) => Some(format!("Skipped ({})", reason.shown())),
        _ => None,
    }
}

/// The rest of a side in a line: `LLM_REQUEST_FAILED · 3 tries · 4.2 s · $0.012`.
pub fn details(side: &Side) -> String {
    let code = side.code.filter(|_| side.status == StepStatus::Failed);
    let mut parts: Vec<String> = code.iter().map(ToString::to_string).collect();
    if side.tries > 1 {
        parts.push(fmt::plural(side.tries.into(), "try", "tries"));
    }
    parts.extend(side.took_ms.filter(|_| side.tries > 0).map(fmt::duration));
    if side.cost > 0 {
        parts.push(fmt::money_fine(MicroDollars(side.cost)));
    }
    parts.join(" · ")
}
