//! The step that is open: what it was given and what it left, in both runs.

use super::{
    Compared,
    differ::{Output, Pair, apart},
    documents::values,
    of::{Noun, Of},
    steps::opened,
    talk,
    whole::Side,
};
use crate::{
    api::{ErrorFace, Query},
    routes::param::{Address, Step},
    state::session,
    ui::{
        button::Button, card::Panel, code::CodeWord, icon::lucide, skeleton::Skeleton, status::Tone,
    },
};
use engine::{Run, StepState};
use leptos::prelude::*;
use model::Failure;
use serde_json::Value;
use std::sync::Arc;

#[component]
pub fn Opened(compared: Signal<Option<Arc<Compared>>>) -> AnyView {
    let noun = Noun::get();
    let now = opened(compared);
    let difference = Memo::new(move |_| now.with(|pair| apart(pair.as_ref()?, noun)));
    // What a step left stays the same when it becomes known whether the other one left that too.
    let open = Memo::new(move |_| {
        let pair = now.get()?;
        Some(Pair {
            output: Output::Unknown,
            ..pair
        })
    });
    // Built anew when the step moves on in either run: then its values are other ones too.
    let shown = move || {
        let pair = open.get()?;
        let all = compared.get_untracked()?;
        let (this, other) = all.runs();
        let of = |run: &Run, attempt| Of {
            run: run.id.clone(),
            attempt,
        };
        let attempts = this.id == other.id;
        let this = pair
            .this
            .is_some()
            .then(|| of(this, attempts.then_some(this.attempt)));
        let other = pair
            .other
            .is_some()
            .then(|| of(other, attempts.then_some(other.attempt)));
        Some(view! { <OneStep pair difference this other /> })
    };
    shown.into_any()
}

#[component]
fn OneStep(
    pair: Pair,
    difference: Memo<Option<String>>,
    /// The runs that have the step.
    this: Option<Of>,
    other: Option<Of>,
) -> AnyView {
    let noun = Noun::get();
    let Pair { path, name, .. } = pair;
    let place = session::place();
    let address = StoredValue::new(Address::get());
    let close = move || {
        address.with_value(|address| address.set(&[("step", None)], Step::Push));
    };
    let load = |of: &Option<Of>| {
        let path = of.as_ref().map(|of| of.step(&path));
        Query::<StepState>::get(move || path.clone())
    };
    let (own, against) = (load(&this), load(&other));
    let href = |of: &Option<Of>| {
        of.as_ref()
            .map(|of| place.run_step(&of.run, &path, "output"))
    };
    // The page of a run shows it as it is now: of an earlier attempt there is none.
    let links = if noun == Noun::ATTEMPT {
        (href(&this), None)
    } else {
        (href(&this), href(&other))
    };
    let sides = StoredValue::new((this.clone(), other.clone()));
    let title = name.clone();
    let head = move || {
        let (this, other) = links.clone();
        let link = |href: Option<String>, words: &'static str| {
            href.map(|href| view! { <a class="btn btn--s btn--quiet" href=href>{words}</a> })
        };
        view! {
            <h2 class="card__title">{title.clone()}</h2>
            <div class="card__aside">
                {link(this, if noun == Noun::ATTEMPT { "In the run" } else { "In this run" })}
                {link(other, "In the other run")}
                <Button small=true icon=lucide::LuX label="Close this step" on_click=close />
            </div>
        }
        .into_any()
    };
    let error = Signal::derive(move || own.error().or_else(|| against.error()));
    let retry = Callback::new(move |()| {
        own.reload();
        against.reload();
    });
    let (here, there) = (this.is_some(), other.is_some());
    let body = move || {
        let (own, against) = (own.data(), against.data());
        if (here && own.is_none()) || (there && against.is_none()) {
            return if error.with(Option::is_some) {
                view! { <ErrorFace error what="this step" retry compact=true /> }.into_any()
            } else {
                view! { <Skeleton lines=5 /> }.into_any()
            };
        }
        let (own, against) = (own.as_deref(), against.as_deref());
        let part =
            |name: &'static str, what: &'static str, of: fn(&StepState) -> Option<&Value>| {
                let side = |at: &Option<Of>, step: Option<&StepState>| {
                    let whole = at.as_ref().zip(step);
                    Side::new(
                        step.and_then(of),
                        whole.map(|(at, step)| at.whole(&step.path, what)),
                    )
                };
                let shown = sides.with_value(|(this, other)| {
                    values(what, side(this, own), side(other, against), noun)
                });
                view! { <section><h3>{name}</h3>{shown}</section> }
            };
        view! {
            {move || difference.get().map(|difference| view! { <p class="compare__difference">{difference}</p> })}
            {failures(own, against, noun)}
            {sides.with_value(|(this, other)| talk::of(this.as_ref().zip(own), other.as_ref().zip(against)))}
            {part("Output", "output", |step| step.output.as_ref())}
            {part("Input", "input", |step| step.input_override.as_ref().or(step.input.as_ref()))}
        }
        .into_any()
    };
    view! {
        <Panel label=format!("{name}, in both {}s", noun.0) head>
            <div class="card__body compare__step">{body}</div>
        </Panel>
    }
    .into_any()
}

/// What went wrong on either side.
fn failures(this: Option<&StepState>, other: Option<&StepState>, noun: Noun) -> AnyView {
    let one = |name: String, step: Option<&StepState>| {
        let failure: &Failure = step?.failure.as_ref()?;
        let (code, message) = (failure.code.as_str(), failure.message.clone());
        Some(view! {
            <p class="compare__failure">
                <span class="compare__name">{name}</span>
                <CodeWord code tone=Tone::Fail />
                <span>{message}</span>
            </p>
        })
    };
    let (this, other) = (one(noun.this(), this), one(noun.other(), other));
    if this.is_none() && other.is_none() {
        return ().into_any();
    }
    view! { <section><h3>"Failure"</h3>{this}{other}</section> }.into_any()
}
