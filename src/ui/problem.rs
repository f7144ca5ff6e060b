//! The face of an error of the console: what happened, why, what to do, and the details to hand on.

use super::{
    copy::CopyButton,
    icon::{Icon, IconRef, lucide},
};
use leptos::prelude::*;

/// What an error says to a person. Plain sentences, made by the caller.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProblemText {
    /// What happened: "This run was not found".
    pub title: String,
    /// More about it: `There is no run run_01J… in Metro Sales`.
    pub detail: String,
    /// Why, as far as known.
    pub cause: Option<String>,
    /// What to do.
    pub remedy: Option<String>,
    /// For those who look into it: status, code, address, time. Shown folded, copied whole.
    pub technical: Option<String>,
}

/// An error in place of what could not be shown. `children` are the ways on: retry, sign in, back.
#[component]
pub fn Problem(
    #[prop(into)] problem: Signal<ProblemText>,
    #[prop(optional)] icon: Option<IconRef>,
    /// In a part of a page rather than in place of all of it.
    #[prop(optional)]
    compact: bool,
    #[prop(optional)] children: Option<Children>,
) -> AnyView {
    let part = move |pick: fn(&ProblemText) -> Option<&String>| {
        problem.with(|problem| pick(problem).cloned())
    };
    view! {
        <section class=if compact { "problem problem--compact" } else { "problem" } role="alert">
            <span class="problem__icon"><Icon icon=icon.unwrap_or(lucide::LuTriangleAlert) large=true /></span>
            <div class="problem__text">
                <h2>{move || problem.with(|problem| problem.title.clone())}</h2>
                <p>{move || problem.with(|problem| problem.detail.clone())}</p>
                {move || part(|problem| problem.cause.as_ref()).map(|text| view! { <p class="problem__cause">{text}</p> })}
                {move || part(|problem| problem.remedy.as_ref()).map(|text| view! { <p class="problem__remedy">{text}</p> })}
                {children.map(|children| view! { <div class="problem__act">{children()}</div> })}
                {move || {
                    part(|problem| problem.technical.as_ref())
                        .map(|text| {
                            view! {
                                <details class="problem__details">
                                    <summary>"Details"</summary>
                                    <div>
                                        <pre tabindex="0">{text.clone()}</pre>
                                        <CopyButton text=text label="Copy the details" />
                                    </div>
                                </details>
                            }
                        })
                }}
            </div>
        </section>
    }
    .into_any()
}
