//! Tells everyone what became durable, in order.

use super::Published;
use super::change::Change;
use super::query::FeedPage;
use super::record::Place;
use super::record::RecordKind;
use model::{AuditEntry, RunId, TenantId};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;

/// Decisions kept in memory for streams that resume, and the bytes of JSON they may have in all.
const KEPT: usize = 8_192;
const KEPT_BYTES: usize = 16 * 1024 * 1024;
/// Decisions a slow subscriber may be behind before it has to resume.
const BUFFER: usize = 4_096;

/// Something durable beside the runs that somebody may be looking at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// A tenant's audit trail has a new entry.
    Audit(TenantId),
    /// A delivery of a log (`DeliveryRecord::log_of`) is new, or came further.
    Delivery(String),
    /// A bulk job of a place (`Place::group`) is new, or came further.
    Bulk { group: String, key: String },
}

/// The newest decisions and who listens.
pub(super) struct Feed {
    position: AtomicU64,
    newest: Mutex<Newest>,
    sender: broadcast::Sender<Arc<Published>>,
    news: broadcast::Sender<News>,
}

#[derive(Default)]
struct Newest {
    items: VecDeque<(Arc<Published>, usize)>,
    bytes: usize,
}

impl Feed {
    /// A feed that continues behind `position`.
    pub(super) fn new(position: u64) -> Self {
        Self {
            position: AtomicU64::new(position),
            newest: Mutex::default(),
            sender: broadcast::Sender::new(BUFFER),
            news: broadcast::Sender::new(BUFFER),
        }
    }

    pub(super) fn position(&self) -> u64 {
        self.position.load(Ordering::Acquire)
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<Arc<Published>> {
        self.sender.subscribe()
    }

    pub(super) fn subscribe_news(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    /// Tells of what became durable with a decision or a change.
    pub(super) fn tell(&self, changes: &[Change], audit: Option<&AuditEntry>) {
        let logs = changes.iter().filter_map(|change| match change {
            Change::Put(put) if put.kind == RecordKind::Delivery => {
                Some(News::Delivery(put.group.clone()))
            }
            Change::Put(put) if put.kind == RecordKind::Bulk => Some(News::Bulk {
                group: put.group.clone(),
                key: put.key.clone(),
            }),
            _ => None,
        });
        let entry = audit.map(|entry| News::Audit(entry.place.tenant.clone()));
        for news in logs.chain(entry) {
            // Nobody listening is no error.
            let _ = self.news.send(news);
        }
    }

    /// Called in the order of positions. `bytes` says how large it is, about.
    pub(super) fn publish(&self, published: Arc<Published>, bytes: usize) {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        self.position.store(published.position, Ordering::Release);
        newest.items.push_back((Arc::clone(&published), bytes));
        newest.bytes += bytes;
        while newest.items.len() > KEPT || newest.bytes > KEPT_BYTES {
            let Some((_, bytes)) = newest.items.pop_front() else {
                break;
            };
            newest.bytes -= bytes;
        }
        // Nobody listening is no error.
        let _ = self.sender.send(published);
    }

    /// What is kept in memory behind `position`; `None` when that is further back.
    pub(super) fn since(
        &self,
        position: u64,
        place: &Place,
        run: Option<&RunId>,
        limit: usize,
    ) -> Option<FeedPage> {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let current = self.position.load(Ordering::Acquire);
        if position > current {
            return Some(FeedPage::Reset);
        }
        if position == current {
            return Some(FeedPage::Items(Vec::new()));
        }
        let (oldest, _) = newest.items.front()?;
        let first = oldest.position + 1 - oldest.events.len() as u64;
        if position + 1 < first {
            return None;
        }
        let from = newest
            .items
            .partition_point(|(item, _)| item.position <= position);
        Some(FeedPage::Items(
            newest
                .items
                .iter()
                .skip(from)
                .map(|(item, _)| item)
                .filter(|item| item.place == *place && run.is_none_or(|run| *run == item.run))
                .take(limit)
                .cloned()
                .collect(),
        ))
    }
}
