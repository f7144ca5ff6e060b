//! What the step did, entry by entry; a live step is followed.

mod entry;

use crate::{
    api::{Api, ApiError, ErrorFace, runs},
    routes::with_query,
    state::live_run::LiveRun,
    ui::{button::Button, empty::Empty, icon::lucide, skeleton::Skeleton},
};
use entry::entry;
use leptos::prelude::*;
use model::api::{TranscriptLine, TranscriptPage};
use model::{EventKind, StepPath};

/// Entries shown at once; the rest on request.
const AT_ONCE: usize = 300;

#[derive(Clone, Copy)]
struct Lines {
    all: RwSignal<Vec<TranscriptLine>>,
    /// Where the next page begins; `None` when everything is here.
    next: RwSignal<Option<u64>>,
    loading: RwSignal<bool>,
    error: RwSignal<Option<ApiError>>,
}

impl Lines {
    fn load(self, api: Api, path: String, after: u64) {
        self.loading.set(true);
        self.error.set(None);
        leptos::task::spawn_local(async move {
            let answer: Result<TranscriptPage, ApiError> = api
                .load(&with_query(&path, &[("after", &after.to_string())]))
                .await;
            if self.loading.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(page) => {
                    self.next.set(page.next_after);
                    self.add(page.items);
                }
                Err(error) => self.error.set(Some(error)),
            }
        });
    }

    /// Puts lines in their order; those of an event that is here already are not taken twice.
    fn add(self, lines: Vec<TranscriptLine>) {
        self.all.update(|all| {
            let have: std::collections::BTreeSet<u64> = all.iter().map(|line| line.seq).collect();
            all.extend(lines.into_iter().filter(|line| !have.contains(&line.seq)));
            // Stable: the entries of one event keep their order.
            all.sort_by_key(|line| line.seq);
        });
    }
}

#[component]
pub fn Transcript(live: LiveRun, path: StepPath) -> AnyView {
    let api = Api::get();
    let lines = Lines {
        all: RwSignal::new(Vec::new()),
        next: RwSignal::new(None),
        loading: RwSignal::new(true),
        error: RwSignal::new(None),
    };
    let address = StoredValue::new(runs::step_part(&live.id(), &path, "/transcript"));
    lines.load(api, address.get_value(), 0);
    let own = path.clone();
    live.on_events(move |events| {
        // Beyond a page that is not loaded yet, the page brings them.
        if lines.next.get_untracked().is_some() {
            return;
        }
        let mut new = Vec::new();
        for event in events {
            if let EventKind::StepTranscript { key, entries } = &event.event
                && key.path == own
            {
                new.extend(entries.iter().map(|entry| TranscriptLine {
                    seq: event.seq,
                    at: event.at,
                    attempt: key.attempt,
                    try_no: key.try_no,
                    entry: entry.clone(),
                }));
            }
        }
        if !new.is_empty() {
            lines.add(new);
        }
    });
    let shown = RwSignal::new(AT_ONCE);
    let count = Memo::new(move |_| lines.all.with(Vec::len));
    let each = move || {
        lines.all.with(|all| {
            let mut before = None;
            let mut within = 0_u32;
            let mut last_seq = 0;
            all.iter()
                .take(shown.get())
                .map(|line| {
                    within = if line.seq == last_seq { within + 1 } else { 0 };
                    last_seq = line.seq;
                    let turn = (line.attempt, line.try_no);
                    let begins = before != Some(turn);
                    before = Some(turn);
                    ((line.seq, within), begins, line.clone())
                })
                .collect::<Vec<_>>()
        })
    };
    let one = move |(_, begins, line): ((u64, u32), bool, TranscriptLine)| {
        let (attempt, try_no) = (line.attempt, line.try_no);
        view! {
            {begins.then(|| view! { <li class="talk__try">{format!("Attempt {attempt}, try {try_no}")}</li> })}
            {entry(line)}
        }
    };
    // Once there are lines, loading more of them leaves the list alone.
    let face = Memo::new(move |_| match count.get() {
        0 => (
            false,
            lines.loading.get(),
            lines.error.with(Option::is_some),
        ),
        _ => (true, false, false),
    });
    let body = move || {
        match face.get() {
        (true, ..) => view! {
            <ol class="talk"><For each=each key=|(key, ..)| *key children=one /></ol>
        }
        .into_any(),
        (false, true, _) => view! { <Skeleton lines=5 /> }.into_any(),
        (false, false, true) => ().into_any(),
        (false, false, false) => view! {
            <Empty
                icon=lucide::LuMessagesSquare
                title="No transcript"
                text="The step has noted nothing so far. Waits and steps that have not run leave no transcript."
            />
        }
        .into_any(),
    }
    };
    view! {
        {body}
        <ErrorFace error=lines.error what="the transcript" compact=true retry=move || lines.load(api, address.get_value(), lines.next.get_untracked().unwrap_or(0)) />
        {move || (count.get() > shown.get()).then(|| view! {
            <Button small=true on_click=move || shown.update(|shown| *shown += AT_ONCE)>
                {move || format!("Show more ({} not shown)", count.get().saturating_sub(shown.get()))}
            </Button>
        })}
        {move || lines.next.get().map(|after| view! {
            <Button small=true busy=lines.loading on_click=move || lines.load(api, address.get_value(), after)>"Load what follows"</Button>
        })}
    }
    .into_any()
}
