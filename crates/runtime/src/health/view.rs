//! How a project's health stands, for whoever asks.

use super::{Subject, local};
use crate::host::{Host, HostError};
use crate::store::record::{
    CheckRecord, ConnectionRecord, EntityRecord, McpInstanceRecord, McpServerRecord, Project,
    ProviderRecord, Tenant,
};
use crate::store::{Place, RunsQuery, Store, StoreError};
use model::api::{Blocker, Check, HeldRun, RunFilter};
use model::{BlockedBy, CheckKind, CheckState, FailureCode, Role, RunStatus};
use std::collections::BTreeMap;

const ALL: usize = 10_000;
/// Runs named with one blocker; all are counted.
const NAMED: usize = 50;

/// Everything of a project that can be looked at, without what the host knows itself.
pub async fn subjects(store: &dyn Store, place: &Place) -> Result<Vec<Subject>, StoreError> {
    let group = place.group();
    let mut all = Vec::new();
    for connection in store.list::<ConnectionRecord>(&group, None, ALL).await? {
        let id = connection.value.id;
        all.push(Subject::new(CheckKind::Credential, &id));
        all.push(Subject::new(CheckKind::Connection, id));
    }
    for server in store.list::<McpServerRecord>(&group, None, ALL).await? {
        all.push(Subject::new(CheckKind::McpServer, server.value.name));
    }
    for instance in store.list::<McpInstanceRecord>(&group, None, ALL).await? {
        all.push(Subject::new(CheckKind::McpServer, instance.value.name));
    }
    for provider in store.list::<ProviderRecord>(&group, None, ALL).await? {
        all.push(Subject::new(CheckKind::Provider, provider.value.id));
    }
    for entity in store.list::<EntityRecord>(&group, None, ALL).await? {
        all.push(Subject::new(CheckKind::Entity, entity.value.id));
    }
    Ok(all)
}

/// Every project there is.
pub async fn places(store: &dyn Store) -> Result<Vec<Place>, StoreError> {
    let mut places = Vec::new();
    for tenant in store.list::<Tenant>("", None, ALL).await? {
        let tenant = tenant.value.id;
        for project in store.list::<Project>(tenant.as_str(), None, ALL).await? {
            places.push(Place {
                tenant: tenant.clone(),
                project: project.value.id,
            });
        }
    }
    Ok(places)
}

/// Every check of a project with what was found last, by kind and name.
pub async fn checks(host: &Host, place: &Place) -> Result<Vec<Check>, StoreError> {
    let store = host.store();
    let known = store.list::<CheckRecord>(&place.group(), None, ALL).await?;
    let mut known: BTreeMap<String, CheckRecord> = known
        .into_iter()
        .map(|stored| (stored.value.id.clone(), stored.value))
        .collect();
    let mut all = Vec::new();
    for subject in subjects(&**store, place).await? {
        all.push(match known.remove(&subject.id()) {
            Some(record) => told(record),
            None => unknown(&subject),
        });
    }
    for (subject, finding) in local::findings(host, place) {
        // These are known at once; the kept looks tell what was before.
        let before = known.remove(&subject.id());
        all.push(Check {
            id: subject.id(),
            kind: subject.kind,
            subject: subject.name,
            state: finding.state,
            message: finding.message,
            code: finding.code,
            clears: finding.clears,
            outside: finding.outside,
            at: Some(host.now()),
            since: before
                .as_ref()
                .filter(|before| before.state == finding.state)
                .map(|before| before.since),
            history: before.map(|before| before.history).unwrap_or_default(),
        });
    }
    // Servers as workflows with connections of their own use them.
    let variants = known
        .into_values()
        .filter(|record| record.kind == CheckKind::McpServer && record.subject.contains('@'));
    all.extend(variants.map(told));
    all.sort_by(|a, b| (a.kind, &a.subject).cmp(&(b.kind, &b.subject)));
    Ok(all)
}

/// A check as it is told.
pub fn told(record: CheckRecord) -> Check {
    Check {
        id: record.id,
        kind: record.kind,
        subject: record.subject,
        state: record.state,
        message: record.message,
        code: record.code,
        clears: record.clears,
        outside: record.outside,
        at: Some(record.at),
        since: Some(record.since),
        history: record.history,
    }
}

fn unknown(subject: &Subject) -> Check {
    Check {
        id: subject.id(),
        kind: subject.kind,
        subject: subject.name.clone(),
        state: CheckState::Unknown,
        message: "Not looked at since it was set up.".to_owned(),
        code: None,
        clears: None,
        outside: None,
        at: None,
        since: None,
        history: Vec::new(),
    }
}

/// What holds runs of a project, with the runs it holds.
pub async fn blockers(
    host: &Host,
    place: &Place,
    checks: &[Check],
) -> Result<Vec<Blocker>, HostError> {
    let query = RunsQuery {
        place: place.clone(),
        filter: RunFilter {
            status: vec![RunStatus::Blocked],
            ..RunFilter::default()
        },
        hide_handled_at: None,
        cursor: None,
        limit: usize::MAX,
    };
    let mut blockers: Vec<Blocker> = Vec::new();
    for id in host.store().run_ids(query).await? {
        let run = host.snapshot(place, &id).await?.run;
        let Some(block) = run.block.as_ref().filter(|block| !block.cleared) else {
            continue;
        };
        let held = HeldRun {
            run: id,
            title: run.title.clone(),
            workflow: run.workflow.id.clone(),
            workflow_name: run.workflow.name.clone(),
            step: block.step.clone(),
            since: block.since,
        };
        // The same check fails for all of them, whatever it said when each was held.
        let same = |other: &&mut Blocker| match &block.check {
            Some(check) => other.check.as_ref() == Some(check),
            None => other.check.is_none() && other.by == block.by && other.reason == block.reason,
        };
        if let Some(known) = blockers.iter_mut().find(same) {
            known.since = known.since.min(block.since);
            known.runs_count += 1;
            known.runs.push(held);
            continue;
        }
        let check = checks
            .iter()
            .find(|check| block.check.as_ref() == Some(&check.id));
        let outside = check
            .filter(|check| check.state == CheckState::Failing)
            .and_then(|check| check.outside.clone());
        blockers.push(Blocker {
            by: block.by,
            check: block.check.clone(),
            code: check
                .and_then(|check| check.code)
                .unwrap_or_else(|| code(block.by)),
            reason: block.reason.clone(),
            clears: block.clears.clone(),
            who: who(block.by, outside.is_some()),
            outside,
            since: block.since,
            runs: vec![held],
            runs_count: 1,
        });
    }
    for blocker in &mut blockers {
        blocker.runs.sort_by_key(|run| run.since);
        blocker.runs.truncate(NAMED);
    }
    blockers.sort_by_key(|blocker| blocker.since);
    Ok(blockers)
}

/// Who clears it, or looks again where that is done outside: connections, servers and limits are an admin's, what the tenant
/// pays for is its admin's.
const fn who(by: BlockedBy, outside: bool) -> Role {
    match by {
        _ if outside => Role::ProjectContributor,
        BlockedBy::Credential
        | BlockedBy::Environment
        | BlockedBy::Host
        | BlockedBy::Entity
        | BlockedBy::Policy
        | BlockedBy::Budget => Role::ProjectAdmin,
        BlockedBy::Quota | BlockedBy::Credits => Role::TenantAdmin,
    }
}

const fn code(by: BlockedBy) -> FailureCode {
    match by {
        BlockedBy::Credential => FailureCode::CredentialRequired,
        BlockedBy::Environment => FailureCode::EnvironmentBlocked,
        BlockedBy::Host => FailureCode::HostDisconnected,
        BlockedBy::Entity => FailureCode::EntityOffline,
        BlockedBy::Policy => FailureCode::PolicyBlocked,
        BlockedBy::Budget => FailureCode::BudgetExceeded,
        BlockedBy::Quota => FailureCode::QuotaExceeded,
        BlockedBy::Credits => FailureCode::InsufficientCredits,
    }
}
