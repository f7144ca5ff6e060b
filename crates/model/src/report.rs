//! *Report this Run*: a run told to support, with what it takes to see what happened.

use crate::actor::Actor;
use crate::failure::{Failure, FailureCode};
use crate::id::{MissionId, ReportId, RunId, StepPath, TaskId, WorkflowId};
use crate::mask::MaskCounts;
use crate::notify::Delivery;
use crate::run::WorkflowRef;
use crate::status::RunStatus;
use crate::time::Timestamp;
use crate::words::words;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

words! {
    /// What kind of trouble it is.
    ReportCategory {
        Failure = "failure", "A run fails";
        WrongResult = "wrong_result", "The result is wrong";
        Stuck = "stuck", "A run does not go on";
        Slow = "slow", "It takes too long";
        Console = "console", "The console shows something wrong";
        Other = "other", "Something else";
    }
}

words! {
    /// How much it hurts.
    ReportSeverity {
        Low = "low", "Low: there is a way around it";
        Normal = "normal", "Normal";
        High = "high", "High: work is held up";
        Critical = "critical", "Critical: production stands still";
    }
}

words! {
    /// What goes with a report. Each can be read before it is sent, and left out.
    Attachment {
        /// Its id, title and status.
        Run = "run", "Run";
        Workflow = "workflow", "Workflow and version";
        Failure = "failure", "Failure code";
        Step = "step", "Step";
        Timestamps = "timestamps", "Times";
        Attempt = "attempt", "Attempt";
        Belongs = "belongs", "Mission and task";
        /// What the environment's checks had found.
        Health = "health", "Health at that time";
        /// The run folded from its whole journal, without inputs and outputs: its page is shown from it.
        Record = "record", "The run's record";
        Journal = "journal", "The journal's end";
        Transcript = "transcript", "The transcript's end";
        Client = "client", "Console build and browser";
    }
}

impl Attachment {
    /// What also names this, and so must be left out with it.
    const fn named_in(self) -> &'static [Self] {
        match self {
            Self::Run
            | Self::Workflow
            | Self::Failure
            | Self::Timestamps
            | Self::Attempt
            | Self::Belongs => &[Self::Record, Self::Journal],
            Self::Step => &[Self::Record, Self::Journal, Self::Transcript],
            Self::Health | Self::Record | Self::Journal | Self::Transcript | Self::Client => &[],
        }
    }

    /// "Step, The run's record"; empty when there are none.
    pub fn list(all: &BTreeSet<Self>) -> String {
        let names: Vec<&str> = all.iter().map(|one| one.shown()).collect();
        names.join(", ")
    }

    /// Everything that is left out when `chosen` is: a fact is not kept by another attachment that names it too.
    pub fn left_out_with(chosen: &BTreeSet<Self>) -> BTreeSet<Self> {
        chosen
            .iter()
            .flat_map(|one| one.named_in().iter().copied().chain([*one]))
            .collect()
    }
}

/// What a person writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReportForm {
    pub subject: String,
    /// What they expected to happen.
    pub expected: String,
    pub category: ReportCategory,
    pub severity: ReportSeverity,
    /// How support reaches them; an address or a name.
    #[serde(default)]
    pub contact: String,
}

/// The console a report was made in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// `0.1.0+<commit>`.
    pub build: String,
    pub browser: String,
    /// The page's address.
    #[serde(default)]
    pub page: String,
}

/// `POST /v1/reports`, and of `POST /v1/reports/preview`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReportBody {
    pub run: RunId,
    #[serde(flatten)]
    pub form: ReportForm,
    /// The step it is about; the one that failed or waits when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepPath>,
    #[serde(default)]
    pub leave_out: BTreeSet<Attachment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Client>,
}

/// A report as a file: `format` says how to read it. `docs/report-bundle.md` describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Bundle {
    /// Always [`Bundle::FORMAT`].
    pub format: String,
    pub made_at: Timestamp,
    /// [`Bundle::BY_RUNTIME`] or [`Bundle::BY_CONSOLE`].
    pub made_by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<ReportId>,
    pub form: ReportForm,
    pub attached: Attached,
    /// What was left out, by choice.
    #[serde(default)]
    pub left_out: BTreeSet<Attachment>,
    /// What was cut out, by rule.
    #[serde(default)]
    pub masked: MaskCounts,
}

impl Bundle {
    pub const FORMAT: &'static str = "signalbox.report/1";
    /// `made_by`, when the runtime put it together.
    pub const BY_RUNTIME: &'static str = "runtime";
    /// `made_by`, when a console did of what its tab had: the runtime could not be reached.
    pub const BY_CONSOLE: &'static str = "console";
    /// Of the file, which is gzip of the JSON.
    pub const MEDIA_TYPE: &'static str = "application/gzip";
}

/// The attachments; what was left out is absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Attached {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunFact>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<WorkflowRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepFact>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamps: Option<Times>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub belongs: Option<BelongsFact>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Vec<HealthFact>>,
    /// `{run, world, position}` as `GET /v1/runs/{id}` gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub record: Option<Value>,
    /// The last events, oldest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<Object>>))]
    pub journal: Option<Vec<Value>>,
    /// The last entries of the step's transcript, oldest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<Object>>))]
    pub transcript: Option<Vec<Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Client>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RunFact {
    pub id: RunId,
    pub title: String,
    pub status: RunStatus,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StepFact {
    pub path: StepPath,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Times {
    pub created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    pub last_event_at: Timestamp,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BelongsFact {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mission: Option<MissionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
}

/// One check of the environment, as it was last found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HealthFact {
    /// "Provider default".
    pub what: String,
    /// Absent: it was never checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ok: Option<bool>,
    #[serde(default)]
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// One answer of support, or of whoever reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReportAnswer {
    pub by: Actor,
    pub at: Timestamp,
    /// Untrusted text.
    pub text: String,
}

/// `POST /v1/reports/{report}/answers`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    pub text: String,
}

/// One row of `GET /v1/reports`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReportRow {
    pub id: ReportId,
    pub run: RunId,
    pub run_title: String,
    pub workflow: WorkflowId,
    pub workflow_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepPath>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<FailureCode>,
    #[serde(flatten)]
    pub form: ReportForm,
    pub by: Actor,
    pub created_at: Timestamp,
    pub answers: u64,
}

/// `GET /v1/reports/{report}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReportView {
    #[serde(flatten)]
    pub row: ReportRow,
    /// On its way to support; absent where no target was set up when it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    /// Oldest first.
    pub thread: Vec<ReportAnswer>,
    pub left_out: BTreeSet<Attachment>,
    pub masked: MaskCounts,
}

/// `POST /v1/reports/preview`: what would be sent, and what was reported of the same failure (workflow, step and code).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReportPreview {
    pub bundle: Bundle,
    pub duplicates: Vec<ReportRow>,
    /// Where it would go: "support@example.com"; absent where a tenant admin has not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// Where a tenant's reports go; `GET, PUT /v1/reports/target`. One of both, or neither.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SupportTarget {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// An address that reports are posted to, signed as webhooks are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_url: Option<String>,
}

/// The target just set, with the secret its receiver checks signatures with; it is shown this once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NewSupportTarget {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_that_is_left_out_is_left_out_everywhere() {
        let left = Attachment::left_out_with(&[Attachment::Step].into());
        assert_eq!(
            left,
            [
                Attachment::Step,
                Attachment::Record,
                Attachment::Journal,
                Attachment::Transcript
            ]
            .into()
        );
        let left = Attachment::left_out_with(&[Attachment::Journal].into());
        assert_eq!(left, [Attachment::Journal].into());
    }
}
