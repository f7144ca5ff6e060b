//! Two runs beside each other: where they part, what tells them apart, and what each step did in both.

mod before;
mod differ;
mod documents;
mod facts;
mod head;
mod of;
mod outputs;
mod parting;
mod picker;
mod step;
mod steps;
mod talk;
mod whole;

use crate::{
    api::{ErrorFace, Query, face::StaleLine, runs},
    routes::param::param,
    state::{
        follow::follow_runs,
        session,
        title::{Title, name_screen},
    },
    ui::{
        banner::Banner,
        button::{Button, LinkButton},
        dialog::Dialog,
        empty::Empty,
        icon::lucide,
        page_head::PageHead,
        skeleton::{Skeleton, SkeletonBlock},
        status::Tone,
    },
};
use differ::Pair;
use engine::{Run, RunView};
use leptos::prelude::*;
use model::{RunId, api::Outputs};
use of::{Noun, Of};
use outputs::Both;
use picker::Picker;
use std::sync::Arc;

/// Both runs, and what was found by laying them beside each other.
#[derive(PartialEq)]
struct Compared {
    this: Arc<RunView>,
    other: Arc<RunView>,
    pairs: Vec<Pair>,
    /// The index of the step at which they part, and of the first whose output differs.
    first: Option<usize>,
    first_output: Option<usize>,
}

impl Compared {
    /// `outputs` are the digests of both, where they are known.
    fn new(
        this: Arc<RunView>,
        other: Arc<RunView>,
        outputs: Option<(Arc<Outputs>, Arc<Outputs>)>,
    ) -> Self {
        let mut pairs = differ::pairs(&this.run, &other.run);
        if let Some((own, against)) = outputs {
            differ::note_outputs(&mut pairs, &own, &against);
        }
        let first = |is| differ::first(&this.run, &other.run, &pairs, is);
        let (parting, output) = (first(Pair::diverges), first(Pair::output_differs));
        Self {
            this,
            other,
            pairs,
            first: parting,
            first_output: output,
        }
    }

    fn runs(&self) -> (&Run, &Run) {
        (&self.this.run, &self.other.run)
    }
}

#[component]
pub fn Compare(run: RunId, other: Option<RunId>) -> AnyView {
    match other {
        None => view! { <before::Before run /> }.into_any(),
        Some(other) if other == run => view! { <Itself run /> }.into_any(),
        Some(other) => {
            let of = |run| Of { run, attempt: None };
            view! { <Two this=of(run) other=of(other) /> }.into_any()
        }
    }
}

/// One run on both sides: two of its attempts, where the address names them.
#[component]
fn Itself(run: RunId) -> AnyView {
    let (this, other) = (param("attempt"), param("with"));
    let number = |text: String| text.parse::<u32>().ok();
    let attempts = Memo::new(move |_| number(this.get()).zip(number(other.get())));
    let shown = move || match attempts.get() {
        Some((this, other)) if this != other => {
            let of = |attempt| Of {
                run: run.clone(),
                attempt: Some(attempt),
            };
            provide_context(Noun::ATTEMPT);
            view! { <Two this=of(this) other=of(other) /> }.into_any()
        }
        _ => view! { <Same run=run.clone() /> }.into_any(),
    };
    shown.into_any()
}

/// The address names one run twice.
#[component]
fn Same(run: RunId) -> AnyView {
    let path = runs::part(&run, "");
    let query = Query::<RunView>::get(move || Some(path.clone()));
    name(Signal::derive(move || query.data()));
    let show = move |view: Arc<RunView>| {
        view! {
            <Empty icon=lucide::LuGitCompareArrows title="Both are the same run" text="Choose another run of its workflow to compare it with." />
            <Picker workflow=view.run.workflow.id.clone() run=view.run.id.clone() other=None />
        }
        .into_any()
    };
    view! {
        <div class="compare">
            <PageHead title="Compare runs" />
            {query.view("this run", || view! { <Skeleton lines=6 rows=true /> }.into_any(), show)}
        </div>
    }
    .into_any()
}

#[component]
fn Two(this: Of, other: Of) -> AnyView {
    let place = session::place();
    let swapped = match (this.attempt, other.attempt) {
        (Some(one), Some(two)) => place.compare_attempts(&this.run, two, one),
        _ => place.compare(&other.run, &this.run),
    };
    let (own, against) = (this.view(), other.view());
    let (left, right) = (this.clone(), other.clone());
    let (run, other) = (this.run, other.run);
    let this = Query::<RunView>::get(move || Some(own.clone()));
    let that = Query::<RunView>::get(move || Some(against.clone()));
    let outputs = Both::get([&left, &right], [this, that]);
    follow_runs(move || {
        for query in [this, that] {
            // Any run of the project may have changed; one that has ended seldom is it.
            if untrack(|| query.data()).is_some_and(|view| !view.run.status.is_terminal()) {
                query.reload();
            }
        }
    });
    name(Signal::derive(move || this.data()));
    let compared = Memo::new(move |_| {
        let outputs = outputs.data();
        Some(Arc::new(Compared::new(this.data()?, that.data()?, outputs)))
    });
    let there = Memo::new(move |_| compared.with(Option::is_some));
    let workflow = Memo::new(move |_| this.data().map(|view| view.run.workflow.id.clone()));
    let choosing = RwSignal::new(false);
    let failed = move |query: Query<RunView>| {
        Memo::new(move |_| query.data().is_none() && query.error().is_some())
    };
    let (this_failed, that_failed) = (failed(this), failed(that));
    let this_error = Signal::derive(move || this.error());
    let that_error = Signal::derive(move || that.error());
    let again = Callback::new(move |()| this.reload());
    let that_again = Callback::new(move |()| that.reload());
    let body = move || {
        if there.get() {
            view! {
                <StaleLine error=this_error what="this run" retry=again />
                <StaleLine error=that_error what="the other run" retry=that_again />
                <Whole compared=Signal::derive(move || compared.get()) outputs />
            }
            .into_any()
        } else if this_failed.get() {
            view! { <ErrorFace error=this_error what="this run" retry=again /> }.into_any()
        } else if that_failed.get() {
            view! { <ErrorFace error=that_error what="the other run" retry=that_again /> }
                .into_any()
        } else {
            view! {
                <SkeletonBlock class="compare__wait" />
                <Skeleton lines=8 rows=true />
            }
            .into_any()
        }
    };
    let actions = move || {
        let why = move || {
            workflow
                .with(Option::is_none)
                .then(|| "The run's workflow is not known yet.".to_owned())
        };
        view! {
            <LinkButton href=swapped.clone() icon=lucide::LuArrowLeftRight>"Swap"</LinkButton>
            <Button icon=lucide::LuSearch disabled=Signal::derive(why) on_click=move || choosing.set(true)>"Choose another run"</Button>
        }
        .into_any()
    };
    let (run, other) = (StoredValue::new(run), StoredValue::new(other));
    view! {
        <div class="compare">
            <PageHead title="Compare runs" actions />
            {body}
        </div>
        <Dialog open=choosing title="Compare with another run">
            {move || workflow.get().map(|workflow| view! { <Picker workflow run=run.get_value() other=Some(other.get_value()) /> })}
        </Dialog>
    }
    .into_any()
}

/// Names the screen by the run it is about.
fn name(view: Signal<Option<Arc<RunView>>>) {
    let title = Memo::new(move |_| {
        view.with(|view| {
            view.as_ref()
                .map_or_else(|| "…".to_owned(), |view| view.run.title.clone())
        })
    });
    name_screen(move || Title {
        text: format!("Compare · {}", title.get()),
        thing: Some(title.get()),
    });
}

/// What is shown of both, once both are there; built once and kept current.
#[component]
fn Whole(compared: Signal<Option<Arc<Compared>>>, outputs: Both) -> AnyView {
    let foreign = Memo::new(move |_| {
        compared.with(|compared| {
            let (this, other) = compared.as_ref()?.runs();
            (this.workflow.id != other.workflow.id)
                .then(|| (this.workflow.name.clone(), other.workflow.name.clone()))
        })
    });
    view! {
        <head::Head compared />
        {move || foreign.get().map(|(this, other)| view! {
            <Banner tone=Tone::Wait title="Runs of two workflows">
                {format!("This run is of {this}, the other of {other}. Steps with the same id stand beside each other.")}
            </Banner>
        })}
        <parting::Parting compared />
        <facts::Facts compared />
        <steps::Steps compared outputs />
        <step::Opened compared />
        <documents::Documents compared />
    }
    .into_any()
}
