//! The step that is open: what it was given and what it left, in both runs.

use super::{
    Compared,
    differ::{Pair, apart},
    documents::values,
    steps::opened,
};
use crate::{
    api::{ErrorFace, Query, runs},
    routes::param::{Address, Step},
    state::session,
    ui::{
        button::Button, card::Panel, code::CodeWord, icon::lucide, skeleton::Skeleton, status::Tone,
    },
};
use engine::StepState;
use leptos::prelude::*;
use model::{Failure, RunId};
use serde_json::Value;
use std::sync::Arc;

#[component]
pub fn Opened(compared: Signal<Option<Arc<Compared>>>) -> AnyView {
    let open = opened(compared);
    // Built anew when the step moves on in either run: then its values are other ones too.
    let shown = move || {
        let pair = open.get()?;
        let all = compared.get_untracked()?;
        let (this, other) = all.runs();
        let this = pair.this.is_some().then(|| this.id.clone());
        let other = pair.other.is_some().then(|| other.id.clone());
        Some(view! { <OneStep pair this other /> })
    };
    shown.into_any()
}

#[component]
fn OneStep(
    pair: Pair,
    /// The runs that have the step.
    this: Option<RunId>,
    other: Option<RunId>,
) -> AnyView {
    let difference = apart(&pair);
    let Pair { path, name, .. } = pair;
    let place = session::place();
    let address = StoredValue::new(Address::get());
    let close = move || {
        address.with_value(|address| address.set(&[("step", None)], Step::Push));
    };
    let load = |run: &Option<RunId>| {
        let path = run.as_ref().map(|run| runs::step_part(run, &path, ""));
        Query::<StepState>::get(move || path.clone())
    };
    let (own, against) = (load(&this), load(&other));
    let href = |run: &Option<RunId>| run.as_ref().map(|run| place.run_step(run, &path, "output"));
    let links = (href(&this), href(&other));
    let title = name.clone();
    let head = move || {
        let (this, other) = links.clone();
        let link = |href: Option<String>, words: &'static str| {
            href.map(|href| view! { <a class="btn btn--s btn--quiet" href=href>{words}</a> })
        };
        view! {
            <h2 class="card__title">{title.clone()}</h2>
            <div class="card__aside">
                {link(this, "In this run")}
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
                let shown = values(what, own.and_then(of), against.and_then(of));
                view! { <section><h3>{name}</h3>{shown}</section> }
            };
        view! {
            {difference.clone().map(|difference| view! { <p class="compare__difference">{difference}</p> })}
            {failures(own, against)}
            {part("Output", "output", |step| step.output.as_ref())}
            {part("Input", "input", |step| step.input_override.as_ref().or(step.input.as_ref()))}
        }
        .into_any()
    };
    view! {
        <Panel label=format!("{name}, in both runs") head>
            <div class="card__body compare__step">{body}</div>
        </Panel>
    }
    .into_any()
}

/// What went wrong on either side.
fn failures(this: Option<&StepState>, other: Option<&StepState>) -> AnyView {
    let one = |name: &'static str, step: Option<&StepState>| {
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
    let (this, other) = (one("This run", this), one("Other run", other));
    if this.is_none() && other.is_none() {
        return ().into_any();
    }
    view! { <section><h3>"Failure"</h3>{this}{other}</section> }.into_any()
}
