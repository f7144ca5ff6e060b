//! What models are saying while their answers come in: told to those who look, kept for those who come to look, never written.

use crate::store::Place;
use model::api::SoFar;
use model::event::TryKey;
use model::{RunId, StepPath};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::broadcast;

/// Pieces of answers that a slow listener may be behind; what it misses, the next piece has.
const BUFFER: usize = 256;

/// What a model is saying in a step of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saying {
    pub place: Place,
    pub run: RunId,
    pub key: TryKey,
    pub so_far: SoFar,
}

/// Every answer that is coming in.
pub(super) struct Sayings {
    now: Mutex<BTreeMap<(RunId, StepPath), Arc<Saying>>>,
    sender: broadcast::Sender<Arc<Saying>>,
}

impl Default for Sayings {
    fn default() -> Self {
        Self {
            now: Mutex::default(),
            sender: broadcast::Sender::new(BUFFER),
        }
    }
}

impl Sayings {
    fn now(&self) -> MutexGuard<'_, BTreeMap<(RunId, StepPath), Arc<Saying>>> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Saying>> {
        self.sender.subscribe()
    }

    /// What is being said in a run.
    pub fn of(&self, run: &RunId) -> Vec<Arc<Saying>> {
        let now = self.now();
        let own = now.iter().filter(|((own, _), _)| own == run);
        own.map(|(_, saying)| Arc::clone(saying)).collect()
    }

    pub fn say(&self, saying: Saying) {
        let saying = Arc::new(saying);
        let key = (saying.run.clone(), saying.key.path.clone());
        self.now().insert(key, Arc::clone(&saying));
        // Nobody listening is no error.
        let _ = self.sender.send(saying);
    }

    /// The answer is whole, or will never be.
    pub fn end(&self, run: &RunId, step: &StepPath) {
        self.now().remove(&(run.clone(), step.clone()));
    }
}
