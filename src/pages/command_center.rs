//! The Command Center: what needs a person, why, since when, and the move that is recommended.

mod dismiss;
mod held;
mod item;
mod section;

use crate::{
    routes::param::{Address, Step, param},
    state::{attention::Attention, title::name_list},
    ui::{
        empty::Empty,
        field::{Choice, Segmented},
        icon::lucide,
        skeleton::Skeleton,
        status::Tone,
    },
};
use leptos::prelude::*;
use model::api::{CommandCenter as Center, Section as Items};
use section::{Section, Words};

const RECENT: &str = "recent";
const UNRESOLVED: &str = "unresolved";

const DECIDE: Words = Words {
    name: "Needs decision",
    none: "No run waits for a decision.",
    tone: Tone::Wait,
    always: true,
};
const BLOCKED: Words = Words {
    name: "Blocked / needs setup",
    none: "Nothing outside holds a run.",
    tone: Tone::Block,
    always: false,
};
const FAILED: Words = Words {
    name: "Failed recently",
    none: "No run has failed in the last 24 hours.",
    tone: Tone::Fail,
    always: true,
};
const UNSETTLED: Words = Words {
    name: "Failed, unresolved",
    none: "Every failed run was retried, resolved or dismissed.",
    tone: Tone::Fail,
    always: true,
};
const DRAINING: Words = Words {
    name: "Stopping gracefully",
    none: "No run is stopping.",
    tone: Tone::Wait,
    always: false,
};
const RUNNING: Words = Words {
    name: "Running now",
    none: "Nothing is running.",
    tone: Tone::Run,
    always: false,
};

#[component]
pub fn CommandCenter() -> AnyView {
    name_list("Command Center");
    let Some(attention) = Attention::get() else {
        return ().into_any();
    };
    let address = Address::get();
    let wanted = param("failed");
    Effect::new(move || {
        let all = wanted.with(|wanted| wanted == UNRESOLVED);
        if attention.unresolved.get_untracked() != all {
            attention.unresolved.set(all);
        }
    });
    let which = Signal::derive(move || {
        if attention.unresolved.get() {
            UNRESOLVED
        } else {
            RECENT
        }
        .to_owned()
    });
    let choose = move |to: String| {
        let value = (to == UNRESOLVED).then_some(to);
        address.set(&[("failed", value)], Step::Push);
    };
    let body = attention.center.view(
        "the Command Center",
        || view! { <div class="center__list"><Skeleton lines=5 rows=true /></div> }.into_any(),
        // Built once: what changes is read by the sections themselves.
        move |_| ().into_any(),
    );
    let loaded = Memo::new(move |_| attention.center.data().is_some());
    let part = move |pick: fn(&Center) -> &Items| {
        Signal::derive(move || {
            attention
                .center
                .data()
                .map(|center| pick(&center).clone())
                .unwrap_or_default()
        })
    };
    let clear = Memo::new(move |_| {
        attention.center.data().is_some_and(|center| {
            center.needs_decision.count
                + center.blocked.count
                + center.failed.count
                + center.draining.count
                == 0
        })
    });
    let sections = move || {
        loaded.get().then(|| {
            view! {
                {move || clear.get().then(|| view! {
                    <div class="center__clear">
                        <Empty icon=lucide::LuCircleCheck title="Nothing needs you" text="No run waits, is blocked or has failed. What needs a person appears here by itself." />
                    </div>
                })}
                <Section words=Signal::stored(DECIDE) items=part(|center| &center.needs_decision) />
                <Section words=Signal::stored(BLOCKED) items=part(|center| &center.blocked) />
                <Section
                    words=Signal::derive(move || if attention.unresolved.get() { UNSETTLED } else { FAILED })
                    items=part(|center| &center.failed)
                />
                <Section words=Signal::stored(DRAINING) items=part(|center| &center.draining) />
                <Section words=Signal::stored(RUNNING) items=part(|center| &center.running) />
            }
        })
    };
    view! {
        <div class="center">
            <header class="center__head">
                <h1>"Command Center"</h1>
                <Segmented
                    label="Which failed runs"
                    value=which
                    choices=vec![Choice::new(RECENT, "Failed in 24 h"), Choice::new(UNRESOLVED, "Unresolved")]
                    on_change=choose
                />
            </header>
            {body}
            {sections}
        </div>
    }
    .into_any()
}
