//! The one event stream of this tab: it carries every topic the page listens to, comes back by itself when it breaks, and
//! goes on where it was.
//!
//! When topics change, a second stream opens at the position of the first, which closes once the second stands: nothing is
//! missed in between. What arrives twice is told apart by its sequence number, where it is folded.

mod backoff;
mod message;
mod source;

pub use message::{About, Message};

use super::transport::Api;
use crate::{routes::with_query, ui::dom::next_frame};
use backoff::Backoff;
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use model::Timestamp;
use source::{Sign, Source};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use wasm_bindgen::JsCast;

/// How the stream stands, for the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The first connection is being made.
    Connecting,
    Live,
    /// The connection broke; it is tried again by itself.
    Reconnecting,
    /// The browser says that there is no network.
    Offline,
}

/// How long a stream that has sent heartbeats may be silent, in milliseconds: two heartbeats and a margin.
const SILENCE: u64 = 35_000;
/// Listeners come and go in bursts when a page changes.
const SETTLE: Duration = Duration::from_millis(30);

type Hear = Arc<dyn Fn(&[Message]) + Send + Sync>;

struct Listener {
    id: u64,
    topic: String,
    hear: Hear,
}

#[derive(Default)]
struct Inner {
    listeners: Vec<Listener>,
    next_id: u64,
    /// The stream that counts, and the one it takes over from until it stands.
    source: Option<Source>,
    before: Option<Source>,
    open_topics: BTreeSet<String>,
    /// The last message of `source`; where the next one goes on.
    position: Option<u64>,
    /// Positions of what was loaded since: the next stream starts at the earliest.
    wanted: Vec<u64>,
    waiting: Vec<Message>,
    flush_planned: bool,
    settle: Option<TimeoutHandle>,
    retry: Option<TimeoutHandle>,
    backoff: Backoff,
    heard_heartbeat: bool,
}

/// The stream of this tab, from context.
#[derive(Clone, Copy)]
pub struct Stream {
    api: Api,
    inner: StoredValue<Inner, LocalStorage>,
    pub link: RwSignal<Link>,
    /// When the stream last said anything.
    pub heard: RwSignal<Timestamp>,
    /// Rises when messages may have been missed: whoever shows something loaded before loads it again.
    pub epoch: RwSignal<u64>,
    /// Rises when it is worth asking who we are: the stream came back, or keeps failing.
    pub doubt: RwSignal<u64>,
}

impl Stream {
    /// Opens the stream for everything below.
    pub fn provide() -> Self {
        let now = crate::ui::time::present();
        let stream = Self {
            api: Api::get(),
            inner: StoredValue::new_local(Inner::default()),
            link: RwSignal::new(Link::Connecting),
            heard: RwSignal::new(now),
            epoch: RwSignal::new(0),
            doubt: RwSignal::new(0),
        };
        provide_context(stream);
        let online = window_event_listener(leptos::ev::online, move |_| stream.open());
        let offline =
            window_event_listener(leptos::ev::offline, move |_| stream.lost(Link::Offline));
        let seen = send_wrapper::SendWrapper::new(document_event(move || {
            if !document().hidden() && stream.link.try_get_untracked() == Some(Link::Reconnecting) {
                stream.open();
            }
        }));
        let watch =
            set_interval_with_handle(move || stream.check_silence(), Duration::from_secs(5)).ok();
        on_cleanup(move || {
            online.remove();
            offline.remove();
            drop(seen.take());
            if let Some(watch) = watch {
                watch.clear();
            }
            stream.inner.try_update_value(|inner| {
                inner.source = None;
                inner.before = None;
            });
        });
        stream
    }

    pub fn get() -> Option<Self> {
        use_context()
    }

    /// Hears what comes under `topic` (`runs`, `command-center`, `run:{id}`) until the page is gone. `from` is the position
    /// that what is shown was loaded at, where it has one. Messages of a frame come together, those of other topics too.
    pub fn listen(
        self,
        topic: impl Into<String>,
        from: Option<u64>,
        hear: impl Fn(&[Message]) + Send + Sync + 'static,
    ) {
        let topic = topic.into();
        let id = self.inner.try_update_value(|inner| {
            inner.next_id += 1;
            inner.wanted.extend(from);
            inner.listeners.push(Listener {
                id: inner.next_id,
                topic,
                hear: Arc::new(hear),
            });
            inner.next_id
        });
        self.settle();
        on_cleanup(move || {
            self.inner.try_update_value(|inner| {
                inner.listeners.retain(|listener| Some(listener.id) != id);
            });
            self.settle();
        });
    }

    fn settle(self) {
        let handle = set_timeout_with_handle(move || self.renew(), SETTLE).ok();
        self.inner.try_update_value(|inner| {
            if let Some(old) = std::mem::replace(&mut inner.settle, handle) {
                old.clear();
            }
        });
    }

    /// Opens a stream of other topics where they changed.
    fn renew(self) {
        let changed = self.inner.try_update_value(|inner| {
            let topics: BTreeSet<String> = inner
                .listeners
                .iter()
                .map(|listener| listener.topic.clone())
                .collect();
            topics != inner.open_topics
        });
        if changed == Some(true) && self.link.try_get_untracked() != Some(Link::Offline) {
            self.open();
        }
    }

    fn open(self) {
        let path = self.inner.try_update_value(|inner| {
            if let Some(retry) = inner.retry.take() {
                retry.clear();
            }
            let topics: BTreeSet<String> = inner
                .listeners
                .iter()
                .map(|listener| listener.topic.clone())
                .collect();
            if topics.is_empty() {
                inner.source = None;
                inner.before = None;
                inner.open_topics.clear();
                return None;
            }
            // A stream that has not stood yet has nothing to hand over.
            let old = inner.source.take();
            if old.as_ref().is_some_and(Source::stood) {
                inner.before = old;
            }
            inner.position = inner.wanted.drain(..).chain(inner.position).min();
            inner.open_topics.clone_from(&topics);
            let topics = topics.into_iter().collect::<Vec<_>>().join(",");
            let after = inner
                .position
                .map(|position| position.to_string())
                .unwrap_or_default();
            Some(with_query(
                "/v1/stream",
                &[("topics", &topics), ("after", &after)],
            ))
        });
        let Some(Some(path)) = path else { return };
        let source = Source::open(&self.api.direct(&path), move |sign| self.hear(sign));
        self.inner.try_update_value(|inner| inner.source = source);
    }

    fn hear(self, (source, sign): (u64, Sign)) {
        if self.link.try_get_untracked().is_none() {
            return;
        }
        let current = self
            .inner
            .with_value(|inner| inner.source.as_ref().is_some_and(|own| own.id() == source));
        match sign {
            Sign::Open if current => {
                let blind = self.inner.try_update_value(|inner| {
                    inner.before = None;
                    inner.backoff = Backoff::default();
                    inner.heard_heartbeat = false;
                    inner.position.is_none()
                });
                self.heard.set(crate::ui::time::present());
                if self.link.get_untracked() == Link::Reconnecting
                    || self.link.get_untracked() == Link::Offline
                {
                    self.doubt.update(|doubt| *doubt += 1);
                }
                self.link.set(Link::Live);
                if blind == Some(true) {
                    self.epoch.update(|epoch| *epoch += 1);
                }
            }
            Sign::Broken if current => self.lost(Link::Reconnecting),
            Sign::Open | Sign::Broken => {}
            Sign::Heartbeat => {
                self.heard.set(crate::ui::time::present());
                self.inner
                    .try_update_value(|inner| inner.heard_heartbeat = true);
            }
            Sign::Message { position, data } => {
                self.heard.set(crate::ui::time::present());
                let Some(message) = Message::parse(data) else {
                    return;
                };
                if message.about == About::Reset {
                    self.epoch.update(|epoch| *epoch += 1);
                    return;
                }
                let plan = self.inner.try_update_value(|inner| {
                    if current && position.is_some() {
                        inner.position = position;
                    }
                    inner.waiting.push(message);
                    !std::mem::replace(&mut inner.flush_planned, true)
                });
                if plan == Some(true) {
                    next_frame(move || self.flush());
                }
            }
        }
    }

    fn flush(self) {
        let taken = self.inner.try_update_value(|inner| {
            inner.flush_planned = false;
            let hears: Vec<Hear> = inner
                .listeners
                .iter()
                .map(|listener| listener.hear.clone())
                .collect();
            (std::mem::take(&mut inner.waiting), hears)
        });
        let Some((messages, hears)) = taken else {
            return;
        };
        for hear in hears {
            hear(&messages);
        }
    }

    /// The connection is gone: try again later.
    fn lost(self, how: Link) {
        let delay = self.inner.try_update_value(|inner| {
            inner.source = None;
            inner.before = None;
            if let Some(retry) = inner.retry.take() {
                retry.clear();
            }
            let tries = inner.backoff.tries();
            (inner.backoff.next(js_sys::Math::random()), tries)
        });
        let Some((delay, tries)) = delay else { return };
        self.link.try_set(how);
        if tries == 1 {
            self.doubt.try_update(|doubt| *doubt += 1);
        }
        if how == Link::Offline {
            return;
        }
        let handle = set_timeout_with_handle(move || self.open(), delay).ok();
        self.inner.try_update_value(|inner| inner.retry = handle);
    }

    fn check_silence(self) {
        let (Some(Link::Live), Some(heard)) = (
            self.link.try_get_untracked(),
            self.heard.try_get_untracked(),
        ) else {
            return;
        };
        let beats = self.inner.try_with_value(|inner| inner.heard_heartbeat);
        if beats == Some(true) && crate::ui::time::present().since(heard) > SILENCE {
            self.lost(Link::Reconnecting);
            self.open();
        }
    }
}

/// Calls `act` when the tab comes into sight or goes out of it, until the handle is dropped.
fn document_event(act: impl Fn() + 'static) -> source::Hooked {
    source::Hooked::new(document().unchecked_into(), "visibilitychange", move |_| {
        act();
    })
}
