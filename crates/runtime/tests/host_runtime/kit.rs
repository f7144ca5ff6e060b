//! A host with a scripted runner and a clock that is moved by hand, on either store.

use async_trait::async_trait;
use engine::{Command, CreateRun};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use model::api::{ProviderMode, RunRow};
use model::run::{Belongs, Labels, Trigger, WorkflowRef};
use model::{
    Actor, Effect, Event, EventKind, Failure, FailureCode, Move, ProjectId, RunId, RunStatus, Step,
    StepKind, TenantId, Timestamp, Workflow, WorkflowId,
};
use runtime::host::{
    Host, HostConfig, HostError, HostSetup, Meta, Outcome, Platform, StoredEnvironment,
};
use runtime::steps::{Notes, StepCall, StepDone, StepError, StepNote, StepRunner};
use runtime::store::record::{ProviderRecord, VersionRecord, WorkflowRecord};
use runtime::store::{
    Change, ChangeSet, EventQuery, MemoryStore, Place, SqliteStore, Store, StoredRun,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, watch};

/// A test that waits longer than this has failed.
const PATIENCE: Duration = Duration::from_mins(1);

pub fn place() -> Place {
    Place::new("acme", "quotes")
}

pub fn person() -> Actor {
    Actor {
        kind: model::ActorKind::Person,
        id: "usr_jo".into(),
        name: "Jo".into(),
    }
}

/// A clock that stands still until it is moved.
pub struct TestPlatform {
    now: watch::Sender<i64>,
    ids: AtomicU64,
    runtime: tokio::runtime::Handle,
}

impl TestPlatform {
    pub fn advance(&self, ms: i64) {
        self.now.send_modify(|now| *now += ms);
    }
}

impl Platform for TestPlatform {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(*self.now.borrow())
    }
    fn sleep_until(&self, at: Timestamp) -> BoxFuture<'static, ()> {
        let mut now = self.now.subscribe();
        async move {
            let _ = now.wait_for(|now| *now >= at.millis()).await;
        }
        .boxed()
    }
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.runtime.spawn(task);
    }
    fn random(&self) -> u128 {
        u128::from(self.ids.fetch_add(1, Ordering::Relaxed))
    }
}

/// One call the runner was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    pub run: RunId,
    pub step: String,
    pub attempt: u32,
    pub try_no: u32,
}

/// Plays `mcp_call` steps by the name of their tool.
#[derive(Default)]
pub struct Script {
    pub calls: Mutex<Vec<Called>>,
    /// How many calls of `gate` are under way.
    pub at_gate: AtomicI64,
    pub most_at_gate: AtomicI64,
    pub arrived: Notify,
    pub gate: Gate,
    /// How often `flaky` still fails.
    pub failures: AtomicI64,
    pub dropped: AtomicI64,
}

/// Lets calls of `gate` through one by one.
pub struct Gate(Semaphore);

impl Default for Gate {
    fn default() -> Self {
        Self(Semaphore::new(0))
    }
}

impl Gate {
    pub fn open(&self, calls: usize) {
        self.0.add_permits(calls);
    }
}

struct AtGate<'a> {
    script: &'a Script,
    passed: bool,
}

impl Drop for AtGate<'_> {
    fn drop(&mut self) {
        self.script.at_gate.fetch_sub(1, Ordering::SeqCst);
        if !self.passed {
            self.script.dropped.fetch_add(1, Ordering::SeqCst);
        }
        self.script.arrived.notify_waiters();
    }
}

#[async_trait]
impl StepRunner for Script {
    async fn run(&self, call: &StepCall, notes: &dyn Notes) -> Result<StepDone, StepError> {
        self.calls.lock().unwrap().push(Called {
            run: call.run.clone(),
            step: call.key.path.to_string(),
            attempt: call.key.attempt,
            try_no: call.key.try_no,
        });
        let StepKind::McpCall(mcp) = &call.step.kind else {
            return Ok(done(json!({ "text": "played" })));
        };
        match mcp.tool_name.as_str() {
            "gate" => {
                let here = self.at_gate.fetch_add(1, Ordering::SeqCst) + 1;
                self.most_at_gate.fetch_max(here, Ordering::SeqCst);
                let mut at_gate = AtGate {
                    script: self,
                    passed: false,
                };
                self.arrived.notify_waiters();
                self.gate.0.acquire().await.unwrap().forget();
                at_gate.passed = true;
                Ok(done(call.field("arguments").clone()))
            }
            "flaky" if self.failures.fetch_sub(1, Ordering::SeqCst) > 0 => {
                Err(Failure::new(FailureCode::McpToolFailed, "The tool is broken.").into())
            }
            "panic" => panic!("the tool panics"),
            "write" => {
                notes
                    .note(StepNote::Artifact {
                        name: "quote.md".into(),
                        media_type: "text/markdown".into(),
                        bytes: mcp.arguments["text"]
                            .as_str()
                            .unwrap()
                            .repeat(
                                usize::try_from(mcp.arguments["times"].as_u64().unwrap()).unwrap(),
                            )
                            .into_bytes(),
                        partial: false,
                    })
                    .await;
                Ok(done(json!("written")))
            }
            _ => Ok(done(call.field("arguments").clone())),
        }
    }

    async fn effect(&self, _: &TenantId, _: &ProjectId, step: &Step) -> Option<Effect> {
        match &step.kind {
            StepKind::McpCall(call) if call.arguments.contains_key("annotated") => {
                Some(Effect::Idempotent)
            }
            _ => None,
        }
    }
}

fn done(output: Value) -> StepDone {
    StepDone {
        output,
        usage: None,
    }
}

/// Which store a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    Memory,
    Sqlite,
}

pub const BOTH: [On; 2] = [On::Memory, On::Sqlite];

pub struct Kit {
    pub host: Host,
    pub store: Arc<dyn Store>,
    /// The same store, when it is a file.
    pub sqlite: Option<Arc<SqliteStore>>,
    pub script: Arc<Script>,
    pub platform: Arc<TestPlatform>,
    config: HostConfig,
    folder: Option<tempfile::TempDir>,
}

impl Kit {
    pub async fn new(on: On) -> Self {
        Self::with(on, HostConfig::default()).await
    }

    pub async fn with(on: On, config: HostConfig) -> Self {
        let folder = (on == On::Sqlite).then(|| tempfile::tempdir().unwrap());
        let platform = Arc::new(TestPlatform {
            now: watch::Sender::new(1_000_000),
            ids: AtomicU64::new(0),
            runtime: tokio::runtime::Handle::current(),
        });
        let (store, sqlite) = open(folder.as_ref());
        let script = Arc::<Script>::default();
        let host = start(&store, &platform, &script, &config).await;
        Self {
            host,
            store,
            sqlite,
            script,
            platform,
            config,
            folder,
        }
    }

    /// Stops the host as `grace_ms` says and starts another on the same data. Its runner has an open gate of its own.
    pub async fn restart(self, grace_ms: u64) -> Self {
        let stop = self.host.shutdown(grace_ms);
        let clock = Arc::clone(&self.platform);
        let passes = async move {
            tokio::task::yield_now().await;
            clock.advance(i64::try_from(grace_ms).unwrap());
        };
        let (stopped, ()) = tokio::join!(stop, passes);
        stopped.unwrap();
        let Self {
            host,
            store,
            sqlite,
            script,
            platform,
            config,
            folder,
        } = self;
        drop(host);
        drop(sqlite);
        drop(script);
        let (store, sqlite) = if folder.is_some() {
            // Tasks that were cut off let go of the store when the runtime comes by.
            let mut store = Some(store);
            let mut weak = store.as_ref().map(Arc::downgrade);
            store.take();
            while weak.as_ref().is_some_and(|weak| weak.strong_count() > 0) {
                tokio::task::yield_now().await;
            }
            weak.take();
            open(folder.as_ref())
        } else {
            (store, None)
        };
        let script = Arc::<Script>::default();
        let host = start(&store, &platform, &script, &config).await;
        Self {
            host,
            store,
            sqlite,
            script,
            platform,
            config,
            folder,
        }
    }

    /// Another program on the same file.
    pub fn open_beside(&self) -> rusqlite::Connection {
        let folder = self.folder.as_ref().unwrap();
        rusqlite::Connection::open(folder.path().join("signalbox.db")).unwrap()
    }

    pub fn create_run(&self, definition: &Workflow) -> CreateRun {
        CreateRun {
            run: RunId::new(self.host.new_id(RunId::PREFIX)),
            actor: person(),
            workflow: WorkflowRef {
                id: WorkflowId::new("wf_test"),
                version: 1,
                name: definition.name.clone(),
            },
            definition: Arc::new(definition.clone()),
            input: json!({}),
            about: None,
            environment: "production".into(),
            trigger: Trigger::Manual,
            labels: Labels::new(),
            belongs: Belongs::default(),
            not_before: None,
            again_of: None,
            parent: None,
        }
    }

    pub async fn start_run(&self, definition: &Workflow) -> RunId {
        self.start_run_with(self.create_run(definition)).await
    }

    pub async fn start_run_with(&self, create: CreateRun) -> RunId {
        let outcome = self
            .host
            .create(&place(), create, Meta::default())
            .await
            .unwrap();
        outcome.row.id.clone()
    }

    pub async fn make(&self, run: &RunId, what: Move) -> Result<Outcome, HostError> {
        let command = Command::Move {
            actor: person(),
            what,
            reason: None,
        };
        self.host
            .command(&place(), run, command, Meta::default())
            .await
    }

    pub async fn stored(&self, run: &RunId) -> StoredRun {
        self.store.run(run).await.unwrap().unwrap()
    }

    /// The run's row as soon as it is as wanted.
    pub async fn until(&self, run: &RunId, wanted: impl Fn(&RunRow) -> bool) -> RunRow {
        let mut feed = self.store.subscribe();
        let found = async {
            loop {
                let row = self.stored(run).await.row;
                if wanted(&row) {
                    return row;
                }
                let _ = feed.recv().await;
            }
        };
        if let Ok(row) = tokio::time::timeout(PATIENCE, found).await {
            return row;
        }
        panic!("the run stays so: {:?}", self.stored(run).await.row)
    }

    pub async fn status(&self, run: &RunId, status: RunStatus) -> RunRow {
        self.until(run, |row| row.status == status).await
    }

    /// Waits until so many calls stand at the gate.
    pub async fn at_gate(&self, calls: i64) {
        self.told(|script| script.at_gate.load(Ordering::SeqCst), calls)
            .await;
    }

    /// Waits until so many calls have begun, those at the gate among them.
    pub async fn begun(&self, calls: usize) {
        self.told(|script| script.calls.lock().unwrap().len(), calls)
            .await;
    }

    async fn told<T: PartialEq + std::fmt::Display>(&self, read: impl Fn(&Script) -> T, wanted: T) {
        let found = async {
            loop {
                let arrived = self.script.arrived.notified();
                if read(&self.script) == wanted {
                    return;
                }
                arrived.await;
            }
        };
        assert!(
            tokio::time::timeout(PATIENCE, found).await.is_ok(),
            "{} calls, not {wanted}",
            read(&self.script)
        );
    }

    pub async fn journal(&self, run: &RunId) -> Vec<Event> {
        let events = self
            .store
            .events(EventQuery::all(run.clone()))
            .await
            .unwrap();
        let seqs: Vec<u64> = events.iter().map(|event| event.seq).collect();
        let whole: Vec<u64> = (1..=events.len() as u64).collect();
        assert_eq!(seqs, whole, "a journal has no gaps");
        events
    }

    /// The words of the run's journal.
    pub async fn words(&self, run: &RunId) -> Vec<&'static str> {
        let journal = self.journal(run).await;
        journal.iter().map(|event| event.event.name()).collect()
    }

    pub fn calls_of(&self, run: &RunId) -> Vec<Called> {
        let calls = self.script.calls.lock().unwrap();
        calls
            .iter()
            .filter(|call| call.run == *run)
            .cloned()
            .collect()
    }

    /// Publishes a workflow under its name.
    pub async fn publish(&self, definition: &Workflow) -> WorkflowId {
        let id = WorkflowId::new(self.host.new_id(WorkflowId::PREFIX));
        let now = self.host.now();
        let record = WorkflowRecord {
            id: id.clone(),
            place: place(),
            name: definition.name.clone(),
            draft: serde_json::to_value(definition).unwrap(),
            version: Some(1),
            has_draft: false,
            archived: false,
            created_at: now,
            updated_at: now,
            updated_by: person(),
        };
        let version = VersionRecord {
            workflow: id.clone(),
            version: 1,
            definition: definition.clone(),
            published_at: now,
            published_by: person(),
            note: None,
        };
        let set =
            ChangeSet::new(Change::create(&record).unwrap()).and(Change::create(&version).unwrap());
        self.store.change(set).await.unwrap();
        id
    }

    pub async fn set_up_provider(&self, id: &str) {
        let record = ProviderRecord {
            place: place(),
            id: id.into(),
            mode: ProviderMode::Mock,
            base_url: "http://127.0.0.1:9/v1".into(),
            default_model: "small".into(),
            sealed_key: None,
            prices: BTreeMap::new(),
            check: None,
            updated_at: self.host.now(),
            updated_by: person(),
        };
        self.store
            .change(ChangeSet::new(Change::put(&record).unwrap()))
            .await
            .unwrap();
    }
}

fn open(folder: Option<&tempfile::TempDir>) -> (Arc<dyn Store>, Option<Arc<SqliteStore>>) {
    match folder {
        None => (Arc::new(MemoryStore::default()), None),
        Some(folder) => {
            let sqlite = Arc::new(SqliteStore::open(&folder.path().join("signalbox.db")).unwrap());
            (Arc::clone(&sqlite) as Arc<dyn Store>, Some(sqlite))
        }
    }
}

async fn start(
    store: &Arc<dyn Store>,
    platform: &Arc<TestPlatform>,
    script: &Arc<Script>,
    config: &HostConfig,
) -> Host {
    Host::start(HostSetup {
        store: Arc::clone(store),
        platform: Arc::clone(platform) as Arc<dyn Platform>,
        runner: Arc::clone(script) as Arc<dyn StepRunner>,
        environment: Arc::new(StoredEnvironment::new(
            Arc::clone(store),
            vec!["files".into()],
        )),
        config: config.clone(),
    })
    .await
    .unwrap()
}

/// A workflow of these steps.
pub fn workflow(steps: Value) -> Workflow {
    named("Draft quote", steps)
}

pub fn named(name: &str, steps: Value) -> Workflow {
    serde_json::from_value(json!({ "name": name, "steps": steps })).unwrap()
}

/// A call of `tool`.
pub fn call(id: &str, tool: &str, after: &[&str]) -> Value {
    json!({
        "id": id, "type": "mcp_call", "server": "files", "tool_name": tool, "arguments": { "id": id },
        "depends_on": after, "effect": "read",
    })
}

/// The effect each step of a journal was begun with.
pub fn begun_effects(journal: &[Event]) -> HashMap<String, Effect> {
    journal
        .iter()
        .filter_map(|event| match &event.event {
            EventKind::StepStarted { key, effect, .. } => Some((key.path.to_string(), *effect)),
            _ => None,
        })
        .collect()
}
