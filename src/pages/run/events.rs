//! The journal: every event, filtered, followed live. Only what is in view is loaded and drawn.

mod journal;
pub(super) mod words;

use crate::{
    api::{
        Api, ErrorFace,
        events::{EventFilter, journal_file},
    },
    routes::param::{Address, Step, param},
    state::live_run::LiveRun,
    ui::{
        button::{Button, LinkButton},
        empty::Empty,
        field::{Choice, InlineSelect},
        fmt,
        icon::{StatusGlyph, lucide},
        json_view::JsonView,
        search::Search,
        time::Time,
        virtual_list::{ListHandle, ListRole, RowKey, VirtualList},
    },
};
use journal::Journal;
use leptos::prelude::*;
use model::{Event, StepPath, Timestamp};
use std::sync::Arc;

const ROW: u32 = 30;

/// The kinds of events a person looks for, with the words of the journal behind each.
const KINDS: [(&str, &str, &str); 7] = [
    (
        "failures",
        "Failures",
        "step_failed,step_retrying,run_failed,run_interrupted",
    ),
    (
        "steps",
        "Steps",
        "step_started,step_completed,step_failed,step_retrying,step_cancelled,steps_skipped,step_waiting",
    ),
    (
        "run",
        "Run status",
        "run_created,run_queued,run_dequeued,attempt_started,run_paused,run_resumed,run_blocked,run_unblocked,run_draining,run_interrupted,run_completed,run_failed,run_cancelled,run_rejected,run_expired",
    ),
    ("decisions", "Decisions", "step_waiting,step_decided"),
    ("transcript", "Transcript", "step_transcript"),
    ("loops", "Loops", "items_listed,iteration_started"),
    ("artifacts", "Artifacts", "artifact_written"),
];

/// The events of a run, or of one step of it.
#[component]
pub fn Events(live: LiveRun, #[prop(optional)] step: Option<StepPath>) -> AnyView {
    let address = StoredValue::new(Address::get());
    let whole_run = step.is_none();
    let (kind, text, wanted_step) = (param("events"), param("find"), param("of"));
    let chosen = param("event");
    let filter = Memo::new(move |_| EventFilter {
        types: KINDS
            .iter()
            .find(|(key, ..)| kind.with(|kind| kind == key))
            .map(|(.., types)| (*types).to_owned())
            .unwrap_or_default(),
        step: step.clone().or_else(|| {
            wanted_step.with(|path| (!path.is_empty()).then(|| StepPath::from(path.as_str())))
        }),
        text: text.get(),
    });
    let journal = Journal::open(live, filter);
    let handle = ListHandle::new();
    let set = move |name: &'static str, value: String| {
        address.with_value(|address| address.set(&[(name, Some(value))], Step::Replace));
    };

    let kinds: Vec<Choice> = std::iter::once(Choice::new("", "All kinds"))
        .chain(
            KINDS
                .iter()
                .map(|(key, label, _)| Choice::new(*key, *label)),
        )
        .collect();
    let step_count = live.part_live(|run| run.order.len());
    let steps = Memo::new(move |_| {
        step_count.get();
        let all = live.now_live(|run| {
            run.order
                .iter()
                .take(500)
                .map(|path| Choice::new(path.as_str(), run.step_name(path)))
                .collect::<Vec<_>>()
        });
        std::iter::once(Choice::new("", "All steps"))
            .chain(all.unwrap_or_default())
            .collect::<Vec<_>>()
    });
    let jump = move || {
        if let Some(seq) = journal.first_failure.get_untracked()
            && let Some(index) = journal.index_of(seq)
        {
            handle.go(index);
            set("event", seq.to_string());
        }
    };
    let download = (whole_run && !live.is_file()).then(|| {
        let id = live.id();
        (journal_file(Api::get(), &id), format!("{id}.ndjson"))
    });
    let tools = move || {
        view! {
            <div class="events__tools">
                <Search label="Find in events" value=text on_input=move |now| set("find", now) />
                <InlineSelect label="Kind of event" value=kind choices=Signal::stored(kinds.clone()) on_change=move |now| set("events", now) />
                {whole_run
                    .then(|| {
                        view! { <InlineSelect label="Step" value=wanted_step choices=steps on_change=move |now| set("of", now) /> }
                    })}
                <span class="events__count">{move || journal.words()}</span>
                {move || journal.first_failure.get().map(|_| view! {
                    <Button small=true icon=lucide::LuTriangleAlert on_click=jump>"To the failure"</Button>
                })}
                <Button
                    small=true
                    icon=lucide::LuArrowDownToLine
                    pressed=handle.following
                    on_click=move || if handle.following.get_untracked() { handle.following.set(false) } else { handle.follow() }
                >
                    "Follow"
                </Button>
                {download.clone().map(|(href, name)| view! {
                    <LinkButton small=true icon=lucide::LuDownload href download=name>"Journal"</LinkButton>
                })}
            </div>
        }
    };
    let moment = live.moment();
    let row = move |index: Signal<usize>| {
        let event = Memo::new(move |_| journal.at(index.get()).map(Shown));
        let shown = move || match event.get() {
            Some(Shown(event)) => view! { <EventRow live moment event /> }.into_any(),
            None => view! {
                <div class="event event--wait"><span role="img" aria-label="Loading"></span></div>
            }
            .into_any(),
        };
        shown.into_any()
    };
    let on_open = move |index: usize| {
        if let Some(event) = untrack(|| journal.at(index)) {
            set("event", event.seq.to_string());
        }
    };
    let empty = Memo::new(move |_| {
        journal.rows.get() == 0 && !journal.loading.get() && journal.error.with(Option::is_none)
    });
    let list = move || {
        if empty.get() {
            let (title, text) = match (filter.with(EventFilter::is_all), live.is_file()) {
                (false, _) => ("No event fits the filter", None),
                (true, false) => ("No events yet", Some("Events appear here as they happen.")),
                (true, true) => ("No events", Some("The journal was left out of this file.")),
            };
            view! { <Empty icon=lucide::LuList title=title text=text.map(str::to_owned) /> }
                .into_any()
        } else {
            view! {
                <div class="events__list" style:height=move || format!("{}px", journal.rows.get().clamp(4, 16) as u32 * ROW)>
                    <VirtualList
                        label="Events"
                        rows=journal.rows
                        row_height=ROW
                        row=row
                        key=move |index: usize| RowKey::of(journal.key(index))
                        role=ListRole::Listbox
                        handle
                        on_open
                    />
                </div>
            }
            .into_any()
        }
    };
    let detail = move || {
        let seq = chosen.with(|chosen| chosen.parse::<u64>().ok())?;
        let event = journal.by_seq(seq)?;
        let replay = move || set("at", seq.to_string());
        Some(
            view! { <Detail live event on_replay=replay on_close=move || set("event", String::new()) /> },
        )
    };
    view! {
        <div class="events">
            {tools()}
            <ErrorFace error=journal.error what="the events" compact=true retry=move || journal.retry() />
            {list}
            {detail}
        </div>
    }
    .into_any()
}

/// Events are compared by their number: what stands in the journal never changes.
#[derive(Clone)]
struct Shown(Arc<Event>);

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        self.0.seq == other.0.seq
    }
}

#[component]
fn EventRow(live: LiveRun, moment: Memo<Option<(u64, Timestamp)>>, event: Arc<Event>) -> AnyView {
    let said = live.now_live(|run| words::of(run, &event));
    let said = said.unwrap_or_default();
    let who = event.actor.as_ref().map(|actor| actor.name.clone());
    let seq = event.seq;
    let after = Memo::new(move |_| moment.get().is_some_and(|(shown, _)| seq > shown));
    view! {
        <div class=format!("event {}", said.look.tone.class()) class=("event--after", move || after.get())>
            <span class="event__seq">{fmt::count(event.seq)}</span>
            <span class="event__at"><Time at=event.at /></span>
            <StatusGlyph glyph=said.look.glyph />
            <span class="event__what clip">
                <b>{said.what}</b>
                {move || after.get().then(|| view! { <span class="visually-hidden">", after the moment shown"</span> })}
                {said.more.map(|more| view! { <span class="event__more">" "{more}</span> })}
            </span>
            <span class="event__who clip">{who}</span>
        </div>
    }
    .into_any()
}

/// The chosen event, whole.
#[component]
fn Detail(
    live: LiveRun,
    event: Arc<Event>,
    #[prop(into)] on_replay: Callback<()>,
    #[prop(into)] on_close: Callback<()>,
) -> AnyView {
    // By way of text: that is how events are searched already.
    let text = serde_json::to_string(&*event).unwrap_or_default();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let title = format!("Event {} · {}", fmt::count(event.seq), event.event.name());
    let label = title.clone();
    view! {
        <section class="events__detail" aria-label=label>
            <header class="events__detail-head">
                <h3>{title}</h3>
                <Button small=true icon=lucide::LuHistory disabled=Signal::stored(super::no_replay(live)) on_click=on_replay>"Show the run then"</Button>
                <Button small=true kind=crate::ui::button::ButtonKind::Quiet icon=lucide::LuX label="Close the event" on_click=on_close />
            </header>
            <JsonView label="The event as it is kept" value=Arc::new(value) levels=3 />
        </section>
    }
    .into_any()
}
