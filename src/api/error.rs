//! What can go wrong between the console and the runtime, and what a person reads then.

use crate::{routes::Guide, ui::problem::ProblemText};
use model::api::{FieldError, Problem};

/// Why a request has no answer to show.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ApiError {
    /// The runtime said so, in words.
    #[error("{}", .0.detail)]
    Problem(Box<Problem>),
    /// No answer came: the network is away, or the runtime is not running.
    #[error("The runtime does not answer.")]
    Unreachable {
        /// What was asked for: `GET /v1/runs`.
        asked: String,
    },
    /// An answer came that this console cannot read: as a rule the runtime is of another version.
    #[error("The runtime's answer cannot be read.")]
    Unreadable {
        asked: String,
        status: u16,
        why: String,
    },
}

impl ApiError {
    /// The HTTP status, where an answer came.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Problem(problem) => Some(problem.status),
            Self::Unreadable { status, .. } => Some(*status),
            Self::Unreachable { .. } => None,
        }
    }

    /// A change lost a race: somebody was faster.
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(409)
    }

    pub fn is_signed_out(&self) -> bool {
        self.status() == Some(401)
    }

    /// The guide to what the runtime refused or failed at; none where no answer came: then no guide would come either.
    pub fn guide(&self) -> Option<Guide> {
        match self {
            Self::Problem(problem) => Guide::of_refusal(problem.status),
            Self::Unreadable { .. } => Some(Guide::RequestRefused),
            Self::Unreachable { .. } => None,
        }
    }

    /// The parts of what was sent that are wrong.
    pub fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Problem(problem) => problem.errors.clone(),
            Self::Unreachable { .. } | Self::Unreadable { .. } => Vec::new(),
        }
    }

    /// One line for a message: what happened and what to do.
    pub fn line(&self) -> String {
        let face = self.face("it");
        match face.remedy {
            Some(remedy) => format!("{} {remedy}", face.detail),
            None => face.detail,
        }
    }

    /// The face in place of what could not be shown. `what` is what was asked for, as people say it: "this run".
    pub fn face(&self, what: &str) -> ProblemText {
        match self {
            Self::Problem(problem) => of_problem(problem, what),
            Self::Unreachable { asked } => ProblemText {
                title: "The runtime does not answer".into(),
                detail: format!("Signalbox could not load {what}: no answer came."),
                cause: Some("Either this computer is offline, or the runtime has stopped or is starting again.".into()),
                remedy: Some("Check the connection and that the runtime is running. This page tries again when the connection is back.".into()),
                technical: Some(asked.clone()),
            },
            Self::Unreadable { asked, status, why } => ProblemText {
                title: "The answer cannot be read".into(),
                detail: format!("The runtime answered for {what}, but not in the form this console knows."),
                cause: Some("As a rule the runtime was updated while this page was open.".into()),
                remedy: Some("Reload to get the console that fits. If it stays, report the details below.".into()),
                technical: Some(format!("{asked}\nstatus {status}\n{why}")),
            },
        }
    }
}

fn of_problem(problem: &Problem, what: &str) -> ProblemText {
    let (title, cause, remedy) = match problem.status {
        400 => ("The request was not understood".to_owned(), None, Some("Reload the page and try again.".to_owned())),
        401 => ("You are not signed in".to_owned(), None, Some("Sign in again; this address is kept.".to_owned())),
        403 => (
            format!("You may not see or do this{}", if what.is_empty() { "" } else { " here" }),
            problem.missing.as_ref().map(|missing| format!("Missing: {missing}.")),
            Some("Ask an admin of the project for it, or switch to a project where you have it.".to_owned()),
        ),
        404 => (
            not_found(what),
            None,
            Some("Check the address. It may belong to another tenant or project, or have been removed.".to_owned()),
        ),
        409 if problem.code == "already_exists" => (
            "There is one already".to_owned(),
            None,
            Some("Choose another name.".to_owned()),
        ),
        409 if problem.code == "in_use" => ("It is in use".to_owned(), None, None),
        409 if !is_lost_race(problem) => ("This cannot be done as things stand".to_owned(), None, None),
        409 => (
            "Somebody was faster".to_owned(),
            Some("What you saw had changed before your change arrived; nothing was overwritten.".to_owned()),
            Some("Look at how it stands now, then decide again.".to_owned()),
        ),
        413 => ("Too large".to_owned(), None, None),
        422 => ("Something in it is not right".to_owned(), fields(problem), Some("Correct it and send it again.".to_owned())),
        429 => (
            "Too many requests".to_owned(),
            None,
            Some(match problem.retry_after_s {
                Some(1) => "Try again in 1 second.".to_owned(),
                Some(seconds) => format!("Try again in {seconds} seconds."),
                None => "Wait a moment, then try again.".to_owned(),
            }),
        ),
        503 => (
            "The runtime is busy or read-only".to_owned(),
            None,
            Some("Wait a moment, then try again. If it stays, look at the runtime's log.".to_owned()),
        ),
        500..=599 => (
            "The runtime failed".to_owned(),
            Some("The fault is the runtime's, not yours.".to_owned()),
            Some("Try again. If it stays, hand the details below to whoever runs Signalbox.".to_owned()),
        ),
        _ => (problem.title.clone(), None, None),
    };
    let detail = if problem.detail.is_empty() {
        problem.title.clone()
    } else {
        problem.detail.clone()
    };
    let mut technical = format!("status {}\ncode {}", problem.status, problem.code);
    if let Some(request) = &problem.request_id {
        technical.push_str("\nrequest ");
        technical.push_str(request);
    }
    ProblemText {
        title,
        detail,
        cause,
        remedy,
        technical: Some(technical),
    }
}

/// Whether what was seen had changed by then; other conflicts say themselves what stands in the way.
fn is_lost_race(problem: &Problem) -> bool {
    problem.current.is_some() || problem.code.starts_with("stale")
}

/// "This run was not found", "The missions were not found".
fn not_found(what: &str) -> String {
    let mut letters = what.chars();
    let Some(first) = letters.next() else {
        return "Not found".to_owned();
    };
    let one = what.starts_with("this ") || !what.ends_with('s');
    let verb = if one { "was" } else { "were" };
    format!(
        "{}{} {verb} not found",
        first.to_uppercase(),
        letters.as_str()
    )
}

fn fields(problem: &Problem) -> Option<String> {
    let lines: Vec<String> = problem
        .errors
        .iter()
        .filter(|error| error.message != problem.detail)
        .map(|error| match &error.suggestion {
            Some(suggestion) => format!("{}: {} {suggestion}", error.pointer, error.message),
            None => format!("{}: {}", error.pointer, error.message),
        })
        .collect();
    (!lines.is_empty()).then(|| lines.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn problem(status: u16) -> Problem {
        Problem {
            status,
            title: "Error".into(),
            detail: "What happened.".into(),
            code: "code".into(),
            ..Problem::default()
        }
    }

    #[test]
    fn every_kind_of_error_has_its_own_words() {
        let titles: HashSet<String> = [401, 403, 404, 409, 422, 429, 500, 503]
            .into_iter()
            .map(|status| {
                ApiError::Problem(Box::new(problem(status)))
                    .face("this run")
                    .title
            })
            .chain([
                ApiError::Unreachable {
                    asked: "GET /v1/runs".into(),
                }
                .face("this run")
                .title,
                ApiError::Unreadable {
                    asked: "GET /v1/runs".into(),
                    status: 200,
                    why: "x".into(),
                }
                .face("this run")
                .title,
            ])
            .collect();
        assert_eq!(titles.len(), 10);
    }

    #[test]
    fn only_a_lost_race_says_that_somebody_was_faster() {
        let said = |code: &str| {
            let conflict = Problem {
                code: code.into(),
                ..problem(409)
            };
            ApiError::Problem(Box::new(conflict)).face("it").title
        };
        assert_eq!(said("stale_revision"), "Somebody was faster");
        assert_eq!(
            said("last_tenant_admin"),
            "This cannot be done as things stand"
        );
    }

    #[test]
    fn a_refusal_names_what_is_missing() {
        let mut refused = problem(403);
        refused.missing = Some("role project_contributor".into());
        let face = ApiError::Problem(Box::new(refused)).face("this run");
        assert_eq!(
            face.cause.as_deref(),
            Some("Missing: role project_contributor.")
        );
    }

    #[test]
    fn every_refusal_has_a_guide_and_silence_has_none() {
        for status in [401, 403, 404, 409, 422, 429, 500, 503] {
            let refused = ApiError::Problem(Box::new(problem(status)));
            assert!(refused.guide().is_some(), "{status}");
        }
        let silent = ApiError::Unreachable { asked: "x".into() };
        assert_eq!(silent.guide(), None);
    }

    #[test]
    fn a_limit_says_when_to_come_back() {
        let mut limited = problem(429);
        limited.retry_after_s = Some(30);
        let line = ApiError::Problem(Box::new(limited)).line();
        assert_eq!(line, "What happened. Try again in 30 seconds.");
    }

    #[test]
    fn wrong_fields_are_named() {
        let mut wrong = problem(422);
        wrong.errors.push(model::api::FieldError {
            pointer: "/steps/2".into(),
            message: "There is no step draft.".into(),
            suggestion: Some("Did you mean draft_quote?".into()),
        });
        let face = ApiError::Problem(Box::new(wrong)).face("it");
        assert_eq!(
            face.cause.as_deref(),
            Some("/steps/2: There is no step draft. Did you mean draft_quote?")
        );
    }
}
