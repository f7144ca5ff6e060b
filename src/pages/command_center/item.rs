//! One run that needs a person: what it is about, why, since when, and the recommended move in place.

use super::{dismiss::Dismissing, held::Place};
use crate::{
    api::{ActionKey, Api, attention},
    moves::{
        Ask, Desk,
        decision::{Decision, DecisionForm},
        icon,
        why_line::WhyLine,
    },
    routes::{Page, Place as Where},
    state::{attention::Attention, session},
    ui::{
        button::{Button, ButtonKind},
        code::CodeWord,
        icon::{StatusGlyph, lucide},
        menu::{MenuButton, MenuItem},
        status::{Look, Tone},
        time::{Time, present},
        toast::{Toast, Toasts},
    },
};
use leptos::prelude::*;
use model::api::AttentionItem;
use model::{MoveKind, Timestamp, WaitKind};

const HOUR: u64 = 3_600_000;
/// How long an item can be put off.
const SNOOZES: [(&str, u64); 4] = [
    ("For 1 hour", HOUR),
    ("For 4 hours", 4 * HOUR),
    ("Until tomorrow", 24 * HOUR),
    ("For a week", 7 * 24 * HOUR),
];

#[component]
pub fn Item(place: Memo<Place>, #[prop(into)] on_done: Callback<String>) -> AnyView {
    let here = session::place();
    let row = Memo::new(move |_| place.with(|place| place.item.run.clone()));
    let look = Memo::new(move |_| row.with(|row| Look::from(row.status)));
    let why = Signal::derive(move || row.with(|row| row.why.clone()));
    let since = Signal::derive(move || place.with(|place| place.item.since));
    let class = move || {
        let (tone, gone) = (look.get().tone, place.with(|place| place.gone));
        format!(
            "item {}{}",
            tone.class(),
            if gone { " item--gone" } else { "" }
        )
    };
    let code = move || {
        row.with(|row| {
            row.failure
                .as_ref()
                .map(|failure| failure.code.as_str().to_owned())
        })
        .map(|code| view! { <CodeWord code tone=Tone::Fail /> })
    };
    let assigned = move || {
        place
            .with(|place| {
                place
                    .item
                    .assigned_to
                    .as_ref()
                    .map(|actor| actor.name.clone())
            })
            .map(|name| view! { <span>"Assigned to "{name}</span> })
    };
    let href = here.run(&row.get_untracked().id);
    let evidence = evidence(&here, &place.get_untracked().item);
    let dismissing = RwSignal::new(false);
    let reviewing = RwSignal::new(false);
    let form = move || {
        (reviewing.get() && !place.with(|place| place.gone)).then(|| {
            let decision = place.with_untracked(|place| decision(&place.item))?;
            let id = place.with_untracked(|place| place.item.id.clone());
            Some(view! {
                <div class="item__form">
                    <DecisionForm decision on_done=move || on_done.run(id.clone()) />
                </div>
            })
        })
    };
    view! {
        <li class=class>
            <StatusGlyph glyph=Signal::derive(move || look.get().glyph) />
            <div class="item__text">
                <p class="item__line">
                    <a class="item__title" href=href>{move || row.with(|row| row.title.clone())}</a>
                    <span class="item__from">{move || row.with(|row| row.workflow_name.clone())}</span>
                    {code}
                </p>
                <p class="item__why"><WhyLine why /></p>
                <p class="item__meta">
                    <span>{move || look.get().word}" since "<Time at=since /></span>
                    {move || row.with(|row| (row.attempt > 1).then(|| format!("Attempt {}", row.attempt)))}
                    {assigned}
                    <a class="stop__link" href=evidence.1>{evidence.0}</a>
                </p>
            </div>
            <div class="item__acts">
                <Recommended place reviewing on_done />
                <More place dismissing on_done />
            </div>
            {form}
            <Dismissing place open=dismissing on_done />
        </li>
    }
    .into_any()
}

/// The decision asked for, where the item is one.
fn decision(item: &AttentionItem) -> Option<Decision> {
    item.task
        .as_ref()
        .map(|task| Decision::of_task(task, &item.run))
}

/// Where the reason can be seen: the step's error, the form, the check.
fn evidence(here: &Where, item: &AttentionItem) -> (&'static str, String) {
    let row = &item.run;
    match (&row.step, row.failure.is_some(), row.wait_kind) {
        (Some(step), true, _) => ("See the error", here.run_step(&row.id, step, "error")),
        (Some(step), _, Some(WaitKind::HumanTask | WaitKind::Checkpoint)) => (
            "See what is asked",
            here.run_step(&row.id, step, "decision"),
        ),
        (Some(step), _, Some(WaitKind::Waitpoint)) => (
            "See the waitpoint",
            here.run_step(&row.id, step, "decision"),
        ),
        _ if row.status == model::RunStatus::Blocked => ("Open Health", here.link(&Page::Health)),
        _ => ("Open the run", here.run(&row.id)),
    }
}

/// The move that is recommended, as a button: a decision that needs nothing else is made at once, everything else shows
/// its form or plan first.
#[component]
fn Recommended(
    place: Memo<Place>,
    reviewing: RwSignal<bool>,
    #[prop(into)] on_done: Callback<String>,
) -> AnyView {
    let toasts = Toasts::get();
    let Some(desk) = Desk::get() else {
        return ().into_any();
    };
    let here = session::place();
    let access = session::access();
    let navigate = send_wrapper::SendWrapper::new(leptos_router::hooks::use_navigate());
    let busy = RwSignal::new(false);
    let kind = Memo::new(move |_| place.with(|place| place.item.run.primary_move));
    let asks_form = Memo::new(move |_| {
        place.with(|place| {
            place
                .item
                .task
                .as_ref()
                .is_some_and(|task| task.result_schema.is_some())
        })
    });
    let disabled = Signal::derive(move || {
        let access = access.get()?;
        access
            .allow_move(kind.get())
            .err()
            .map(|denied| denied.to_string())
    });
    let approve = move |decision: Decision, id: String| {
        let mut ask = decision.ask(MoveKind::Approve);
        ask.title.clone_from(&decision.title);
        let Some(wanted) = ask.to_move(None, None, None) else {
            return;
        };
        busy.set(true);
        leptos::task::spawn_local(async move {
            let answer = desk.make(&ask, &wanted, None, &ActionKey::fresh()).await;
            busy.try_set(false);
            match answer {
                Ok(_) => on_done.run(id),
                Err(error) => {
                    if let Some(toasts) = toasts {
                        toasts.push(Toast::failed(error.line()));
                    }
                }
            }
        });
    };
    let run = Callback::new(move |()| {
        let item = place.with_untracked(|place| place.item.clone());
        match (item.run.primary_move, decision(&item)) {
            (MoveKind::Approve, Some(_)) if asks_form.get_untracked() => reviewing.set(true),
            (MoveKind::Approve, Some(decision)) => approve(decision, item.id),
            (MoveKind::Complete | MoveKind::Approve | MoveKind::ContinueInChat, _) => {
                let (_, href) = evidence(&here, &item);
                navigate(&href, leptos_router::NavigateOptions::default());
            }
            (kind, _) => desk.ask(Ask::of_row(&item.run, kind)),
        }
    });
    let review = move || {
        (kind.get() == MoveKind::Approve && place.with(|place| place.item.task.is_some())).then(|| {
            view! {
                <Button small=true pressed=reviewing on_click=move || reviewing.update(|open| *open = !*open)>"Review"</Button>
            }
        })
    };
    let button = move || {
        let kind = kind.get();
        view! {
            <Button small=true icon=icon(kind) busy disabled on_click=run>
                {place.with(|place| place.item.run.label(kind))}
            </Button>
        }
    };
    view! { {review} {button} }.into_any()
}

/// Put off, put away, take over.
#[component]
fn More(
    place: Memo<Place>,
    dismissing: RwSignal<bool>,
    #[prop(into)] on_done: Callback<String>,
) -> AnyView {
    let api = Api::get();
    let here = session::place();
    let access = session::access();
    let toasts = Toasts::get();
    let say = move |toast: Toast| {
        if let Some(toasts) = toasts {
            toasts.push(toast);
        }
    };
    let attention_state = Attention::get();
    let snooze = move |until: Timestamp| {
        let (id, title) =
            place.with_untracked(|place| (place.item.id.clone(), place.item.run.title.clone()));
        leptos::task::spawn_local(async move {
            match attention::snooze(api, &id, until, &ActionKey::fresh()).await {
                Ok(()) => {
                    on_done.run(id);
                    say(Toast::done(format!("Put off: {title}")));
                }
                Err(error) => say(Toast::failed(error.line())),
            }
        });
    };
    let assign = move |nobody: bool| {
        let id = place.with_untracked(|place| place.item.id.clone());
        leptos::task::spawn_local(async move {
            match attention::assign(api, &id, nobody, &ActionKey::fresh()).await {
                Ok(()) => {
                    if let Some(attention) = attention_state {
                        attention.center.reload();
                    }
                }
                Err(error) => say(Toast::failed(error.line())),
            }
        });
    };
    let items = Signal::derive(move || {
        let denied = access
            .get()
            .and_then(|access| access.allow_move(MoveKind::Approve).err())
            .map(|denied| denied.to_string());
        let assigned = place.with(|place| place.item.assigned_to.is_some());
        let run = place.with(|place| place.item.run.id.clone());
        let mut items =
            vec![MenuItem::link("Open the run", here.run(&run)).icon(lucide::LuArrowRight)];
        items.push(if assigned {
            MenuItem::new("Take off the assignment", move || assign(true))
                .icon(lucide::LuUserMinus)
                .disabled(denied.clone())
        } else {
            MenuItem::new("Assign to me", move || assign(false))
                .icon(lucide::LuUserCheck)
                .disabled(denied.clone())
        });
        for (at, (label, ms)) in SNOOZES.into_iter().enumerate() {
            let mut item = MenuItem::new(format!("Snooze: {}", label.to_lowercase()), move || {
                snooze(present().plus_ms(ms));
            })
            .icon(lucide::LuAlarmClock)
            .disabled(denied.clone());
            if at == 0 {
                item = item.apart();
            }
            items.push(item);
        }
        items.push(
            MenuItem::new("Dismiss…", move || dismissing.set(true))
                .icon(lucide::LuArchive)
                .disabled(denied)
                .apart(),
        );
        items
    });
    view! { <MenuButton kind=ButtonKind::Quiet label="More for this run" icon=lucide::LuEllipsis items /> }.into_any()
}
