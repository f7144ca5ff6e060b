//! A host whose steps do nothing.

use async_trait::async_trait;
use engine::CreateRun;
use model::run::{Belongs, Labels, Trigger, WorkflowRef};
use model::{Actor, Effect, ProjectId, RunId, RunStatus, Step, TenantId, Workflow, WorkflowId};
use runtime::host::{Host, HostConfig, HostSetup, Meta, StoredEnvironment, TokioPlatform};
use runtime::steps::{Notes, StepCall, StepDone, StepError, StepRunner};
use runtime::store::{Place, Published, SqliteStore, Store};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

pub fn place() -> Place {
    Place::new("local", "main")
}

/// Answers at once and notes when it was asked first.
#[derive(Default)]
pub struct Nothing {
    pub first: Mutex<Option<Instant>>,
}

#[async_trait]
impl StepRunner for Nothing {
    async fn run(&self, call: &StepCall, _: &dyn Notes) -> Result<StepDone, StepError> {
        self.first.lock().unwrap().get_or_insert_with(Instant::now);
        Ok(StepDone {
            output: call.input.clone(),
            usage: None,
        })
    }

    async fn effect(&self, _: &TenantId, _: &ProjectId, _: &Step) -> Option<Effect> {
        None
    }
}

pub struct Bench {
    pub host: Host,
    pub store: Arc<dyn Store>,
    pub runner: Arc<Nothing>,
}

impl Bench {
    pub async fn start(data: &Path) -> Self {
        let store: Arc<dyn Store> =
            Arc::new(SqliteStore::open(&data.join("signalbox.db")).unwrap());
        let runner = Arc::<Nothing>::default();
        let host = Host::start(HostSetup {
            store: Arc::clone(&store),
            platform: Arc::new(TokioPlatform::current()),
            runner: Arc::clone(&runner) as Arc<dyn StepRunner>,
            environment: Arc::new(StoredEnvironment::new(Arc::clone(&store), Vec::new())),
            config: HostConfig {
                workers: 256,
                queue_limit: 256,
            },
        })
        .await
        .unwrap();
        Self {
            host,
            store,
            runner,
        }
    }

    pub async fn create(&self, definition: &Arc<Workflow>) -> RunId {
        let create = CreateRun {
            run: RunId::new(self.host.new_id(RunId::PREFIX)),
            actor: Actor::system(),
            workflow: WorkflowRef {
                id: WorkflowId::new("wf_bench"),
                version: 1,
                name: definition.name.clone(),
            },
            definition: Arc::clone(definition),
            input: json!({ "rfq": "2231", "customer": "Metro Equipment" }),
            about: None,
            environment: "production".into(),
            trigger: Trigger::Api,
            labels: Labels::new(),
            belongs: Belongs::default(),
            not_before: None,
            again_of: None,
            parent: None,
        };
        let outcome = self.host.create(&place(), create, Meta::default()).await;
        outcome.unwrap().row.id.clone()
    }
}

pub fn workflow(steps: Value) -> Arc<Workflow> {
    Arc::new(serde_json::from_value(json!({ "name": "Bench", "steps": steps })).unwrap())
}

/// Waits until so many runs stand in `status`.
pub async fn reach(feed: &mut broadcast::Receiver<Arc<Published>>, status: RunStatus, runs: usize) {
    let mut reached = HashSet::new();
    while reached.len() < runs {
        match feed.recv().await {
            Ok(item) if item.row.status == status => {
                reached.insert(item.run.clone());
            }
            Ok(_) => {}
            Err(RecvError::Lagged(missed)) => panic!("{missed} decisions were missed"),
            Err(RecvError::Closed) => panic!("the feed has ended"),
        }
    }
}

/// Resident memory in MiB.
pub fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.trim().strip_suffix(" kB"))
        .and_then(|kb| kb.trim().parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}

/// The value below which `part` of them lie.
pub fn percentile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = (values.len() as f64 * part) as usize;
    values[at.min(values.len() - 1)]
}
