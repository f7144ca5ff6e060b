//! What a new data folder begins with: a tenant, a project, an owner, a model provider, and the examples.

use crate::api::problem::Error;
use crate::api::workflows::record;
use crate::auth::people;
use crate::host::Host;
use crate::store::record::{Project, ProviderRecord, Tenant};
use crate::store::{AuditEntry, Change, ChangeSet, Place, StoreError};
use model::api::{Price, ProviderMode};
use model::{Actor, AuditId, Role, UserId, Workflow, WorkflowId};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub const TENANT: &str = "local";
pub const PROJECT: &str = "main";
const PROVIDER: &str = "default";
const BASE_URL: &str = "http://127.0.0.1:11434/v1";
const MODEL: &str = "llama3.1";
/// Micro-dollars per million tokens, input and output, of widely used models; what runs on this machine costs nothing.
const PRICES: [(&str, i64, i64); 6] = [
    (MODEL, 0, 0),
    ("gpt-4o", 2_500_000, 10_000_000),
    ("gpt-4o-mini", 150_000, 600_000),
    ("gpt-4.1", 2_000_000, 8_000_000),
    ("gpt-4.1-mini", 400_000, 1_600_000),
    ("mistral-small-latest", 100_000, 300_000),
];

/// Why a first start stopped.
#[derive(Debug, thiserror::Error)]
pub enum FirstStartError {
    #[error("The example {path} cannot be installed: {why}.")]
    Example { path: PathBuf, why: String },
    #[error("{path} cannot be copied: {source}.")]
    Copy { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Wrong(#[from] Error),
}

/// Fills a new data folder; does nothing to one that has an owner. Answers whether it was new.
pub async fn prepare(
    host: &Host,
    data: &Path,
    examples: Option<&Path>,
) -> Result<bool, FirstStartError> {
    let place = Place::new(TENANT, PROJECT);
    let now = host.now();
    let owner = UserId::new(host.new_id(UserId::PREFIX));
    let (owner, Some(user)) = people::by_name(host.store(), owner, people::OWNER, now).await?
    else {
        return Ok(false);
    };
    let mut changes = vec![
        user,
        // The command line may have made them before.
        Change::put(&Tenant {
            id: place.tenant.clone(),
            name: "Local".into(),
            created_at: now,
        })?,
        Change::put(&Project {
            tenant: place.tenant.clone(),
            id: place.project.clone(),
            name: "Main".into(),
            created_at: now,
        })?,
        people::membership(owner, place.tenant.clone(), None, Role::TenantAdmin)?,
        Change::create(&provider(&place, host))?,
    ];
    for example in examples.map(folders).transpose()?.unwrap_or_default() {
        changes.extend(install(host, &place, data, &example)?);
    }
    let id = AuditId::new(host.new_id(AuditId::PREFIX));
    let audit = AuditEntry::new(
        id,
        now,
        place,
        Actor::system(),
        "installation.create",
        TENANT,
    );
    host.store()
        .change(ChangeSet {
            changes,
            audit: Some(audit),
        })
        .await?;
    Ok(true)
}

fn provider(place: &Place, host: &Host) -> ProviderRecord {
    ProviderRecord {
        place: place.clone(),
        id: PROVIDER.into(),
        mode: ProviderMode::Live,
        base_url: BASE_URL.into(),
        default_model: MODEL.into(),
        sealed_key: None,
        prices: PRICES
            .iter()
            .map(|&(model, input, output)| (model.to_owned(), Price { input, output }))
            .collect::<BTreeMap<_, _>>(),
        check: None,
        updated_at: host.now(),
        updated_by: Actor::system(),
    }
}

/// The example folders, in the order of their names.
fn folders(examples: &Path) -> Result<Vec<PathBuf>, FirstStartError> {
    let unreadable = |source| FirstStartError::Copy {
        path: examples.to_owned(),
        source,
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(examples).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.join("workflow.json").is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Copies an example's files and publishes its workflow.
fn install(
    host: &Host,
    place: &Place,
    data: &Path,
    example: &Path,
) -> Result<Vec<Change>, FirstStartError> {
    let wrong = |why: String| FirstStartError::Example {
        path: example.to_owned(),
        why,
    };
    let text = fs::read_to_string(example.join("workflow.json"))
        .map_err(|error| wrong(error.to_string()))?;
    let draft: Value = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let definition: Workflow =
        serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let files = example.join("files");
    if files.is_dir() {
        let to = data
            .join("files")
            .join(place.tenant.as_str())
            .join(place.project.as_str());
        copy(&files, &to)?;
    }
    let id = WorkflowId::new(host.new_id(WorkflowId::PREFIX));
    let mut workflow = record::new(id, place.clone(), draft, Actor::system(), host.now())?;
    let version = record::publish(&mut workflow, definition, None, Actor::system(), host.now());
    Ok(vec![Change::create(&workflow)?, Change::create(&version)?])
}

/// Copies a folder with all below it; what is there already stays.
fn copy(from: &Path, to: &Path) -> Result<(), FirstStartError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| FirstStartError::Copy { path, source }
    };
    fs::create_dir_all(to).map_err(failed(to))?;
    for entry in fs::read_dir(from).map_err(failed(from))? {
        let entry = entry.map_err(failed(from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target)?;
        } else if !target.exists() {
            fs::copy(&source, &target).map_err(failed(&source))?;
        }
    }
    Ok(())
}
