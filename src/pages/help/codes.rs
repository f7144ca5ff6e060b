//! What the words mean: failure codes, statuses, reasons. Made from the model, so it is never behind.

use super::meaning::{of_block, of_queue, of_run, of_skip, of_step, of_wait};
use crate::{
    routes::{
        Page, Place,
        param::{Address, Step, param},
        with_query,
    },
    state::{
        session,
        title::{Title, name_screen},
    },
    ui::{
        card::Card,
        chip::Tag,
        code::CodeWord,
        empty::Empty,
        icon::lucide,
        page_head::PageHead,
        search::Search,
        status::{BadgeSize, Look, StatusBadge, Tone},
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use model::failure::Screen;
use model::{
    BlockedBy, FailureClass, FailureCode, QueuedReason, RunStatus, SkipReason, StepStatus, WaitKind,
};

/// A word with its meaning.
struct Word {
    /// The word on the wire, and the anchor.
    id: &'static str,
    shown: String,
    look: Option<Look>,
    meaning: &'static str,
}

impl Word {
    fn matches(&self, wanted: &str) -> bool {
        wanted.is_empty()
            || [self.id, &self.shown, self.meaning]
                .iter()
                .any(|text| text.to_lowercase().contains(wanted))
    }
}

#[component]
pub fn Codes() -> AnyView {
    name_screen(|| Title {
        text: "Help: codes and statuses".to_owned(),
        thing: Some("Codes and statuses".to_owned()),
    });
    let q = param("q");
    let address = Address::get();
    let on_input = move |text: String| address.set(&[("q", Some(text))], Step::Replace);
    let hash = use_location().hash;
    let aim = Memo::new(move |_| hash.get().trim_start_matches('#').to_owned());
    Effect::new(move || {
        let aim = aim.get();
        request_animation_frame(move || {
            if let Some(element) = document().get_element_by_id(&aim) {
                element.scroll_into_view();
            }
        });
    });
    let place = StoredValue::new(session::place());
    let found = Memo::new(move |_| {
        let wanted = q.get().trim().to_lowercase();
        FailureCode::ALL
            .iter()
            .copied()
            .filter(|code| {
                wanted.is_empty()
                    || [
                        code.as_str(),
                        code.meaning(),
                        code.remedy(),
                        code.class().shown(),
                    ]
                    .iter()
                    .any(|text| text.to_lowercase().contains(&wanted))
            })
            .collect::<Vec<_>>()
    });
    let codes = move || {
        let all = found.get();
        if all.is_empty() {
            return view! { <Empty icon=lucide::LuSearchX title="No code says that" /> }.into_any();
        }
        all.into_iter()
            .map(|code| place.with_value(|place| code_entry(code, place, aim)))
            .collect_view()
            .into_any()
    };
    view! {
        <PageHead
            title="Codes and statuses"
            text="What each failure code and status means, what to do, and the guide that says more."
            actions=move || {
                view! { <Search label="Search codes and statuses" value=q on_input=on_input.clone() keys="/" /> }.into_any()
            }
        />
        <nav class="help__jump" aria-label="On this page">
            <a href="#failure-codes" rel="external">"Failure codes"</a>
            <a href="#run-statuses" rel="external">"Run statuses"</a>
            <a href="#step-statuses" rel="external">"Step statuses"</a>
            <a href="#reasons" rel="external">"Reasons"</a>
        </nav>
        <div class="help">
            <div id="failure-codes"><Card title="Failure codes" flush=true><div class="help__codes">{codes}</div></Card></div>
            {words("run-statuses", "Run statuses", q, run_words)}
            {words("step-statuses", "Step statuses", q, step_words)}
            {words("reasons", "Why a run is queued, waits or is blocked, and why a step was skipped", q, reason_words)}
        </div>
    }
    .into_any()
}

fn code_entry(code: FailureCode, place: &Place, aim: Memo<String>) -> AnyView {
    let (tone, class_text) = match code.class() {
        FailureClass::Temporary => (Tone::Wait, "Temporary: retry, it may pass by itself"),
        FailureClass::FixFirst => (Tone::Fail, "Fix first: retry after the cause is gone"),
        FailureClass::Expected => (Tone::Idle, "Expected: somebody meant it"),
    };
    let moves: Vec<&str> = code.usual_moves().iter().map(|kind| kind.shown()).collect();
    let aimed = move || aim.with(|aim| aim == code.as_str());
    let runs = with_query(&place.link(&Page::Runs), &[("code", code.as_str())]);
    let guide = place.guide_of_code(code);
    view! {
        <article
            class="help__code"
            class:help__code--aimed=aimed
            id=code.as_str()
            aria-labelledby=format!("{}-title", code.as_str())
        >
            <h3 id=format!("{}-title", code.as_str())><CodeWord code=code.as_str() tone /></h3>
            <div class="help__said">
                <p class="help__meaning">{code.meaning()}</p>
                <p>{code.remedy()}</p>
                <p class="help__more">
                    <span>{class_text}</span>
                    <span>"Usually: "{moves.join(", ")}</span>
                    {owner(code.screen(), place)}
                    <a href=guide>"How to fix it"</a>
                    <a href=runs>"Runs with this code"</a>
                </p>
            </div>
        </article>
    }
    .into_any()
}

/// Where the cause is resolved, as a link where there is a screen of its own.
fn owner(screen: Screen, place: &Place) -> AnyView {
    let page = match screen {
        Screen::Health => Page::Health,
        Screen::Queues => Page::Queues,
        Screen::Waitpoints => Page::Waitpoints,
        Screen::Workflow => Page::Workflows,
        Screen::Run => Page::Runs,
        Screen::Policies | Screen::Budgets | Screen::Usage => return ().into_any(),
    };
    view! { <a href=place.link(&page)>"Look at "{screen.shown()}</a> }.into_any()
}

fn words(
    anchor: &'static str,
    title: &'static str,
    q: Memo<String>,
    all: fn() -> Vec<Word>,
) -> AnyView {
    let rows = move || {
        let wanted = q.get().trim().to_lowercase();
        let found: Vec<Word> = all()
            .into_iter()
            .filter(|word| word.matches(&wanted))
            .collect();
        if found.is_empty() {
            return view! { <p class="help__none">"Nothing here says that."</p> }.into_any();
        }
        let entries = found
            .into_iter()
            .map(|word| {
                let name = match word.look {
                    Some(look) => {
                        view! { <StatusBadge look word=word.shown size=BadgeSize::Medium /> }
                            .into_any()
                    }
                    None => view! { <Tag>{word.shown}</Tag> }.into_any(),
                };
                view! {
                    <div class="help__word" id=format!("{anchor}-{}", word.id)>
                        <dt>{name}</dt>
                        <dd>{word.meaning}</dd>
                    </div>
                }
            })
            .collect_view();
        view! { <dl class="help__words">{entries}</dl> }.into_any()
    };
    view! { <div id=anchor><Card title flush=true>{rows}</Card></div> }.into_any()
}

fn run_words() -> Vec<Word> {
    RunStatus::ALL
        .iter()
        .map(|status| Word {
            id: status.as_str(),
            shown: status.shown().to_owned(),
            look: Some((*status).into()),
            meaning: of_run(*status),
        })
        .collect()
}

fn step_words() -> Vec<Word> {
    StepStatus::ALL
        .iter()
        .map(|status| Word {
            id: status.as_str(),
            shown: status.shown().to_owned(),
            look: Some((*status).into()),
            meaning: of_step(*status),
        })
        .collect()
}

fn reason_words() -> Vec<Word> {
    let queued = QueuedReason::ALL
        .iter()
        .map(|r| (r.as_str(), "Queued", r.shown(), of_queue(*r)));
    let waits = WaitKind::ALL
        .iter()
        .map(|k| (k.as_str(), "Waiting", k.shown(), of_wait(*k)));
    let blocked = BlockedBy::ALL
        .iter()
        .map(|b| (b.as_str(), "Blocked", b.shown(), of_block(*b)));
    let skipped = SkipReason::ALL
        .iter()
        .map(|s| (s.as_str(), "Skipped", s.shown(), of_skip(*s)));
    queued
        .chain(waits)
        .chain(blocked)
        .chain(skipped)
        .map(|(id, group, shown, meaning)| Word {
            id,
            shown: format!("{group}: {}", shown.to_lowercase()),
            look: None,
            meaning,
        })
        .collect()
}
