//! The one thread that writes. Jobs that arrive while a transaction is being written share the next one, so that many runs pay
//! for one `fsync`.

use super::SharedSigner;
use super::index::SharedIndex;
use super::readers::ReadError;
use super::snapshots::Packed;
use super::unavailable;
use super::write::{self, ReadyAppend, Written};
use crate::store::change::{Change, ChangeSet, Stage};
use crate::store::feed::Feed;
use crate::store::{Place, StoreError};
use rusqlite::Connection;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;

/// Jobs in one transaction.
const BATCH: usize = 256;

/// Something to write, and where the answer goes.
pub(super) enum Job {
    Append(Box<ReadyAppend>, oneshot::Sender<Result<u64, StoreError>>),
    Change(
        Box<ChangeSet>,
        oneshot::Sender<Result<Vec<u64>, StoreError>>,
    ),
    Snapshot(Packed, oneshot::Sender<Result<(), StoreError>>),
    /// How many pages the database may have.
    Limit(u64, oneshot::Sender<Result<(), StoreError>>),
}

/// What a job did, told once the transaction is durable.
enum Done {
    Append(Written),
    Change(Vec<u64>, Vec<(u64, Place)>),
    Snapshot,
    Limit,
}

pub(super) struct Writer {
    db: Connection,
    feed: Arc<Feed>,
    index: Arc<SharedIndex>,
    signer: SharedSigner,
}

impl Writer {
    /// Starts the thread; it ends when the sender is dropped.
    pub(super) fn start(
        db: Connection,
        feed: Arc<Feed>,
        index: Arc<SharedIndex>,
        signer: SharedSigner,
    ) -> Result<Sender<Job>, StoreError> {
        let (jobs, queue) = channel();
        let writer = Self {
            db,
            feed,
            index,
            signer,
        };
        std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || writer.run(&queue))
            .map_err(StoreError::unavailable)?;
        Ok(jobs)
    }

    fn run(&self, queue: &Receiver<Job>) {
        while let Ok(first) = queue.recv() {
            let mut batch = vec![first];
            while batch.len() < BATCH
                && let Ok(job) = queue.try_recv()
            {
                batch.push(job);
            }
            self.write(batch);
        }
    }

    fn write(&self, batch: Vec<Job>) {
        match self.transaction(&batch) {
            Ok(done) => {
                for (job, done) in batch.into_iter().zip(done) {
                    self.tell(job, done);
                }
            }
            // One job may be the cause, a file too large for the disk: the others get a transaction of their own.
            Err(_) if batch.len() > 1 => {
                for job in batch {
                    self.write(vec![job]);
                }
            }
            Err(error) => {
                for job in batch {
                    self.tell(job, Err(error.clone()));
                }
            }
        }
    }

    /// Does all jobs in one transaction. Refused ones are answered by themselves; an error means that nothing was written.
    fn transaction(&self, batch: &[Job]) -> Result<Vec<Result<Done, StoreError>>, StoreError> {
        self.db
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(|error| unavailable(&error))?;
        let written = self.statements(batch).and_then(|done| {
            self.db
                .execute_batch("COMMIT")
                .map_err(|error| unavailable(&error))?;
            Ok(done)
        });
        if written.is_err() && !self.db.is_autocommit() {
            // What cannot be rolled back now is when the connection is used next.
            let _ = self.db.execute_batch("ROLLBACK");
        }
        written
    }

    fn statements(&self, batch: &[Job]) -> Result<Vec<Result<Done, StoreError>>, StoreError> {
        let mut position = self.feed.position();
        let mut done = Vec::with_capacity(batch.len());
        for job in batch {
            let result = match job {
                Job::Append(ready, _) => write::append(&self.db, ready, position, &self.signer)
                    .map(|written| {
                        position = written.position;
                        Done::Append(written)
                    }),
                Job::Change(set, _) => self.change(set),
                Job::Snapshot(packed, _) => packed.write(&self.db).map(|()| Done::Snapshot),
                Job::Limit(pages, _) => self
                    .db
                    .pragma_update(None, "max_page_count", pages)
                    .map(|()| Done::Limit)
                    .map_err(ReadError::from),
            };
            done.push(match result {
                Ok(one) => Ok(one),
                Err(ReadError::Store(error)) if !error.is_temporary() => Err(error),
                Err(error) => return Err(error.into()),
            });
        }
        Ok(done)
    }

    fn change(&self, set: &ChangeSet) -> Result<Done, ReadError> {
        let revisions = write::change(&self.db, set, &self.signer)?;
        let mut handled = Vec::new();
        for change in &set.changes {
            if let Change::Attention { run, .. } = change {
                handled.push(write::place_of(&self.db, run)?);
            }
        }
        Ok(Done::Change(revisions, handled))
    }

    /// Tells everyone what a job did: first the index and the feed, then whoever asked.
    fn tell(&self, job: Job, done: Result<Done, StoreError>) {
        match (job, done) {
            (Job::Append(ready, reply), Ok(Done::Append(written))) => {
                let append = &ready.append;
                let whole = append.stage != Stage::Arriving;
                self.index
                    .put(&append.place, written.num, &append.row, whole);
                if whole {
                    self.feed
                        .publish(ready.published(written.position), ready.bytes());
                }
                self.feed
                    .tell(&ready.append.changes, ready.append.audit.as_ref());
                let _ = reply.send(Ok(written.position));
            }
            (Job::Change(set, reply), Ok(Done::Change(revisions, handled))) => {
                let attentions = set.changes.iter().filter_map(|change| match change {
                    Change::Attention { attention, .. } => Some(attention),
                    Change::Put(_)
                    | Change::Delete { .. }
                    | Change::Held(_)
                    | Change::Discard { .. }
                    | Change::Purge { .. }
                    | Change::Clear { .. }
                    | Change::TrimAudit { .. } => None,
                });
                for ((num, place), attention) in handled.iter().zip(attentions) {
                    self.index.attention(place, *num, attention);
                }
                self.feed.tell(&set.changes, set.audit.as_ref());
                let _ = reply.send(Ok(revisions));
            }
            (Job::Limit(_, reply) | Job::Snapshot(_, reply), done) => {
                let _ = reply.send(done.map(|_| ()));
            }
            (Job::Append(_, reply), Err(error)) => {
                let _ = reply.send(Err(error));
            }
            (Job::Change(_, reply), Err(error)) => {
                let _ = reply.send(Err(error));
            }
            (Job::Append(..), Ok(Done::Change(..) | Done::Snapshot | Done::Limit))
            | (Job::Change(..), Ok(Done::Append(_) | Done::Snapshot | Done::Limit)) => {
                unreachable!("every job is answered by what it did")
            }
        }
    }
}
