//! The screens. Each is a part of the program that is loaded when it is first shown, so that a person who opens one run does
//! not wait for the rest (`docs/decisions/017-parts.md`). Without the feature `parts` all of it is one program.

use crate::{
    pages::{
        self,
        run::{Draw, Selection, Shown},
    },
    routes::{Area, Guide, Page, Section},
    state::live_run::LiveRun,
    ui::{
        button::{Button, ButtonKind},
        icon::lucide,
        problem::{Problem, ProblemText},
        skeleton::{Skeleton, SkeletonBlock},
    },
};
use leptos::prelude::*;
use model::event::Artifact;
use model::{BulkId, MissionId, ReportId, RunId, WorkflowId};
use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

/// A part of the program did not come.
#[derive(Debug)]
struct NotHere;

#[cfg(feature = "parts")]
impl From<wasm_split_helpers::SplitLoaderError> for NotHere {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

/// Each line: the part, what loads it, and the screen inside it. Screens of one part are loaded together: what several parts
/// share becomes a file of its own for each combination of them, so there are few parts.
macro_rules! screens {
    ($($part:ident, $load:ident: $show:ident($($id:ident: $type:ty),*) => $view:expr;)*) => {$(
        #[cfg_attr(feature = "parts", wasm_split_helpers::wasm_split($part, fallible, preload($load)))]
        #[cfg(feature = "parts")]
        fn $show($($id: $type),*) -> Result<AnyView, NotHere> {
            Ok($view.into_any())
        }

        #[cfg(not(feature = "parts"))]
        async fn $show($($id: $type),*) -> Result<AnyView, NotHere> {
            Ok($view.into_any())
        }

        #[cfg(not(feature = "parts"))]
        async fn $load() -> Result<(), NotHere> {
            Ok(())
        }
    )*};
}

screens! {
    rest, load_sign_in: sign_in() => view! { <pages::sign_in::SignIn /> };
    rest, load_file: file() => view! { <pages::file::File /> };
    run, load_run_of_file: run_of_file() => {
        provide_context(DRAW);
        view! { <pages::run::RunOfFile /> }
    };
    lists, load_command_center: command_center() => {
        set_timeout(expect_run, RESTED);
        view! { <pages::command_center::CommandCenter /> }
    };
    lists, load_runs: runs() => {
        set_timeout(expect_run, RESTED);
        view! { <pages::runs::Runs /> }
    };
    lists, load_bulk: bulk(job: BulkId) => view! { <pages::bulk::Bulk job /> };
    run, load_run: run(run: RunId) => {
        provide_context(DRAW);
        let page = view! { <pages::run::Run run /> };
        // Its own question is on the way; what it draws comes beside the answer.
        ahead(load_canvas());
        page
    };
    picture, load_canvas: canvas(live: LiveRun, selection: Selection) => view! { <pages::run::Canvas live selection /> };
    picture, load_timeline: timeline(live: LiveRun, selection: Selection) => view! { <pages::run::Timeline live selection /> };
    picture, load_replay: replay(live: LiveRun, selection: Selection) => view! { <pages::run::Replay live selection /> };
    picture, load_value: value(shown: Shown) => pages::run::value(shown);
    picture, load_artifact: artifact(run: RunId, artifact: Artifact) => view! { <pages::run::Preview run artifact /> };
    workflow, load_compare: compare(run: RunId, other: Option<RunId>) => view! { <pages::compare::Compare run other /> };
    rest, load_workflows: workflows() => view! { <pages::workflows::Workflows /> };
    workflow, load_workflow: workflow(workflow: WorkflowId) => view! { <pages::workflow::Workflow workflow /> };
    rest, load_missions: missions() => view! { <pages::missions::Missions /> };
    rest, load_mission: mission(mission: MissionId) => view! { <pages::mission::Mission mission /> };
    rest, load_health: health() => view! { <pages::health::Health /> };
    rest, load_queues: queues() => view! { <pages::queues::Queues /> };
    rest, load_help: help() => view! { <pages::help::Help /> };
    rest, load_guide: guide(guide: Guide) => view! { <pages::help::GuidePage guide /> };
    rest, load_codes: codes() => view! { <pages::help::Codes /> };
    rest, load_waitpoints: waitpoints() => view! { <pages::waitpoints::Waitpoints /> };
    rest, load_notifications: notifications() => view! { <pages::notifications::Notifications /> };
    rest, load_new_report: new_report(run: RunId) => view! { <pages::new_report::NewReport run /> };
    rest, load_reports: reports() => view! { <pages::reports::Reports /> };
    rest, load_report: report(report: ReportId) => view! { <pages::report::Report report /> };
    rest, load_audit: audit() => view! { <pages::audit::Audit /> };
    rest, load_settings: settings(section: Section) => view! { <pages::settings::Settings section /> };
}

type Loading = Pin<Box<dyn Future<Output = Result<(), NotHere>>>>;
type Showing = Pin<Box<dyn Future<Output = Result<AnyView, NotHere>>>>;

/// How a screen is loaded and shown.
struct Part {
    load: Box<dyn Fn() -> Loading>,
    show: Box<dyn Fn() -> Showing>,
}

impl Part {
    fn new<L, S>(load: fn() -> L, show: impl Fn() -> S + 'static) -> Self
    where
        L: Future + 'static,
        L::Output: IntoLoaded,
        S: Future<Output = Result<AnyView, NotHere>> + 'static,
    {
        Self {
            load: Box::new(move || {
                let loading = load();
                Box::pin(async move { loading.await.into_loaded() })
            }),
            show: Box::new(move || Box::pin(show())),
        }
    }
}

/// What loading a part answers with: [`NotHere`], or the error of the split program.
trait IntoLoaded {
    fn into_loaded(self) -> Result<(), NotHere>;
}

impl<E: Into<NotHere>> IntoLoaded for Result<(), E> {
    fn into_loaded(self) -> Result<(), NotHere> {
        self.map_err(Into::into)
    }
}

fn part(page: Option<Page>) -> Option<Part> {
    Some(match page? {
        Page::CommandCenter => Part::new(load_command_center, command_center),
        Page::Runs => Part::new(load_runs, runs),
        Page::Run(id) => Part::new(load_run, move || run(id.clone())),
        Page::Compare(id, other) => {
            Part::new(load_compare, move || compare(id.clone(), other.clone()))
        }
        Page::Bulk(id) => Part::new(load_bulk, move || bulk(id.clone())),
        Page::Workflows => Part::new(load_workflows, workflows),
        Page::Workflow(id) => Part::new(load_workflow, move || workflow(id.clone())),
        Page::Missions => Part::new(load_missions, missions),
        Page::Mission(id) => Part::new(load_mission, move || mission(id.clone())),
        Page::Health => Part::new(load_health, health),
        Page::Queues => Part::new(load_queues, queues),
        Page::Help => Part::new(load_help, help),
        Page::Guide(which) => Part::new(load_guide, move || guide(which)),
        Page::Codes => Part::new(load_codes, codes),
        Page::Waitpoints => Part::new(load_waitpoints, waitpoints),
        Page::Notifications => Part::new(load_notifications, notifications),
        Page::NewReport(id) => Part::new(load_new_report, move || new_report(id.clone())),
        Page::Reports => Part::new(load_reports, reports),
        Page::Report(id) => Part::new(load_report, move || report(id.clone())),
        Page::Audit => Part::new(load_audit, audit),
        Page::Settings(section) => Part::new(load_settings, move || settings(section)),
    })
}

/// Asks for the screen at this address before it is known who is signed in: its part comes meanwhile.
pub fn load_ahead() {
    let path = window().location().pathname().unwrap_or_default();
    if let Area::Inside(_, page) = Area::parse(&path)
        && let Some(part) = part(page)
    {
        ahead((part.load)());
    }
}

/// Loads a part that is about to be shown.
fn ahead<T>(loading: impl Future<Output = T> + 'static) {
    leptos::task::spawn_local(async move {
        // Whoever shows it asks again, and says what went wrong.
        drop(loading.await);
    });
}

/// By then a list stands, as a rule.
const RESTED: Duration = Duration::from_millis(600);

/// From a list one goes to a run: its screen is ready then.
fn expect_run() {
    ahead(load_run());
    ahead(load_canvas());
}

/// The screen of a page. Each is built anew when its address changes, so it may take its ids as they are.
pub fn screen(page: Option<Page>) -> AnyView {
    part(page).map_or_else(
        || view! { <pages::not_found::NotFound /> }.into_any(),
        when_here,
    )
}

/// The page that signs a person in.
pub fn sign_in_screen() -> AnyView {
    when_here(Part::new(load_sign_in, sign_in))
}

/// What a run's page draws is a part of its own: what stopped and why does not wait for it.
const DRAW: Draw = Draw {
    canvas: |live, selection| {
        let canvas = Part::new(load_canvas, move || canvas(live, selection));
        in_place(canvas, || {
            view! { <SkeletonBlock class="run__wait-canvas" /> }.into_any()
        })
    },
    timeline: |live, selection| {
        when_here(Part::new(load_timeline, move || timeline(live, selection)))
    },
    replay: |live, selection| when_here(Part::new(load_replay, move || replay(live, selection))),
    value: |shown| when_here(Part::new(load_value, move || value(shown.clone()))),
    artifact: |run, about| {
        when_here(Part::new(load_artifact, move || {
            artifact(run.clone(), about.clone())
        }))
    },
};

/// A report's file: what was written and attached, and below it the run's own page.
pub fn file_screen() -> AnyView {
    view! {
        <div class="file">
            {when_here(Part::new(load_file, file))}
            {when_here(Part::new(load_run_of_file, run_of_file))}
        </div>
    }
    .into_any()
}

#[derive(Clone, Copy, PartialEq)]
enum Standing {
    Loading,
    Here,
    Failed,
}

/// Shows a part once it is here; at once when it is already.
fn when_here(part: Part) -> AnyView {
    in_place(part, || view! { <Skeleton lines=8 rows=true /> }.into_any())
}

/// As [`when_here`]; `waiting` keeps its place.
fn in_place(part: Part, waiting: fn() -> AnyView) -> AnyView {
    let standing = RwSignal::new(Standing::Loading);
    let Part { load, show } = part;
    let load = Arc::new(send_wrapper::SendWrapper::new(load));
    let begin = move || {
        let mut loading = load();
        if let Some(done) = now(loading.as_mut()) {
            standing.set(stands(&done));
            return;
        }
        standing.set(Standing::Loading);
        leptos::task::spawn_local(async move {
            let done = loading.await;
            // A person may have gone elsewhere meanwhile.
            standing.try_set(stands(&done));
        });
    };
    begin();
    let retry = Callback::new(move |()| begin());
    let show = send_wrapper::SendWrapper::new(show);
    let shown = Memo::new(move |_| standing.get());
    let face = move || match shown.get() {
        Standing::Loading => waiting(),
        Standing::Here => match now(show().as_mut()) {
            Some(Ok(view)) => view,
            Some(Err(NotHere)) | None => view! { <Missing retry /> }.into_any(),
        },
        Standing::Failed => view! { <Missing retry /> }.into_any(),
    };
    face.into_any()
}

const fn stands(done: &Result<(), NotHere>) -> Standing {
    match done {
        Ok(()) => Standing::Here,
        Err(NotHere) => Standing::Failed,
    }
}

/// What a future has already.
fn now<T>(future: Pin<&mut (dyn Future<Output = T> + 'static)>) -> Option<T> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => None,
    }
}

#[component]
fn Missing(retry: Callback<()>) -> AnyView {
    let text = ProblemText {
        title: "This screen did not load".to_owned(),
        detail: "The server did not send the part of the console that shows it.".to_owned(),
        cause: Some(
            "The network was cut, or the console was updated since this page was loaded."
                .to_owned(),
        ),
        remedy: Some(
            "Try again. If it stays away, reload the page to get the new console.".to_owned(),
        ),
        technical: None,
    };
    view! {
        <Problem problem=text icon=lucide::LuUnplug>
            <Button kind=ButtonKind::Primary on_click=move || retry.run(())>"Try again"</Button>
            <Button on_click=move || drop(window().location().reload())>"Reload"</Button>
        </Problem>
    }
    .into_any()
}
