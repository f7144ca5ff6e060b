//! The dialog before a move: plan, options, reason, and "is the cause fixed?".

use super::{
    desk::{Ask, Desk},
    fixed::Fixed,
    options::{Options, OptionsForm},
    plan_view::PlanView,
    words::is_destructive,
};
use crate::{
    api::{ActionKey, Api, ApiError, ErrorFace, runs, wire},
    ui::{
        banner::Banner,
        button::{Button, ButtonKind},
        dialog::Dialog,
        field::TextArea,
        skeleton::Skeleton,
        status::Tone,
    },
};
use leptos::prelude::*;
use model::api::RunRow;
use model::{MoveKind, Plan};

#[component]
pub fn MoveDialog() -> AnyView {
    let Some(desk) = Desk::get() else {
        return ().into_any();
    };
    let open = RwSignal::new(false);
    Effect::new(move || open.set(desk.asked.with(Option::is_some)));
    Effect::new(move || {
        if !open.get() && desk.asked.with_untracked(Option::is_some) {
            desk.asked.set(None);
        }
    });
    let title = Signal::derive(move || {
        desk.asked.with(|ask| {
            ask.as_ref()
                .map(|ask| ask.label.clone())
                .unwrap_or_default()
        })
    });
    view! {
        <Dialog open title stays=true>
            {move || desk.asked.get().map(|ask| view! { <Inside desk ask open /> })}
        </Dialog>
    }
    .into_any()
}

/// What the dialog knows while it is open.
#[derive(Clone, Copy)]
struct State {
    ask: RwSignal<Ask>,
    plan: RwSignal<Option<Plan>>,
    error: RwSignal<Option<ApiError>>,
    busy: RwSignal<bool>,
    /// The run changed while the person decided; its state now.
    overtaken: RwSignal<bool>,
    key: RwSignal<ActionKey>,
    options: Options,
}

impl State {
    fn load_plan(self, api: Api) {
        let ask = self.ask.get_untracked();
        let Some(wanted) = self.options.to_move(&ask) else {
            return;
        };
        leptos::task::spawn_local(async move {
            match runs::plan(api, &ask.run, &wanted).await {
                Ok(plan) => drop(self.plan.try_set(Some(plan))),
                Err(error) => drop(self.error.try_set(Some(error))),
            }
        });
    }
}

#[component]
fn Inside(desk: Desk, ask: Ask, open: RwSignal<bool>) -> AnyView {
    let api = Api::get();
    let kind = ask.kind;
    let state = State {
        options: Options::new(&ask),
        ask: RwSignal::new(ask.clone()),
        plan: RwSignal::new(None),
        error: RwSignal::new(None),
        busy: RwSignal::new(false),
        overtaken: RwSignal::new(false),
        key: RwSignal::new(ActionKey::fresh()),
    };
    let reason = RwSignal::new(ask.comment.clone().unwrap_or_default());
    let fixed = RwSignal::new(String::new());
    // The plan follows the options; an edited input changes no plan.
    Effect::new(move || {
        state.options.step.track();
        state.options.timeout.track();
        state.error.set(None);
        state.load_plan(api);
    });

    let ask_fixed = Memo::new(move |_| {
        state
            .plan
            .with(|plan| plan.as_ref().is_some_and(|plan| plan.ask_fixed))
    });
    let ask_reason = Memo::new(move |_| {
        state.plan.with(|plan| {
            plan.as_ref()
                .map_or(is_destructive(kind), |plan| plan.ask_reason)
        })
    });
    let confirm_why_not = Signal::derive(move || {
        if state.plan.with(Option::is_none) {
            Some("The plan is being made.".to_owned())
        } else if ask_fixed.get() && fixed.with(String::is_empty) {
            Some("Say whether the cause is fixed.".to_owned())
        } else {
            state.options.problem()
        }
    });
    let confirm = move || {
        let mut ask = state.ask.get_untracked();
        let written = reason.with_untracked(|reason| reason.trim().to_owned());
        let reason = (!written.is_empty()).then_some(written);
        if matches!(kind, MoveKind::Reject | MoveKind::Skip) {
            ask.comment.clone_from(&reason);
        }
        let Some(wanted) = state.options.to_move(&ask) else {
            return;
        };
        state.busy.set(true);
        state.error.set(None);
        let key = state.key.get_untracked();
        leptos::task::spawn_local(async move {
            let answer = desk.make(&ask, &wanted, reason, &key).await;
            state.busy.try_set(false);
            match answer {
                Ok(_) => drop(open.try_set(false)),
                Err(error) if error.is_conflict() => overtaken(state, api, error),
                Err(error) => drop(state.error.try_set(Some(error))),
            }
        });
    };
    let label = move || state.ask.with(|ask| ask.label.clone());
    let button = if is_destructive(kind) {
        ButtonKind::Danger
    } else {
        ButtonKind::Primary
    };
    let error = state.error;
    view! {
        <div class="move">
            <p class="move__about">{ask.title.clone()}</p>
            <Show when=move || state.overtaken.get()>
                <Banner tone=Tone::Wait title="The run changed while you decided">
                    "Nothing was done. This is the plan as the run stands now."
                </Banner>
            </Show>
            <OptionsForm options=state.options ask=ask.clone() />
            {move || match (state.plan.get(), state.error.with(Option::is_some)) {
                (Some(plan), _) => view! { <PlanView plan /> }.into_any(),
                (None, true) => ().into_any(),
                (None, false) => view! { <Skeleton lines=4 /> }.into_any(),
            }}
            <ErrorFace error what="this move" compact=true />
            <Show when=move || ask_fixed.get()>
                <Fixed question="Is the cause fixed?" yes="Yes, it is fixed" answer=fixed />
            </Show>
            <Show when=move || ask_reason.get()>
                <TextArea label="Reason" value=reason rows=2 optional=true hint="Kept in the audit trail, for whoever asks later." />
            </Show>
            <div class="move__buttons">
                <Button on_click=move || open.set(false)>"Not now"</Button>
                <Button kind=button busy=state.busy disabled=confirm_why_not on_click=confirm>{label}</Button>
            </div>
        </div>
    }
    .into_any()
}

/// Somebody was faster: the plan is made again from what stands now, and the person decides again.
fn overtaken(state: State, api: Api, error: ApiError) {
    let current = match &error {
        ApiError::Problem(problem) => problem
            .current
            .as_ref()
            .and_then(|current| wire::read::<RunRow>(&current.to_string()).ok()),
        ApiError::Unreachable { .. } | ApiError::Unreadable { .. } => None,
    };
    match current {
        Some(row) => {
            state.ask.try_update(|ask| ask.seen = row.seq);
            state.key.try_set(ActionKey::fresh());
            state.overtaken.try_set(true);
            state.plan.try_set(None);
            state.load_plan(api);
        }
        None => drop(state.error.try_set(Some(error))),
    }
}
