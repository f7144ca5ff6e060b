//! The run's name and its moves: one button for the move that fits, the others in its menu.

use super::{details::copy_details, following::Following, select::Selection};
use crate::{
    moves::{
        Ask, Desk,
        buttons::{MoveButtons, keys},
    },
    routes::Page,
    state::{
        keys::{Command, offer},
        live_run::LiveRun,
        session,
    },
    ui::{button::LinkButton, chip::Tag, dom, icon::lucide, menu::MenuItem},
};
use leptos::prelude::*;
use model::event::Wait;
use model::{MoveKind, MoveState, StepPath};

#[component]
pub fn Header(live: LiveRun, selection: Selection) -> AnyView {
    let acts = (!live.is_file()).then(|| view! { <Acts live selection /> });
    let title = live.part(|run| run.title.clone());
    let about = live.part(|run| {
        run.about
            .as_ref()
            .and_then(|about| about.label.clone())
            .unwrap_or_default()
    });
    let workflow = live.pick(|run| run.workflow.clone());
    let here = session::here();
    let of_workflow = move || {
        workflow.get().map(|workflow| {
            let words = format!("{} v{}", workflow.name, workflow.version);
            match &here {
                Some(place) => {
                    let href = place.workflow(&workflow.id);
                    view! { <a class="run__workflow" href=href>{words}</a> }.into_any()
                }
                None => view! { <span>{words}</span> }.into_any(),
            }
        })
    };
    let subtitle = move || {
        let (about, title) = (about.get(), title.get());
        (!about.is_empty() && !title.contains(&about)).then_some(about)
    };
    let mock = live.part(|run| run.mock);
    view! {
        <header class="run__head">
            <div class="run__names">
                <h1>{move || title.get()}</h1>
                <p class="run__sub">
                    {move || subtitle().map(|text| view! { <span>{text}</span> })}
                    {of_workflow}
                    {move || mock.get().then(|| view! {
                        <span data-tip="Answers of models in this run were played from the workflow's scripts. No model was called and nothing was spent." tabindex="0">
                            <Tag>"Mock Mode"</Tag>
                        </span>
                    })}
                </p>
            </div>
            {acts}
        </header>
    }
    .into_any()
}

/// What can be done: Report this Run, the moves, and what the page itself offers.
#[component]
fn Acts(live: LiveRun, selection: Selection) -> AnyView {
    let report = session::place().link(&Page::NewReport(live.id()));
    let place = session::place();
    let compare = place.compare_completed(&live.id());
    let attempts = live.part_live(|run| run.attempt);
    let previous = move || {
        let attempt = attempts.get();
        (attempt > 1).then(|| place.compare_attempts(&live.id(), attempt, attempt - 1))
    };
    let moves = live.moves(session::access());
    let on_move = Callback::new(move |kind| begin(live, selection, &moves.get_untracked(), kind));
    let watch = Following::open(live);
    let extra = Signal::derive(move || {
        let mut items = vec![
            MenuItem::new("Tell me when this changes", move || watch.toggle())
                .icon(lucide::LuBellPlus)
                .checked(watch.on()),
            MenuItem::new("Copy run details", move || {
                copy_details(live, selection.toasts);
            })
            .icon(lucide::LuClipboardCopy),
            MenuItem::link("Compare with the last completed run", compare.clone())
                .icon(lucide::LuGitCompareArrows),
        ];
        items.extend(previous().map(|href| {
            MenuItem::link("Compare with the previous attempt", href)
                .icon(lucide::LuGitCompareArrows)
        }));
        items
    });
    offer(move || {
        let mut commands: Vec<Command> = moves
            .get()
            .into_iter()
            .filter(|state| {
                state.kind != MoveKind::Report && (state.legal || keys(state.kind).is_some())
            })
            .map(|state| {
                let kind = state.kind;
                let mut command = Command::new("This run", state.label, move || on_move.run(kind))
                    .disabled(state.reason);
                if let Some(keys) = keys(kind) {
                    command = command.keys(keys);
                }
                command
            })
            .collect();
        commands.push(Command::new("This run", "Copy run details", move || {
            copy_details(live, selection.toasts);
        }));
        commands
    });
    view! {
        <div class="run__acts">
            <LinkButton href=report icon=lucide::LuFlag>"Report this Run"</LinkButton>
            <MoveButtons moves on_move extra />
        </div>
    }
    .into_any()
}

/// Starts a move: with its dialog, or at the form where it needs more than a dialog asks.
pub fn begin(live: LiveRun, selection: Selection, moves: &[MoveState], kind: MoveKind) {
    let Some(state) = moves
        .iter()
        .find(|state| state.kind == kind)
        .filter(|state| state.legal)
    else {
        return;
    };
    match kind {
        MoveKind::Approve | MoveKind::Complete | MoveKind::ContinueInChat => {
            let chosen = selection
                .step
                .get_untracked()
                .filter(|step| state.steps.contains(step));
            let Some(step) = chosen.or_else(|| state.steps.first().cloned()) else {
                return;
            };
            selection.back_to_live();
            let talks = kind == MoveKind::ContinueInChat;
            selection.choose_tab(&step, if talks { "transcript" } else { "decision" });
            show_form();
        }
        MoveKind::Reject | MoveKind::Skip | MoveKind::ForceTimeout => {
            let chosen = selection
                .step
                .get_untracked()
                .filter(|step| state.steps.contains(step));
            let Some(step) = chosen.or_else(|| state.steps.first().cloned()) else {
                return;
            };
            ask(selection.desk, live, state, kind, vec![step]);
        }
        MoveKind::RetryFromStep => {
            // The step that is looked at comes first.
            let mut steps = state.steps.clone();
            if let Some(at) = selection
                .step
                .get_untracked()
                .and_then(|now| steps.iter().position(|step| *step == now))
            {
                let chosen = steps.remove(at);
                steps.insert(0, chosen);
            }
            ask(selection.desk, live, state, kind, steps);
        }
        MoveKind::Retry
        | MoveKind::Resume
        | MoveKind::Pause
        | MoveKind::StopGracefully
        | MoveKind::Cancel
        | MoveKind::RunAgain => ask(selection.desk, live, state, kind, Vec::new()),
        MoveKind::Report => {}
    }
}

fn ask(desk: Option<Desk>, live: LiveRun, state: &MoveState, kind: MoveKind, steps: Vec<StepPath>) {
    let Some(desk) = desk else { return };
    let ask = live.now_live(|run| {
        let mut ask = Ask::new(run.id.clone(), run.title.clone(), run.seq, kind);
        ask.label.clone_from(&state.label);
        if let Some(wait) = steps
            .first()
            .and_then(|step| run.steps.get(step))
            .and_then(|step| step.wait.as_ref())
        {
            match wait {
                Wait::HumanTask { task, .. } => ask.task = Some(task.clone()),
                Wait::Waitpoint { token, .. } => ask.token = Some(token.clone()),
                Wait::Timer { .. } | Wait::ChildRun { .. } | Wait::Chat { .. } => {}
            }
        }
        ask.steps = steps
            .into_iter()
            .map(|step| (step.clone(), run.step_name(&step)))
            .collect();
        ask
    });
    if let Some(ask) = ask {
        desk.ask(ask);
    }
}

/// Brings the form of the selected step into view and puts the focus on its first control.
fn show_form() {
    request_animation_frame(|| {
        request_animation_frame(|| {
            let Some(form) = document()
                .query_selector(".inspector .decision")
                .ok()
                .flatten()
            else {
                return;
            };
            form.scroll_into_view_with_bool(true);
            if let Some(first) = dom::all(&form, "input, textarea, select, button.btn").first() {
                let _ = first.focus();
            }
        });
    });
}
