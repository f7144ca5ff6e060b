//! One run as it happens: what the runtime folded so far, and every event since folded by the same function. Everything a
//! page shows of the run is read from here; nothing asks the runtime again because an event arrived.

mod early;
mod shown;

use super::seen::Seen;
use crate::{
    api::{
        Api, ApiError, Source,
        events::EventFilter,
        report_file::ReportFile,
        runs,
        stream::{About, Stream},
    },
    ui::{dom::next_frame, time::present},
};
use early::Early;
use engine::{Run, RunView, World};
use leptos::prelude::*;
use model::api::{EventPage, TranscriptPage};
use model::{Event, EventKind, RunId, StepPath};
use serde::Deserialize;
use std::sync::Arc;

/// Events asked for at once when some are missing.
const CHUNK: u64 = 1_000;
/// How long a frame may fold, in milliseconds, and after how many events it looks at the clock.
const LONGEST: u64 = 6;
const SLICE: usize = 32;

type Heard = Arc<dyn Fn(&[Event]) + Send + Sync>;

/// A run that is kept current for as long as its page stands.
#[derive(Clone, Copy)]
pub struct LiveRun {
    source: Source,
    /// What it keeps of the run for when the page is gone.
    seen: Option<Seen>,
    id: StoredValue<RunId>,
    run: RwSignal<Option<Run>>,
    /// The run as it was, while a moment of it is looked at instead.
    moment: RwSignal<Option<Run>>,
    world: RwSignal<World>,
    error: RwSignal<Option<ApiError>>,
    /// The stream position of the first answer.
    position: RwSignal<Option<u64>>,
    /// Events that arrived before the ones in front of them.
    early: StoredValue<Early>,
    /// Events in line wait for the next frame.
    folding: StoredValue<bool>,
    catching_up: StoredValue<bool>,
    heard: StoredValue<Vec<(u64, Heard)>>,
}

/// A message of a run: its next events, in order.
#[derive(Deserialize)]
struct Next {
    events: Vec<Event>,
}

impl LiveRun {
    fn of(id: RunId, source: Source) -> Self {
        Self {
            source,
            seen: Seen::get().filter(|_| !source.is_file()),
            id: StoredValue::new(id),
            run: RwSignal::new(None),
            moment: RwSignal::new(None),
            world: RwSignal::new(World::default()),
            error: RwSignal::new(None),
            position: RwSignal::new(None),
            early: StoredValue::new(Early::default()),
            folding: StoredValue::new(false),
            catching_up: StoredValue::new(false),
            heard: StoredValue::new(Vec::new()),
        }
    }

    /// Loads the run and follows it.
    pub fn open(id: RunId) -> Self {
        let live = Self::of(id.clone(), Source::Runtime(Api::get()));
        live.load();
        live.follow(&id);
        on_cleanup(move || live.leave());
        live
    }

    /// The run of a report's file: as it was when the file was made.
    pub fn of_file(file: Arc<ReportFile>, view: RunView) -> Self {
        let live = Self::of(view.run.id.clone(), Source::File(StoredValue::new(file)));
        live.begin(view);
        live
    }

    /// Whether it comes from a file: nothing can be done to it, and nothing more is known of it.
    pub const fn is_file(self) -> bool {
        self.source.is_file()
    }

    /// Loads the run anew; what is shown stays meanwhile.
    pub fn load(self) {
        let (Source::Runtime(api), Some(id)) = (self.source, self.id.try_get_value()) else {
            return;
        };
        leptos::task::spawn_local(async move {
            match runs::view(api, &id).await {
                Ok(view) => self.begin(view),
                Err(error) => drop(self.error.try_set(Some(error))),
            }
        });
    }

    /// What was seen is kept: a report can be made of it while the runtime does not answer.
    fn leave(self) {
        let (Some(seen), Some(Some(run))) = (self.seen, self.run.try_get_untracked()) else {
            return;
        };
        let world = self.world.try_get_untracked().unwrap_or_default();
        seen.run(run, world);
    }

    fn begin(self, view: RunView) {
        if self.world.try_set(view.world).is_some() {
            return;
        }
        self.error.set(None);
        if self.position.with_untracked(Option::is_none) {
            self.position.set(Some(view.position));
        }
        // A page that is further than the answer keeps what it has: only the world around the run is news.
        let newer = self
            .run
            .with_untracked(|run| run.as_ref().is_none_or(|run| run.seq < view.run.seq));
        if newer {
            self.run.set(Some(view.run));
        }
        self.take(Vec::new());
    }

    /// Listens from where the run was loaded; not before, for a stream of a run that does not exist is refused whole.
    fn follow(self, id: &RunId) {
        let Some(stream) = Stream::get() else {
            return;
        };
        let (owner, own) = (Owner::current(), id.clone());
        let listening = StoredValue::new(false);
        Effect::new(move || {
            let Some(position) = self.position.get() else {
                return;
            };
            if listening.get_value() {
                return;
            }
            listening.set_value(true);
            let own = own.clone();
            let listen = || {
                stream.listen(format!("run:{own}"), Some(position), move |messages| {
                    let mut events = Vec::new();
                    for message in messages {
                        if message.about == About::Run(own.clone())
                            && let Some(Next { events: new }) = message.read()
                        {
                            events.extend(new);
                        }
                    }
                    if !events.is_empty() {
                        self.take(events);
                    }
                });
            };
            match &owner {
                Some(owner) => owner.with(listen),
                None => listen(),
            }
        });
        Effect::new(move |before: Option<u64>| {
            let epoch = stream.epoch.get();
            if before.is_some_and(|before| before != epoch) {
                self.catch_up();
            }
            epoch
        });
    }

    /// Folds what follows without a gap, keeps the rest, and asks for what is missing.
    fn take(self, events: Vec<Event>) {
        self.early.try_update_value(|early| early.put(events));
        if self.folding.try_get_value() == Some(false) {
            self.fold();
        }
    }

    /// Folds as much of what is in line as a frame has room for; the rest in the next ones.
    fn fold(self) {
        let began = present();
        let mut ready = Vec::new();
        // `apply` is total: nothing in here can leave the signal half changed.
        let there = self.run.try_maybe_update(|run| {
            if let Some(run) = run {
                while present().since(began) < LONGEST {
                    let next = self
                        .early
                        .try_update_value(|early| early.take_next(run.seq, SLICE));
                    let next = next.unwrap_or_default();
                    if next.is_empty() {
                        break;
                    }
                    for event in &next {
                        engine::apply(run, event);
                    }
                    ready.extend(next);
                }
            }
            (!ready.is_empty(), run.is_some())
        });
        if there != Some(true) {
            return;
        }
        if !ready.is_empty() {
            let requeued = ready
                .iter()
                .any(|event| matches!(event.event, EventKind::RunQueued { .. }));
            if let Some(seen) = self.seen {
                seen.events(&self.id(), &ready);
            }
            for (_, hear) in self.heard.get_value() {
                hear(&ready);
            }
            if requeued {
                self.load();
            }
        }
        let Some(last) = self.in_line() else {
            return;
        };
        if self.now_live(|run| run.seq < last) == Some(true) {
            self.folding.set_value(true);
            next_frame(move || {
                if self.folding.try_set_value(false).is_none() {
                    self.fold();
                }
            });
        } else if self.early.with_value(|early| !early.is_empty()) {
            self.catch_up();
        }
    }

    /// Asks for the events after the last one in line.
    fn catch_up(self) {
        if self.catching_up.try_get_value() != Some(false) {
            return;
        }
        let Some(after) = self.in_line() else {
            return;
        };
        self.catching_up.set_value(true);
        let missing = self.events(&EventFilter::default(), after, CHUNK);
        leptos::task::spawn_local(async move {
            let answer = missing.await;
            if self.catching_up.try_set_value(false).is_some() {
                return;
            }
            match answer {
                Ok(page) => {
                    let more = page.next_after.is_some() && !page.items.is_empty();
                    self.take(page.items);
                    if more {
                        self.catch_up();
                    }
                }
                Err(error) => self.error.set(Some(error)),
            }
        });
    }

    /// The last event that is here with all before it, folded or about to be.
    fn in_line(self) -> Option<u64> {
        let folded = self.now_live(|run| run.seq)?;
        self.early
            .try_with_value(|early| early.last_in_line(folded))
    }

    /// Events after `after` that fit, at most `limit`.
    pub fn events(
        self,
        filter: &EventFilter,
        after: u64,
        limit: u64,
    ) -> impl Future<Output = Result<EventPage, ApiError>> + use<> {
        let id = self.id();
        let answer = self.source.events(&id, filter, after, limit);
        async move {
            let page = self.defined(answer.get().await?);
            if let Some(seen) = self.seen {
                seen.events(&id, &page.items);
            }
            Ok(page)
        }
    }

    /// As [`Self::events`], of all events, for who keeps them: what is read for Replay is no part of what the tab has seen.
    pub fn journal(self, after: u64) -> impl Future<Output = Result<EventPage, ApiError>> + use<> {
        let all = EventFilter::default();
        let answer = self.source.events(&self.id(), &all, after, CHUNK);
        async move { Ok(self.defined(answer.get().await?)) }
    }

    /// Gives the first event the steps that it was asked for without: the run's own.
    fn defined(self, mut page: EventPage) -> EventPage {
        for event in &mut page.items {
            if let EventKind::RunCreated(created) = &mut event.event
                && let Some(definition) = self.now_live(|run| Arc::clone(&run.definition))
            {
                created.definition = definition;
            }
        }
        page
    }

    /// How many of the first events are not to be had.
    pub fn events_before(self) -> u64 {
        self.source.events_before()
    }

    /// What a step did, after the event `after`.
    pub fn transcript(
        self,
        step: &StepPath,
        after: u64,
    ) -> impl Future<Output = Result<TranscriptPage, ApiError>> + use<> {
        let (id, step) = (self.id(), step.clone());
        let answer = self.source.transcript(&id, &step, after);
        async move {
            let page = answer.get().await?;
            if let Some(seen) = self.seen {
                seen.transcript(&id, &step, &page.items);
            }
            Ok(page)
        }
    }

    /// Hears every event as it is folded, in order, until the page is gone.
    pub fn on_events(self, hear: impl Fn(&[Event]) + Send + Sync + 'static) {
        let id = self.heard.try_update_value(|all| {
            let id = all.last().map_or(0, |(id, _)| id + 1);
            all.push((id, Arc::new(hear)));
            id
        });
        on_cleanup(move || {
            self.heard
                .try_update_value(|all| all.retain(|(own, _)| Some(*own) != id));
        });
    }

    /// The last error, where the run could not be loaded or is not current.
    pub fn error(self) -> Signal<Option<ApiError>> {
        self.error.into()
    }

    pub fn is_loaded(self) -> Memo<bool> {
        Memo::new(move |_| self.run.with(Option::is_some))
    }

    pub fn id(self) -> RunId {
        self.id.get_value()
    }
}
