//! The facets of all runs, read once at the start while the runtime already works. Whoever lists runs before that is done
//! waits for it.

use super::readers::ReadError;
use crate::store::change::{Attention, Stage};
use crate::store::index::RunIndex;
use crate::store::{Place, StoreError};
use model::api::RunRow;
use rusqlite::Connection;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};

pub(super) struct SharedIndex {
    index: RwLock<RunIndex>,
    loading: Mutex<Loading>,
    loaded: Condvar,
}

enum Loading {
    /// With what changed in the meantime, in order.
    Yes(Vec<Update>),
    Done,
    Failed(StoreError),
}

enum Update {
    Row(Place, u64, Box<RunRow>, bool),
    Attention(Place, u64, Attention),
}

impl SharedIndex {
    /// Begins to read. The connection must have been opened before the first write.
    pub(super) fn load(db: Connection) -> Result<Arc<Self>, StoreError> {
        let shared = Arc::new(Self {
            index: RwLock::default(),
            loading: Mutex::new(Loading::Yes(Vec::new())),
            loaded: Condvar::new(),
        });
        let index = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("store-index".into())
            .spawn(move || index.finish(read(&db)))
            .map_err(StoreError::unavailable)?;
        Ok(shared)
    }

    fn finish(&self, read: Result<RunIndex, ReadError>) {
        let mut loading = self.loading();
        *loading = match (read, std::mem::replace(&mut *loading, Loading::Done)) {
            (Ok(mut index), Loading::Yes(updates)) => {
                for update in updates {
                    update.apply(&mut index);
                }
                *self.index.write().unwrap_or_else(PoisonError::into_inner) = index;
                Loading::Done
            }
            (Ok(_), other) => other,
            (Err(error), _) => Loading::Failed(error.into()),
        };
        self.loaded.notify_all();
    }

    fn loading(&self) -> MutexGuard<'_, Loading> {
        self.loading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// See [`RunIndex::put`].
    pub(super) fn put(&self, place: &Place, num: u64, row: &RunRow, whole: bool) {
        if let Loading::Yes(updates) = &mut *self.loading() {
            let row = Box::new(row.clone());
            updates.push(Update::Row(place.clone(), num, row, whole));
            return;
        }
        self.index
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .put(place, num, row, whole);
    }

    pub(super) fn attention(&self, place: &Place, num: u64, attention: &Attention) {
        if let Loading::Yes(updates) = &mut *self.loading() {
            updates.push(Update::Attention(place.clone(), num, attention.clone()));
            return;
        }
        self.index
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .attention(place, num, attention);
    }

    /// Reads the index once it is there.
    pub(super) fn read<T>(&self, read: impl FnOnce(&RunIndex) -> T) -> Result<T, StoreError> {
        let loading = self
            .loaded
            .wait_while(self.loading(), |loading| matches!(loading, Loading::Yes(_)))
            .unwrap_or_else(PoisonError::into_inner);
        if let Loading::Failed(error) = &*loading {
            return Err(error.clone());
        }
        drop(loading);
        Ok(read(
            &self.index.read().unwrap_or_else(PoisonError::into_inner),
        ))
    }
}

impl Update {
    fn apply(self, index: &mut RunIndex) {
        match self {
            Self::Row(place, num, row, whole) => index.put(&place, num, &row, whole),
            Self::Attention(place, num, attention) => index.attention(&place, num, &attention),
        }
    }
}

fn read(db: &Connection) -> Result<RunIndex, ReadError> {
    let mut index = RunIndex::default();
    let mut statement = db
        .prepare("SELECT num, tenant, project, attention, run_row, stage FROM runs ORDER BY num")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let num = row.get(0)?;
        let place = Place::new(row.get::<_, String>(1)?, row.get::<_, String>(2)?);
        let text = |at| row.get_ref(at)?.as_str().map_err(rusqlite::Error::from);
        let whole = row.get::<_, u8>(5)? != Stage::Arriving.code();
        index.put(&place, num, &serde_json::from_str(text(4)?)?, whole);
        if let Some(attention) = row.get_ref(3)?.as_str_or_null().ok().flatten() {
            index.attention(&place, num, &serde_json::from_str(attention)?);
        }
    }
    Ok(index)
}
