//! One run: what stopped, why, the one next move; then every step, what it did, and the run's own record.

mod artifacts;
mod attempts;
mod audit;
mod canvas;
mod checkpoints;
mod context;
mod counts;
mod details;
mod events;
mod facts;
mod folds;
mod following;
mod header;
mod held;
mod hold;
mod inspector;
mod moment;
mod picture;
mod record;
mod replay;
mod select;
mod steps;
mod stop_guide;
mod stop_panel;
mod timeline;
mod values;

use crate::{
    api::{ErrorFace, face::StaleLine},
    state::{
        live_run::LiveRun,
        opened::OpenedFile,
        title::{Title, name_screen},
    },
    ui::{
        dom::after_paint,
        fmt,
        skeleton::{Skeleton, SkeletonBlock},
        time::Clock,
    },
};
pub use artifacts::Preview;
pub use canvas::Canvas;
use leptos::prelude::*;
use model::event::Artifact;
use model::{RunId, RunStatus};
pub use replay::Replay;
pub use select::Selection;
pub use timeline::Timeline;
pub use values::{Shown, value};

#[component]
pub fn Run(run: RunId) -> AnyView {
    let live = LiveRun::open(run);
    name(live, "Run");
    let loaded = live.is_loaded();
    let error = live.error();
    let retry = Callback::new(move |()| live.load());
    let failed = Memo::new(move |_| error.with(Option::is_some));
    let shown = move || {
        if loaded.get() {
            // An error that comes later stands above what is there and does not take it away.
            view! { <StaleLine error what="this run" retry /> <Whole live /> }.into_any()
        } else if failed.get() {
            view! { <h1 class="visually-hidden">"Run"</h1> <ErrorFace error what="this run" retry /> }.into_any()
        } else {
            view! { <Waiting /> }.into_any()
        }
    };
    shown.into_any()
}

/// The run in the report's file that the tab shows; nothing where the file does not hold one. Times are of when the file was
/// made: so the run stood then.
#[component]
pub fn RunOfFile() -> AnyView {
    let Some(opened) = OpenedFile::get() else {
        return ().into_any();
    };
    let file = Memo::new(move |_| opened.file());
    let shown = move || {
        let file = file.get()?;
        let view = file.view.clone()?;
        Clock::provide_still(file.bundle.made_at);
        let live = LiveRun::of_file(file, view);
        name(live, "Report file");
        Some(view! { <Whole live /> })
    };
    shown.into_any()
}

/// Names the screen by how the run stands; `before` until that is known.
fn name(live: LiveRun, before: &'static str) {
    let status = live.part_live(|run| Some(run.status));
    let title = live.part(|run| run.title.clone());
    name_screen(move || match status.get() {
        Some(status) => {
            let title = title.get();
            Title {
                text: format!("{} · {title}", status.shown()),
                thing: Some(title),
            }
        }
        None => Title {
            text: before.to_owned(),
            thing: Some("…".to_owned()),
        },
    });
}

/// Draws a part of the page of a run.
pub type DrawPart = fn(LiveRun, Selection) -> AnyView;

/// What is loaded once the answer stands on the page; from context.
#[derive(Clone, Copy)]
pub struct Draw {
    pub canvas: DrawPart,
    pub timeline: DrawPart,
    /// What steers Replay.
    pub replay: DrawPart,
    pub value: fn(Shown) -> AnyView,
    pub artifact: fn(RunId, Artifact) -> AnyView,
}

/// Events that Replay holds at most: some 700 bytes each.
const REPLAYED: u64 = 300_000;

/// Why the run cannot be replayed, if it cannot.
fn no_replay(live: LiveRun) -> Option<String> {
    let events = live.now_live(|run| run.seq).unwrap_or(0);
    if live.events_before() > 0 {
        Some("This file holds the end of the journal only; Replay needs all of it.".to_owned())
    } else if events > REPLAYED {
        Some(format!(
            "Replay holds up to {} events; this run has {}. The timeline and the events below show all of it.",
            fmt::count(REPLAYED),
            fmt::count(events)
        ))
    } else {
        None
    }
}

/// The answer is painted first: what stopped, why, the move, the steps. What takes longer to make comes a moment later.
#[component]
fn Whole(live: LiveRun) -> AnyView {
    let selection = Selection::new(live);
    let painted = after_paint();
    let real = Clock::get();
    // At a moment of the run the clock stands still for all that shows it; the record below is of the whole run.
    provide_context(live.clock(real));
    let draw = use_context::<Draw>();
    let replays =
        Memo::new(move |_| selection.at.with(|at| !at.is_empty()) && no_replay(live).is_none());
    let replay = move || {
        (replays.get() && painted.get()).then(|| draw.map(|draw| (draw.replay)(live, selection)))
    };
    let record = move || {
        provide_context(real);
        view! { <record::Record live selection /> }
    };
    view! {
        <article class="run">
            {move || replays.get().then(|| view! { <moment::MomentLine live selection /> })}
            <header::Header live selection />
            {(!live.is_file()).then(|| view! { <held::Held live /> })}
            <stop_panel::StopPanel live selection />
            <facts::RunFacts live />
            <div class="run__grid">
                <steps::Steps live selection />
                <div class="run__side">
                    {move || {
                        if painted.get() {
                            view! { <Side live selection /> }.into_any()
                        } else {
                            view! { <SkeletonBlock class="run__wait-canvas" /> }.into_any()
                        }
                    }}
                </div>
            </div>
            {move || painted.get().then(record)}
            {replay}
        </article>
    }
    .into_any()
}

/// The picture and the chosen step. A run that waits for a person shows the form before the picture. Decided once, when the
/// page opens: what a person looks at does not change places under them.
#[component]
fn Side(live: LiveRun, selection: Selection) -> AnyView {
    let form_first = live
        .now(|run| run.status == RunStatus::Waiting)
        .unwrap_or(false);
    let picture = view! { <picture::Picture live selection /> };
    let inspector = view! { <inspector::Inspector live selection /> };
    if form_first {
        view! { {inspector} {picture} }.into_any()
    } else {
        view! { {picture} {inspector} }.into_any()
    }
}

/// Keeps the places of a run that is on its way.
#[component]
fn Waiting() -> AnyView {
    view! {
        <div class="run">
            <SkeletonBlock class="run__wait-head" />
            <SkeletonBlock class="run__wait-panel" />
            <div class="run__grid">
                <Skeleton lines=6 rows=true />
                <SkeletonBlock class="run__wait-canvas" />
            </div>
        </div>
    }
    .into_any()
}
