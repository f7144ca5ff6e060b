//! How statuses look: shape, word and tone, always together.

use super::icon::{Glyph, StatusGlyph};
use leptos::prelude::*;
use model::{RunStatus, StepStatus};

/// What a colour means. Colours are kept for this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Tone {
    /// It went well.
    Ok,
    /// It failed.
    Fail,
    /// It needs a person or time, and is healthy.
    Wait,
    /// It is at work.
    Run,
    /// Something outside holds it.
    Block,
    /// Nothing to see to.
    #[default]
    Idle,
}

impl Tone {
    pub const ALL: [Self; 6] = [
        Self::Ok,
        Self::Fail,
        Self::Wait,
        Self::Run,
        Self::Block,
        Self::Idle,
    ];

    /// The class that sets `--fg`, `--bg` and `--tone` for what stands inside.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Ok => "tone-ok",
            Self::Fail => "tone-fail",
            Self::Wait => "tone-wait",
            Self::Run => "tone-run",
            Self::Block => "tone-block",
            Self::Idle => "tone-idle",
        }
    }
}

/// Shape, tone and word of a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Look {
    pub glyph: Glyph,
    pub tone: Tone,
    pub word: &'static str,
}

impl From<RunStatus> for Look {
    fn from(status: RunStatus) -> Self {
        let (glyph, tone) = match status {
            RunStatus::Queued => (Glyph::Queued, Tone::Idle),
            RunStatus::Starting => (Glyph::Starting, Tone::Run),
            RunStatus::Running => (Glyph::Running, Tone::Run),
            RunStatus::Waiting => (Glyph::Waiting, Tone::Wait),
            RunStatus::Paused => (Glyph::Paused, Tone::Wait),
            RunStatus::Blocked => (Glyph::Blocked, Tone::Block),
            RunStatus::Draining => (Glyph::Draining, Tone::Wait),
            RunStatus::Interrupted => (Glyph::Interrupted, Tone::Block),
            RunStatus::Completed => (Glyph::Success, Tone::Ok),
            RunStatus::Failed => (Glyph::Failed, Tone::Fail),
            RunStatus::Cancelled => (Glyph::Cancelled, Tone::Idle),
            RunStatus::Rejected => (Glyph::Rejected, Tone::Fail),
            RunStatus::Expired => (Glyph::Expired, Tone::Idle),
        };
        Self {
            glyph,
            tone,
            word: status.shown(),
        }
    }
}

impl From<StepStatus> for Look {
    fn from(status: StepStatus) -> Self {
        let (glyph, tone) = match status {
            StepStatus::Pending => (Glyph::Queued, Tone::Idle),
            StepStatus::Running => (Glyph::Running, Tone::Run),
            StepStatus::Retrying => (Glyph::Retrying, Tone::Wait),
            StepStatus::Waiting => (Glyph::Waiting, Tone::Wait),
            StepStatus::Completed => (Glyph::Success, Tone::Ok),
            StepStatus::Failed => (Glyph::Failed, Tone::Fail),
            StepStatus::Cancelled => (Glyph::Cancelled, Tone::Idle),
            StepStatus::Skipped => (Glyph::Skipped, Tone::Idle),
        };
        Self {
            glyph,
            tone,
            word: status.shown(),
        }
    }
}

/// How much room a badge takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BadgeSize {
    /// Glyph and word, no ground: for dense lists.
    #[default]
    Small,
    /// A pill on its tone: for headers and summaries.
    Medium,
}

/// Glyph, word and tone of a status. `word` says more than the status alone where there is more to say:
/// "Retrying 2/3", "Skipped (Blocked)".
#[component]
pub fn StatusBadge(
    #[prop(into)] look: Signal<Look>,
    /// Shown in place of the status' own word.
    #[prop(optional, into)]
    word: MaybeProp<String>,
    #[prop(optional)] size: BadgeSize,
) -> AnyView {
    let class = move || {
        let tone = look.get().tone.class();
        match size {
            BadgeSize::Small => format!("badge {tone}"),
            BadgeSize::Medium => format!("badge badge--m {tone}"),
        }
    };
    view! {
        <span class=class>
            <StatusGlyph glyph=Signal::derive(move || look.get().glyph) />
            <span class="badge__word">{move || word.get().unwrap_or_else(|| look.get().word.to_owned())}</span>
        </span>
    }
    .into_any()
}

/// The badge of a run.
#[component]
pub fn RunBadge(
    #[prop(into)] status: Signal<RunStatus>,
    #[prop(optional)] size: BadgeSize,
) -> AnyView {
    view! { <StatusBadge look=Signal::derive(move || status.get().into()) size /> }.into_any()
}

/// The badge of a step. Give `word` where the status alone says too little.
#[component]
pub fn StepBadge(
    #[prop(into)] status: Signal<StepStatus>,
    #[prop(optional, into)] word: MaybeProp<String>,
    #[prop(optional)] size: BadgeSize,
) -> AnyView {
    view! { <StatusBadge look=Signal::derive(move || status.get().into()) word size /> }.into_any()
}

/// A number on its tone, as in the rail: how many wait, fail, are blocked. Nothing at 0.
#[component]
pub fn Count(
    #[prop(into)] value: Signal<u64>,
    #[prop(optional)] tone: Tone,
    /// What is counted, for those who hear the page: "runs need a decision".
    #[prop(into)]
    of: String,
) -> AnyView {
    let class = format!("count {}", tone.class());
    view! {
        <Show when=move || value.get() != 0>
            <span class=class.clone()>
                {move || super::fmt::count(value.get())} <span class="visually-hidden">" "{of.clone()}</span>
            </span>
        </Show>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_run_statuses_share_a_shape() {
        let shapes: HashSet<_> = RunStatus::ALL
            .iter()
            .map(|s| Look::from(*s).glyph.shapes())
            .collect();
        assert_eq!(shapes.len(), RunStatus::ALL.len());
    }

    #[test]
    fn no_two_step_statuses_share_a_shape() {
        let shapes: HashSet<_> = StepStatus::ALL
            .iter()
            .map(|s| Look::from(*s).glyph.shapes())
            .collect();
        assert_eq!(shapes.len(), StepStatus::ALL.len());
    }

    #[test]
    fn a_run_and_its_step_look_alike_where_they_mean_the_same() {
        assert_eq!(
            Look::from(RunStatus::Failed),
            Look::from(StepStatus::Failed)
        );
        assert_eq!(
            Look::from(RunStatus::Running),
            Look::from(StepStatus::Running)
        );
    }
}
