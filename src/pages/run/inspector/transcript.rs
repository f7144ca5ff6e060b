//! What the step did, entry by entry; a live step is followed.

mod saying;

use crate::{
    api::{ApiError, ErrorFace},
    state::live_run::LiveRun,
    ui::{button::Button, empty::Empty, icon::lucide, skeleton::Skeleton, talk::entry},
};
use leptos::prelude::*;
use model::StepPath;
use model::api::TranscriptLine;

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
    fn load(self, live: LiveRun, path: &StepPath, after: u64) {
        self.loading.set(true);
        self.error.set(None);
        let wanted = live.transcript(path, after);
        leptos::task::spawn_local(async move {
            let answer = wanted.await;
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
            // As a rule they join on.
            let last = all.last().map_or(0, |line| line.seq);
            if lines.first().is_none_or(|first| first.seq > last)
                && lines.is_sorted_by_key(|line| line.seq)
            {
                return all.extend(lines);
            }
            let have: std::collections::BTreeSet<u64> = all.iter().map(|line| line.seq).collect();
            all.extend(lines.into_iter().filter(|line| !have.contains(&line.seq)));
            // Stable: the entries of one event keep their order.
            all.sort_by_key(|line| line.seq);
        });
    }
}

#[component]
pub fn Transcript(live: LiveRun, path: StepPath) -> AnyView {
    let lines = Lines {
        all: RwSignal::new(Vec::new()),
        next: RwSignal::new(None),
        loading: RwSignal::new(true),
        error: RwSignal::new(None),
    };
    lines.load(live, &path, 0);
    let step = StoredValue::new(path.clone());
    let saying = saying::listen(live, &path);
    let load = move |after: u64| step.with_value(|step| lines.load(live, step, after));
    live.on_events(move |events| {
        // Beyond a page that is not loaded yet, the page brings them.
        if lines.next.get_untracked().is_some() {
            return;
        }
        let new: Vec<TranscriptLine> = events
            .iter()
            .flat_map(|event| TranscriptLine::of(event, &path))
            .collect();
        if !new.is_empty() {
            saying.set(None);
            lines.add(new);
        }
    });
    let shown = RwSignal::new(AT_ONCE);
    // At a moment of the run: what had been noted by then. Lines are in the order of their events.
    let moment = live.moment();
    let count = Memo::new(move |_| {
        let until = moment.get().map_or(u64::MAX, |(seq, _)| seq);
        lines
            .all
            .with(|all| all.partition_point(|line| line.seq <= until))
    });
    let follows = Memo::new(move |_| {
        let until = moment.get().map_or(u64::MAX, |(seq, _)| seq);
        lines.next.get().filter(|next| *next < until)
    });
    let each = move || {
        lines.all.with(|all| {
            let mut before = None;
            let mut within = 0_u32;
            let mut last_seq = 0;
            all.iter()
                .take(shown.get().min(count.get()))
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
                text=if live.is_file() {
                    "This file holds the transcript of the step it is about, unless that was left out."
                } else {
                    "The step has noted nothing so far. Waits and steps that have not run leave no transcript."
                }
            />
        }
        .into_any(),
    }
    };
    view! {
        {body}
        <saying::Saying so_far=saying moment />
        <ErrorFace error=lines.error what="the transcript" compact=true retry=move || load(lines.next.get_untracked().unwrap_or(0)) />
        {move || (count.get() > shown.get()).then(|| view! {
            <Button small=true on_click=move || shown.update(|shown| *shown += AT_ONCE)>
                {move || format!("Show more ({} not shown)", count.get().saturating_sub(shown.get()))}
            </Button>
        })}
        {move || follows.get().map(|after| view! {
            <Button small=true busy=lines.loading on_click=move || load(after)>"Load what follows"</Button>
        })}
    }
    .into_any()
}
