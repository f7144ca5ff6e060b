//! Reports of runs, their files, and where they go.

use super::{Place, Record, RecordKind, newest_first};
use model::mask::MaskCounts;
use model::report::{Attachment, Bundle, ReportAnswer, ReportForm};
use model::run::WorkflowRef;
use model::{
    Actor, DeliveryId, FailureCode, ProjectId, ReportId, RunId, StepPath, TenantId, Timestamp,
    UserId, WebhookId, WorkflowId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A report. Key: [`ReportRecord::key_of`], the newest first. Group: the place. Side: [`ReportRecord::same_failure`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportRecord {
    pub id: ReportId,
    pub place: Place,
    pub run: RunId,
    pub run_title: String,
    pub workflow: WorkflowRef,
    pub step: Option<StepPath>,
    pub code: Option<FailureCode>,
    pub form: ReportForm,
    pub by: Actor,
    /// Who hears of answers.
    pub user: UserId,
    pub created_at: Timestamp,
    pub delivery: Option<DeliveryId>,
    pub thread: Vec<ReportAnswer>,
    pub left_out: BTreeSet<Attachment>,
    pub masked: MaskCounts,
}

impl ReportRecord {
    pub fn key_of(id: &ReportId) -> String {
        newest_first(id.as_str().trim_start_matches(ReportId::PREFIX))
    }

    /// What reports of the same failure have in common: workflow, step and code.
    pub fn same_failure(
        place: &Place,
        workflow: &WorkflowId,
        step: Option<&StepPath>,
        code: Option<FailureCode>,
    ) -> String {
        format!(
            "{}/{workflow}|{}|{}",
            place.group(),
            step.map(StepPath::step)
                .map_or_else(String::new, model::StepId::into_string),
            code.map_or("", FailureCode::as_str)
        )
    }
}

impl Record for ReportRecord {
    const KIND: RecordKind = RecordKind::Report;
    fn key(&self) -> String {
        Self::key_of(&self.id)
    }
    fn group(&self) -> String {
        self.place.group()
    }
    fn side(&self) -> Option<String> {
        Some(Self::same_failure(
            &self.place,
            &self.workflow.id,
            self.step.as_ref(),
            self.code,
        ))
    }
}

/// A report's file. Key: the report's id. Group: the place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BundleRecord {
    pub report: ReportId,
    pub place: Place,
    pub bundle: Bundle,
}

impl Record for BundleRecord {
    const KIND: RecordKind = RecordKind::Bundle;
    fn key(&self) -> String {
        self.report.to_string()
    }
    fn group(&self) -> String {
        self.place.group()
    }
}

/// Where a tenant's reports go. Key: the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportTargetRecord {
    pub tenant: TenantId,
    pub email: Option<String>,
    pub webhook: Option<WebhookId>,
    pub updated_at: Timestamp,
    pub updated_by: Actor,
}

impl SupportTargetRecord {
    /// Where the target's webhook stands: in no project, since no project can have this name.
    pub fn place(tenant: &TenantId) -> Place {
        Place {
            tenant: tenant.clone(),
            project: ProjectId::new("*"),
        }
    }
}

impl Record for SupportTargetRecord {
    const KIND: RecordKind = RecordKind::SupportTarget;
    fn key(&self) -> String {
        self.tenant.to_string()
    }
    fn group(&self) -> String {
        String::new()
    }
}
