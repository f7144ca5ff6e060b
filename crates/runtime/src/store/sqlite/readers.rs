//! A few threads that read, each with its own connection: they see what is committed and never wait for the writer.

use super::unavailable;
use crate::store::StoreError;
use rusqlite::Connection;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

type Task = Box<dyn FnOnce(&Connection) + Send>;

pub(super) struct Readers {
    tasks: Sender<Task>,
}

impl Readers {
    /// One thread for each connection. They end when this is dropped.
    pub(super) fn start(connections: Vec<Connection>) -> Result<Self, StoreError> {
        let (tasks, queue) = channel::<Task>();
        let queue = Arc::new(Mutex::new(queue));
        for connection in connections {
            let queue = Arc::clone(&queue);
            std::thread::Builder::new()
                .name("store-reader".into())
                .spawn(move || {
                    while let Some(task) = next(&queue) {
                        task(&connection);
                    }
                })
                .map_err(StoreError::unavailable)?;
        }
        Ok(Self { tasks })
    }

    /// Runs `read` on one of the threads.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let task: Task = Box::new(move |connection| {
            // Whoever asked may have gone.
            let _ = reply.send(read(connection).map_err(StoreError::from));
        });
        let gone = || StoreError::unavailable("The store has been closed.");
        self.tasks.send(task).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

fn next(queue: &Mutex<Receiver<Task>>) -> Option<Task> {
    queue
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .recv()
        .ok()
}

/// What can go wrong in a read.
pub(super) enum ReadError {
    Sql(rusqlite::Error),
    Json(serde_json::Error),
    Store(StoreError),
}

impl From<rusqlite::Error> for ReadError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<serde_json::Error> for ReadError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}

impl From<StoreError> for ReadError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ReadError> for StoreError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Sql(error) => unavailable(&error),
            ReadError::Json(error) => error.into(),
            ReadError::Store(error) => error,
        }
    }
}
