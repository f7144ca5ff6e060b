//! What can be chosen with a move: the step to start from, another input, how long to wait.

use super::desk::Ask;
use crate::{
    api::{Api, runs},
    ui::{
        field::{Choice, Select, TextArea, TextField, TextKind},
        fmt,
    },
};
use leptos::prelude::*;
use model::{Move, MoveKind, StepPath};
use serde_json::Value;

/// How long steps in flight may take in a graceful stop, when nothing else is said.
const DRAIN_S: u64 = 300;

#[derive(Clone, Copy)]
pub struct Options {
    pub step: RwSignal<String>,
    /// Seconds, as typed.
    pub timeout: RwSignal<String>,
    /// JSON, as typed.
    input: RwSignal<String>,
    edited: RwSignal<bool>,
}

impl Options {
    pub fn new(ask: &Ask) -> Self {
        let first = ask
            .steps
            .first()
            .map(|(path, _)| path.as_str().to_owned())
            .unwrap_or_default();
        Self {
            step: RwSignal::new(first),
            timeout: RwSignal::new(DRAIN_S.to_string()),
            input: RwSignal::new(String::new()),
            edited: RwSignal::new(false),
        }
    }

    /// What is wrong with what was typed.
    pub fn problem(self) -> Option<String> {
        if self.timeout.with(|text| seconds(text).is_none()) {
            return Some("Give the time in whole seconds.".to_owned());
        }
        let bad = self.edited.get()
            && self
                .input
                .with(|text| serde_json::from_str::<Value>(text).is_err());
        bad.then(|| "The input is not JSON.".to_owned())
    }

    pub fn to_move(self, ask: &Ask) -> Option<Move> {
        let step = StepPath::from(self.step.with_untracked(String::clone).as_str());
        let input = self
            .edited
            .get_untracked()
            .then(|| {
                self.input
                    .with_untracked(|text| serde_json::from_str(text).ok())
            })
            .flatten();
        ask.to_move(
            Some(&step),
            input,
            self.timeout.with_untracked(|text| seconds(text)),
        )
    }
}

fn seconds(text: &str) -> Option<u64> {
    text.trim()
        .parse()
        .ok()
        .filter(|seconds| (1..=86_400).contains(seconds))
}

#[component]
pub fn OptionsForm(options: Options, ask: Ask) -> AnyView {
    match ask.kind {
        MoveKind::RetryFromStep => view! { <FromStep options ask /> }.into_any(),
        MoveKind::RunAgain => view! { <OtherInput options ask /> }.into_any(),
        MoveKind::StopGracefully => {
            let error = Signal::derive(move || {
                options
                    .timeout
                    .with(|text| seconds(text).is_none())
                    .then(|| "Whole seconds, up to a day.".to_owned())
            });
            view! {
                <TextField
                    label="Steps in flight may take, in seconds"
                    value=options.timeout
                    kind=TextKind::Number
                    hint="Those that take longer are cancelled, and the run fails with DRAIN_TIMEOUT."
                    error
                />
            }
            .into_any()
        }
        MoveKind::Retry
        | MoveKind::Resume
        | MoveKind::Approve
        | MoveKind::Reject
        | MoveKind::Skip
        | MoveKind::Complete
        | MoveKind::ForceTimeout
        | MoveKind::ContinueInChat
        | MoveKind::Pause
        | MoveKind::Cancel
        | MoveKind::Report => ().into_any(),
    }
}

/// The step to start from, and its input.
#[component]
fn FromStep(options: Options, ask: Ask) -> AnyView {
    let choices: Vec<Choice> = ask
        .steps
        .iter()
        .map(|(path, name)| Choice::new(path.as_str(), name.clone()))
        .collect();
    let run = ask.run.clone();
    let path = Signal::derive(move || {
        runs::step_part(&run, &StepPath::from(options.step.get().as_str()), "")
    });
    view! {
        <Select
            label="Start from"
            value=options.step
            choices=Signal::stored(choices)
            on_change=move |to| {
                options.edited.set(false);
                options.step.set(to);
            }
        />
        <EditInput options label="Input of the step" path />
    }
    .into_any()
}

#[component]
fn OtherInput(options: Options, ask: Ask) -> AnyView {
    let path = runs::part(&ask.run, "context");
    view! { <EditInput options label="Input of the new run" path=Signal::stored(path) /> }
        .into_any()
}

/// An input that stays as it was until a person wants to change it; `path` answers with it in `input`.
#[component]
fn EditInput(options: Options, label: &'static str, path: Signal<String>) -> AnyView {
    let api = Api::get();
    let failed = RwSignal::new(None::<String>);
    let begin = move |_| {
        let path = path.get_untracked();
        leptos::task::spawn_local(async move {
            match api.load::<Value>(&path).await {
                Ok(answer) => {
                    let input = answer.get("input").unwrap_or(&Value::Null);
                    if let Some(cut) = model::Cut::of(input) {
                        let size = fmt::bytes(cut.bytes);
                        failed.try_set(Some(format!(
                            "The input has {size}: too large to be edited here. Send another one with the API."
                        )));
                        return;
                    }
                    options
                        .input
                        .try_set(serde_json::to_string_pretty(input).unwrap_or_default());
                    options.edited.try_set(true);
                    failed.try_set(None);
                }
                Err(error) => drop(failed.try_set(Some(error.line()))),
            }
        });
    };
    let error = Signal::derive(move || {
        options
            .input
            .with(|text| serde_json::from_str::<Value>(text).err())
            .map(|error| {
                format!(
                    "This is not JSON: line {}, column {}.",
                    error.line(),
                    error.column()
                )
            })
    });
    let shown = move || {
        if options.edited.get() {
            view! {
                <TextArea label value=options.input rows=8 mono=true error />
                <button type="button" class="link-button" on:click=move |_| options.edited.set(false)>
                    "Keep the input as it was"
                </button>
            }
            .into_any()
        } else {
            view! { <button type="button" class="link-button" on:click=begin>"Edit the input"</button> }.into_any()
        }
    };
    view! {
        <div class="move__input">
            {shown}
            {move || failed.get().map(|text| view! { <p class="field__error" role="alert">{text}</p> })}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn a_time_is_a_whole_number_of_seconds_up_to_a_day() {
        assert_eq!(seconds(" 300 "), Some(300));
        for bad in ["", "0", "-1", "1.5", "90000", "soon"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
