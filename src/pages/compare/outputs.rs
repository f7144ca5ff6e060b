//! Which outputs differ: digests of both sides, asked for as soon as there is a step that both completed.

use super::of::Of;
use crate::{
    api::{ApiError, Query, face::again_when_online},
    ui::{banner::Banner, button::Button, status::Tone},
};
use engine::{Run, RunView, StepState};
use leptos::prelude::*;
use model::{StepStatus, Timestamp, api::Outputs};
use std::sync::Arc;

/// How far the comparison of outputs has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// There is nothing to compare, or it is compared.
    Done,
    Asked,
    Failed,
}

/// The digests of one side, and of the other one.
#[derive(Clone, Copy)]
pub struct Both {
    needed: Memo<bool>,
    this: Query<Outputs>,
    other: Query<Outputs>,
}

impl Both {
    pub fn get(sides: [&Of; 2], views: [Query<RunView>; 2]) -> Self {
        let [this, other] = views;
        let needed = Memo::new(move |_| {
            let views = this.data().zip(other.data());
            views.is_some_and(|(this, other)| needs(&this.run, &other.run))
        });
        let load = |of: &Of, view: Query<RunView>| {
            let path = of.outputs();
            let outputs = Query::get(move || needed.get().then(|| path.clone()));
            let left = Memo::new(move |_| view.data().map(|view| left(&view.run)));
            Effect::new(move |before: Option<Option<_>>| {
                let left = left.get();
                if before.flatten().is_some_and(|before| left != Some(before)) {
                    outputs.reload();
                }
                left
            });
            outputs
        };
        Self {
            needed,
            this: load(sides[0], this),
            other: load(sides[1], other),
        }
    }

    /// This side's and the other one's, once both are there.
    pub fn data(self) -> Option<(Arc<Outputs>, Arc<Outputs>)> {
        self.this.data().zip(self.other.data())
    }

    fn error(self) -> Option<ApiError> {
        self.this.error().or_else(|| self.other.error())
    }

    pub fn standing(self) -> Standing {
        if !self.needed.get() || self.data().is_some() {
            Standing::Done
        } else if self.error().is_some() {
            Standing::Failed
        } else {
            Standing::Asked
        }
    }

    /// Why the outputs are not compared, or not those of now. Nothing where they are.
    pub fn face(self) -> AnyView {
        let error = Signal::derive(move || self.error());
        let retry = Callback::new(move |()| {
            self.this.reload();
            self.other.reload();
        });
        again_when_online(error, Some(retry));
        let shown = move || {
            let why = error.get()?.face("which outputs differ").title;
            let (title, text) = if self.data().is_some() {
                (
                    "The outputs are compared as they were before",
                    "A step that went on since may stand here with its old output.",
                )
            } else {
                (
                    "The outputs are not compared",
                    "A row says how a step ended, not whether its output is the same.",
                )
            };
            let actions = move || {
                view! { <Button small=true on_click=move || retry.run(())>"Try again"</Button> }
                    .into_any()
            };
            let line = view! {
                <Banner tone=Tone::Wait title actions>{format!("{why}. {text}")}</Banner>
            };
            Some(line)
        };
        shown.into_any()
    }
}

/// Only a completed step has an output.
fn completed(run: &Run) -> impl Iterator<Item = &StepState> {
    let steps = run.steps.values().map(Arc::as_ref);
    steps.filter(|step| step.status == StepStatus::Completed)
}

/// Whether there is a step whose outputs can differ.
fn needs(this: &Run, other: &Run) -> bool {
    let mut here = completed(this);
    here.any(|step| {
        let there = other.step(&step.path);
        there.is_some_and(|step| step.status == StepStatus::Completed)
    })
}

/// Changes whenever a step of the run has a new output, or has one no more.
fn left(run: &Run) -> (usize, Option<Timestamp>) {
    let last = completed(run).filter_map(|step| step.ended_at).max();
    (completed(run).count(), last)
}
