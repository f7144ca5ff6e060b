//! What stands on one side: a run as it is, or as it was when one of its attempts ended.

use crate::{api::runs, routes::with_query};
use leptos::prelude::*;
use model::{RunId, StepPath};

/// A side of the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Of {
    pub run: RunId,
    /// The run as it is, where none is named.
    pub attempt: Option<u32>,
}

impl Of {
    /// The address of the run, or of a part of it as it was then: `part("/steps/draft")`.
    fn part(&self, rest: &str) -> String {
        let within = self
            .attempt
            .map_or_else(String::new, |attempt| format!("attempts/{attempt}"));
        runs::part(&self.run, format!("{within}{rest}").trim_start_matches('/'))
    }

    pub fn view(&self) -> String {
        self.part("")
    }

    pub fn outputs(&self) -> String {
        self.part("/outputs")
    }

    pub fn step(&self, path: &StepPath) -> String {
        let whole = runs::step_part(&self.run, path, "");
        let run = runs::part(&self.run, "");
        self.part(whole.trim_start_matches(run.as_str()))
    }

    /// The address of the whole of a step's "input" or "output".
    pub fn whole(&self, path: &StepPath, what: &str) -> String {
        format!("{}/{what}", self.step(path))
    }

    /// What the step did in one attempt; the transcript tells attempts apart by itself.
    pub fn transcript(&self, path: &StepPath, attempt: u32) -> String {
        let path = runs::step_part(&self.run, path, "/transcript");
        with_query(
            &path,
            &[("attempt", &attempt.to_string()), ("limit", "1000")],
        )
    }
}

/// What the sides are called: "run", or "attempt" of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noun(pub &'static str);

impl Noun {
    pub const RUN: Self = Self("run");
    pub const ATTEMPT: Self = Self("attempt");

    /// Of the comparison around.
    pub fn get() -> Self {
        use_context().unwrap_or(Self::RUN)
    }

    pub fn this(self) -> String {
        format!("This {}", self.0)
    }

    pub fn other(self) -> String {
        format!("Other {}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_has_its_own_address() {
        let path = StepPath::from("lines[3].draft");
        let of = |attempt| Of {
            run: "run_1".into(),
            attempt,
        };
        assert_eq!(of(None).view(), "/v1/runs/run_1");
        assert_eq!(of(Some(2)).view(), "/v1/runs/run_1/attempts/2");
        assert_eq!(of(None).outputs(), "/v1/runs/run_1/outputs");
        assert_eq!(of(Some(2)).outputs(), "/v1/runs/run_1/attempts/2/outputs");
        assert_eq!(
            of(None).step(&path),
            "/v1/runs/run_1/steps/lines%5B3%5D.draft"
        );
        assert_eq!(
            of(Some(2)).step(&path),
            "/v1/runs/run_1/attempts/2/steps/lines%5B3%5D.draft"
        );
        assert_eq!(
            of(Some(2)).whole(&path, "input"),
            "/v1/runs/run_1/attempts/2/steps/lines%5B3%5D.draft/input"
        );
    }
}
