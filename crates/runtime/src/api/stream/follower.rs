//! One stream at work: it waits for whatever happens, and says what its topics want of it.

use super::topics::{Topics, Word};
use crate::api::Api;
use crate::api::context::Ctx;
use crate::api::notifications;
use crate::auth::{self, Proof};
use crate::health::HealthChanged;
use crate::host::Saying;
use crate::notify::Told;
use crate::store::record::BulkRecord;
use crate::store::{FeedPage, News, Place, Published};
use axum::response::sse::Event;
use futures_util::FutureExt;
use futures_util::future;
use model::api::StreamMessage;
use model::notify::Notification;
use model::{Timestamp, UserId};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

const HEARTBEAT_MS: u64 = 15_000;
/// What a browser waits before it connects again.
const RECONNECT: Duration = Duration::from_secs(1);
/// Decisions read from the store in one go.
const CHUNK: usize = 256;

pub(super) struct Follower {
    api: Api,
    place: Place,
    proof: Proof,
    user: UserId,
    topics: Topics,
    /// Everything up to here was sent or does not concern this stream.
    position: u64,
    /// The store may hold what was not sent yet.
    behind: bool,
    live: broadcast::Receiver<Arc<Published>>,
    ended: broadcast::Receiver<Proof>,
    told: broadcast::Receiver<Told>,
    /// What changed and has not been told yet; none of it has a position.
    speak: BTreeSet<Word>,
    /// The message that changed, where one did.
    newest: Option<Arc<Notification>>,
    /// The bulk jobs that changed, by their keys; none where any of them may have.
    bulks: BTreeSet<String>,
    health: broadcast::Receiver<HealthChanged>,
    news: broadcast::Receiver<News>,
    saying: broadcast::Receiver<Arc<Saying>>,
    next_beat: Timestamp,
    ready: VecDeque<Event>,
}

/// What woke a stream.
enum Woken {
    Published(std::result::Result<Arc<Published>, RecvError>),
    Ended(std::result::Result<Proof, RecvError>),
    Told(std::result::Result<Told, RecvError>),
    Health(std::result::Result<HealthChanged, RecvError>),
    News(std::result::Result<News, RecvError>),
    Saying(std::result::Result<Arc<Saying>, RecvError>),
    Beat,
}

impl Follower {
    /// Listens from here on, and behind the position `after` where there is one.
    pub fn new(api: Api, ctx: Ctx, topics: Topics, after: Option<u64>) -> Self {
        // Listening begins before the position is read: what happens in between comes twice here and is told apart by position.
        let live = api.host().subscribe();
        let ended = api.inner.ended.subscribe();
        let told = api.notifier().subscribe();
        let health = api.checks().subscribe();
        let news = api.store().subscribe_news();
        let saying = api.host().subscribe_saying();
        let position = after.unwrap_or_else(|| api.store().position());
        // What is being said already; the next pieces come by themselves.
        let spoken: Vec<_> = topics
            .runs
            .iter()
            .flat_map(|run| api.host().saying_in(run))
            .collect();
        let mut follower = Self {
            next_beat: api.now().plus_ms(HEARTBEAT_MS),
            proof: ctx.caller.proof.clone(),
            user: ctx.caller.user.clone(),
            place: ctx.place,
            position,
            behind: after.is_some(),
            live,
            ended,
            told,
            speak: topics.first_words(after.is_some()),
            newest: None,
            bulks: BTreeSet::new(),
            health,
            news,
            saying,
            topics,
            ready: VecDeque::from([Event::default().comment("connected").retry(RECONNECT)]),
            api,
        };
        for saying in spoken {
            follower.quote(&saying);
        }
        follower
    }

    /// The next message; `None` ends the stream.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.behind {
                self.catch_up().await?;
                continue;
            }
            if let Some(word) = self.speak.pop_first() {
                match word {
                    Word::Rows => {}
                    Word::Notifications => self.inbox().await?,
                    Word::Health => self.push(&StreamMessage::Health, Some(self.position)),
                    Word::Audit => self.push(&StreamMessage::Audit, None),
                    Word::Deliveries => self.push(&StreamMessage::Deliveries, None),
                    Word::Bulk => self.bulk().await?,
                }
                continue;
            }
            match self.wait().await {
                Woken::Published(Ok(published)) => self.send(&published),
                Woken::Published(Err(RecvError::Lagged(_))) => self.behind = true,
                Woken::Published(Err(RecvError::Closed))
                | Woken::Health(Err(RecvError::Closed))
                | Woken::News(Err(RecvError::Closed))
                | Woken::Saying(Err(RecvError::Closed)) => return None,
                Woken::Ended(Ok(proof)) if proof == self.proof => return None,
                Woken::Told(told) => self.hear(told),
                Woken::Health(Ok(changed)) if changed.place != self.place => {}
                Woken::Health(Ok(_) | Err(RecvError::Lagged(_))) => self.say(Word::Health),
                Woken::News(Ok(News::Audit(tenant))) if tenant == self.place.tenant => {
                    self.say(Word::Audit);
                }
                Woken::News(Ok(News::Delivery(log))) if log == self.topics.log => {
                    self.say(Word::Deliveries);
                }
                Woken::News(Ok(News::Bulk { group, key })) if group == self.place.group() => {
                    if self.topics.has(Word::Bulk) {
                        self.bulks.insert(key);
                    }
                    self.say(Word::Bulk);
                }
                Woken::News(Err(RecvError::Lagged(_))) => {
                    self.bulks.clear();
                    self.say(Word::Bulk);
                    self.say(Word::Audit);
                    self.say(Word::Deliveries);
                }
                Woken::Saying(Ok(saying)) => self.quote(&saying),
                // Another session's end, another tenant's news, pieces of an answer that the next piece has too.
                Woken::Ended(_) | Woken::News(Ok(_)) | Woken::Saying(Err(RecvError::Lagged(_))) => {
                }
                Woken::Beat => self.beat().await?,
            }
        }
    }

    /// Tells of a topic next, where this stream is about it.
    fn say(&mut self, word: Word) {
        if self.topics.has(word) {
            self.speak.insert(word);
        }
    }

    async fn wait(&mut self) -> Woken {
        let beat = self.api.platform().sleep_until(self.next_beat);
        let (woken, ..) = future::select_all([
            // Before the events: what was said before an answer was whole is told before it.
            self.saying.recv().map(Woken::Saying).boxed(),
            self.live.recv().map(Woken::Published).boxed(),
            self.ended.recv().map(Woken::Ended).boxed(),
            self.told.recv().map(Woken::Told).boxed(),
            self.health.recv().map(Woken::Health).boxed(),
            self.news.recv().map(Woken::News).boxed(),
            beat.map(|()| Woken::Beat).boxed(),
        ])
        .await;
        woken
    }

    /// An inbox changed; where some were missed, the caller's may be among them.
    fn hear(&mut self, told: std::result::Result<Told, RecvError>) {
        match told {
            Ok(told) if told.user == self.user && told.place == self.place => {
                self.say(Word::Notifications);
                self.newest = told.newest;
            }
            Ok(_) => {}
            Err(_) => self.say(Word::Notifications),
        }
    }

    /// Says how the caller's inbox stands.
    async fn inbox(&mut self) -> Option<()> {
        match notifications::unread(self.api.store(), &self.user, &self.place).await {
            Ok(unread) => {
                let newest = self.newest.take().map(|newest| Box::new((*newest).clone()));
                self.push(&StreamMessage::Notifications { unread, newest }, None);
                Some(())
            }
            Err(error) => {
                // The browser connects again and is told then.
                tracing::warn!(%error, "a stream ended because an inbox could not be read");
                None
            }
        }
    }

    /// Says how the bulk jobs stand that changed.
    async fn bulk(&mut self) -> Option<()> {
        let changed = std::mem::take(&mut self.bulks);
        if changed.is_empty() {
            self.push(&StreamMessage::Bulk { job: None }, None);
        }
        for key in changed {
            match self.api.store().get::<BulkRecord>(&key).await {
                Ok(Some(record)) => {
                    let job = Some(Box::new(record.value.job));
                    self.push(&StreamMessage::Bulk { job }, None);
                }
                Ok(None) => {}
                Err(error) => {
                    // The browser connects again and is told then.
                    tracing::warn!(%error, "a stream ended because a bulk job could not be read");
                    return None;
                }
            }
        }
        Some(())
    }

    /// Says that the line is alive. The id moves on with it, so that a long silence does not make the position too old.
    async fn beat(&mut self) -> Option<()> {
        self.next_beat = self.api.now().plus_ms(HEARTBEAT_MS);
        if !auth::still_valid(self.api.store(), &self.proof, self.api.now()).await {
            return None;
        }
        self.ready.push_back(
            Event::default()
                .id(self.position.to_string())
                .comment("heartbeat"),
        );
        Some(())
    }

    /// Reads from the store what was published since.
    async fn catch_up(&mut self) -> Option<()> {
        let only = match (self.topics.runs.as_slice(), self.topics.has(Word::Rows)) {
            ([run], false) => Some(run),
            _ => None,
        };
        let page = self
            .api
            .store()
            .feed_since(self.position, &self.place, only, CHUNK)
            .await;
        match page {
            Ok(FeedPage::Items(items)) => {
                self.behind = items.len() >= CHUNK;
                for published in items {
                    self.send(&published);
                }
                Some(())
            }
            Ok(FeedPage::Reset) => {
                self.position = self.api.store().position();
                self.behind = false;
                self.push(&StreamMessage::Reset, Some(self.position));
                Some(())
            }
            Err(error) => {
                // The browser connects again and resumes.
                tracing::warn!(%error, "a stream ended because the feed could not be read");
                None
            }
        }
    }

    /// Queues what this stream's topics want of a decision. Only the last message carries the position: whoever resumes from
    /// there has got all of them.
    fn send(&mut self, published: &Published) {
        if published.position <= self.position {
            return;
        }
        self.position = published.position;
        if published.place != self.place {
            return;
        }
        let mut messages = Vec::new();
        if self.topics.runs.contains(&published.run) && !published.events.is_empty() {
            let mut events = published.events.to_vec();
            events.iter_mut().for_each(model::Event::cut);
            messages.push(StreamMessage::Run {
                run: published.run.clone(),
                events,
            });
        }
        if self.topics.has(Word::Rows) {
            messages.push(StreamMessage::Runs {
                row: Box::new((*published.row).clone()),
            });
        }
        let last = messages.len().saturating_sub(1);
        for (index, message) in messages.iter().enumerate() {
            self.push(message, (index == last).then_some(published.position));
        }
    }

    fn quote(&mut self, saying: &Saying) {
        if saying.place == self.place && self.topics.runs.contains(&saying.run) {
            let message = StreamMessage::Saying {
                run: saying.run.clone(),
                key: saying.key.clone(),
                so_far: saying.so_far.clone(),
            };
            self.push(&message, None);
        }
    }

    fn push(&mut self, message: &StreamMessage, position: Option<u64>) {
        let data = match serde_json::to_string(message) {
            Ok(data) => data,
            Err(error) => {
                tracing::error!(%error, "a stream message could not be written");
                return;
            }
        };
        let event = Event::default().data(data);
        self.ready.push_back(match position {
            Some(position) => event.id(position.to_string()),
            None => event,
        });
    }
}
