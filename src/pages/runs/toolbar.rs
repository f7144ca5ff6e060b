//! The filters to choose from.

use super::filter::{Filters, SPANS, write};
use crate::{
    api::{Query, workflows},
    routes::{
        param::{Address, Step},
        with_query,
    },
    ui::{
        field::{Checkbox, Choice, InlineSelect, TextField},
        icon::{Icon, StatusGlyph, lucide},
        popover::Popover,
        search::Search,
        status::Look,
    },
};
use leptos::{html, prelude::*};
use model::api::{Page, QueueRow, WorkflowRow};
use model::run::Trigger;
use model::{FailureCode, RunStatus};

#[component]
pub fn Toolbar(filters: Memo<Filters>, node: NodeRef<html::Input>) -> AnyView {
    let address = StoredValue::new(Address::get());
    let set = move |name: &'static str, value: Option<String>, step: Step| {
        address.with_value(|address| address.set(&[(name, value)], step));
    };
    let list = move |name: &'static str| {
        Callback::new(move |now: Vec<String>| set(name, write(&now, String::as_str), Step::Push))
    };
    let statuses = Signal::stored(
        RunStatus::ALL
            .iter()
            .map(|status| (status.as_str().to_owned(), status.shown().to_owned()))
            .collect::<Vec<_>>(),
    );
    let codes = Signal::stored(
        FailureCode::ALL
            .iter()
            .map(|code| (code.as_str().to_owned(), code.as_str().to_owned()))
            .collect::<Vec<_>>(),
    );
    let triggers = Signal::stored(
        Trigger::ALL
            .iter()
            .map(|trigger| (trigger.as_str().to_owned(), sentence_case(trigger.shown())))
            .collect::<Vec<_>>(),
    );
    let all_workflows =
        Query::<Page<WorkflowRow>>::get(|| Some(with_query(workflows::LIST, &[("limit", "100")])));
    let workflows = Signal::derive(move || {
        all_workflows
            .data()
            .map(|page| {
                page.items
                    .iter()
                    .map(|row| (row.id.to_string(), row.name.clone()))
                    .collect()
            })
            .unwrap_or_default()
    });
    let all_queues = Query::<Page<QueueRow>>::get(|| Some("/v1/queues".to_owned()));
    let queues = Signal::derive(move || {
        all_queues
            .data()
            .map(|page| {
                page.items
                    .iter()
                    .map(|row| (row.name.clone(), row.name.clone()))
                    .collect()
            })
            .unwrap_or_default()
    });
    let spans: Vec<Choice> = std::iter::once(Choice::new("", "Any time"))
        .chain(
            SPANS
                .iter()
                .map(|(word, shown, _)| Choice::new(*word, *shown)),
        )
        .collect();
    let time = Signal::derive(move || filters.with(|filters| filters.time.clone()));
    view! {
        <div class="runs__tools" role="search" aria-label="Filters">
            <Search
                label="Search runs"
                value=Signal::derive(move || filters.with(|filters| filters.q.clone()))
                on_input=move |text: String| set("q", Some(text), Step::Replace)
                keys="/"
                node_ref=node
            />
            <Several
                name="Status"
                choices=statuses
                chosen=Signal::derive(move || filters.with(|filters| words(&filters.status, |status| status.as_str())))
                on_change=list("status")
            />
            <Several
                name="Workflow"
                choices=workflows
                chosen=Signal::derive(move || filters.with(|filters| filters.workflow.clone()))
                on_change=list("workflow")
            />
            <Several
                name="Failure code"
                choices=codes
                chosen=Signal::derive(move || filters.with(|filters| words(&filters.code, |code| code.as_str())))
                on_change=list("code")
            />
            <Several
                name="Queue"
                choices=queues
                chosen=Signal::derive(move || filters.with(|filters| filters.queue.clone()))
                on_change=list("queue")
            />
            <Several
                name="Trigger"
                choices=triggers
                chosen=Signal::derive(move || filters.with(|filters| words(&filters.trigger, |trigger| trigger.as_str())))
                on_change=list("trigger")
            />
            <InlineSelect label="Time" value=time choices=Signal::stored(spans) on_change=move |to: String| set("time", Some(to), Step::Push) />
            <More filters />
        </div>
    }
    .into_any()
}

fn words<T>(all: &[T], word: impl Fn(&T) -> &'static str) -> Vec<String> {
    all.iter().map(|one| word(one).to_owned()).collect()
}

/// "started by hand" → "Started by hand".
fn sentence_case(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// Any of several.
#[component]
fn Several(
    name: &'static str,
    /// The word in the address and the words on the page.
    choices: Signal<Vec<(String, String)>>,
    chosen: Signal<Vec<String>>,
    #[prop(into)] on_change: Callback<Vec<String>>,
) -> AnyView {
    let count = move || match chosen.with(Vec::len) {
        0 => None,
        n => Some(view! { <span class="several__count">{n}</span> }),
    };
    let turn = move |word: &str, on: bool| {
        let mut now = chosen.get_untracked();
        now.retain(|own| own != word);
        if on {
            now.push(word.to_owned());
        }
        on_change.run(now);
    };
    let glyph = move |word: &str| {
        let status = (name == "Status")
            .then(|| RunStatus::parse(word))
            .flatten()?;
        let look = Look::from(status);
        Some(
            view! { <span class=format!("several__glyph {}", look.tone.class())><StatusGlyph glyph=look.glyph /></span> },
        )
    };
    let one = move |(word, label): (String, String)| {
        let (own, sent) = (word.clone(), word.clone());
        let is = Memo::new(move |_| chosen.with(|chosen| chosen.contains(&own)));
        view! {
            <li class="several__one">
                <Checkbox label=label checked=is on_change=move |on| turn(&sent, on) />
                {glyph(&word)}
            </li>
        }
    };
    view! {
        <Popover
            label=name
            button_class="btn btn--s several__button"
            trigger=move || view! { {name} {count} <Icon icon=lucide::LuChevronDown /> }
        >
            <ul class="several">
                <For each=move || choices.get() key=|(word, _)| word.clone() children=one />
                {move || choices.with(Vec::is_empty).then(|| view! { <li class="dim">"There is none yet."</li> })}
            </ul>
        </Popover>
    }
    .into_any()
}

/// The filters that are typed.
#[component]
fn More(filters: Memo<Filters>) -> AnyView {
    let address = StoredValue::new(Address::get());
    let set = move |name: &'static str, value: Option<String>, step: Step| {
        address.with_value(|address| address.set(&[(name, value)], step));
    };
    view! {
        <Popover
            label="More filters"
            button_class="btn btn--s several__button"
            trigger=|| view! { "More" <Icon icon=lucide::LuChevronDown /> }
        >
            {move || {
                let (who, label) = filters.with_untracked(|filters| (RwSignal::new(filters.who.clone()), RwSignal::new(filters.label.clone())));
                Effect::new(move |before: Option<()>| {
                    let (who, label) = (who.get(), label.get());
                    if before.is_some() {
                        address.with_value(|address| address.set(&[("who", Some(who)), ("label", Some(label))], Step::Replace));
                    }
                });
                view! {
                    <div class="several several--form">
                        <TextField label="Who started it" value=who placeholder="A name" />
                        <TextField label="Label" value=label placeholder="key or key:value" mono=true />
                        <Checkbox
                            label="Only unresolved"
                            checked=Signal::derive(move || filters.with(|filters| filters.unresolved))
                            on_change=move |on: bool| set("unresolved", on.then(|| "true".to_owned()), Step::Push)
                            hint="Failed, interrupted, blocked or waiting, and nobody has settled it."
                        />
                    </div>
                }
            }}
        </Popover>
    }
    .into_any()
}
