//! Which two runs are compared.

use super::{Compared, of::Noun};
use crate::{
    state::session,
    ui::{
        fmt,
        status::{BadgeSize, RunBadge},
        time::Time,
    },
};
use engine::Run;
use leptos::prelude::*;
use std::sync::Arc;

#[component]
pub fn Head(compared: Signal<Option<Arc<Compared>>>) -> AnyView {
    let noun = Noun::get();
    view! {
        <div class="compare__head">
            <Side compared name=noun.this() pick=|compared| &compared.this.run />
            <Side compared name=noun.other() pick=|compared| &compared.other.run />
        </div>
    }
    .into_any()
}

#[component]
fn Side(
    compared: Signal<Option<Arc<Compared>>>,
    name: String,
    pick: fn(&Compared) -> &Run,
) -> AnyView {
    let place = session::place();
    let Some(first) = compared.get_untracked() else {
        return ().into_any();
    };
    let run = pick(&first);
    // These never change; the status does.
    let (href, title, id) = (place.run(&run.id), run.title.clone(), run.id.to_string());
    let of = format!("{} v{}", run.workflow.name, run.workflow.version);
    let attempt = (Noun::get() == Noun::ATTEMPT)
        .then(|| run.attempts.last())
        .flatten();
    let begun = attempt.map_or(run.created_at, |attempt| attempt.started_at);
    let how = if attempt.is_some() {
        "begun "
    } else {
        "created "
    };
    let attempt = attempt.map(|attempt| format!("Attempt {}", attempt.attempt));
    let before = run.status;
    let status = Memo::new(move |last: Option<&_>| {
        let now = compared.with(|compared| compared.as_ref().map(|all| pick(all).status));
        now.unwrap_or_else(|| last.copied().unwrap_or(before))
    });
    let label = name.clone();
    view! {
        <section class="compare__side" aria-label=label>
            <div class="compare__line">
                <span class="compare__name">{name}</span>
                <RunBadge status size=BadgeSize::Medium />
            </div>
            <a class="compare__title" href=href>{title}</a>
            <p class="compare__about">
                <span>{of}</span>
                <span class="mono">{fmt::short_id(&id)}</span>
                {attempt.map(|attempt| view! { <span>{attempt}</span> })}
                <span>{how}<Time at=begun /></span>
            </p>
        </section>
    }
    .into_any()
}
