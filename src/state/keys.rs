//! Shortcuts and commands: what the page around offers to the keyboard, for the keys themselves, the list of shortcuts and
//! the palette.

use crate::ui::dom::Act;
use leptos::prelude::*;
use std::sync::Arc;

/// Something the page around can do now.
#[derive(Clone)]
pub struct Command {
    /// "Retry from Draft quote".
    pub label: String,
    /// The key that does it, as it stands on the keyboard: `R`, `/`, `G R`.
    pub keys: Option<&'static str>,
    /// Why it cannot be done now.
    pub disabled: Option<String>,
    /// Listed under: "This run", "Lists".
    pub group: &'static str,
    pub act: Act,
}

impl Command {
    pub fn new(
        group: &'static str,
        label: impl Into<String>,
        act: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self {
            label: label.into(),
            keys: None,
            disabled: None,
            group,
            act: Arc::new(act),
        }
    }
    pub fn keys(mut self, keys: &'static str) -> Self {
        self.keys = Some(keys);
        self
    }
    pub fn disabled(mut self, why: Option<String>) -> Self {
        self.disabled = why;
        self
    }
}

/// All commands on offer, from context.
#[derive(Clone, Copy)]
pub struct Commands(RwSignal<Vec<(u64, Signal<Vec<Command>>)>>);

impl Commands {
    pub fn provide() -> Self {
        let commands = Self(RwSignal::new(Vec::new()));
        provide_context(commands);
        commands
    }

    pub fn get() -> Option<Self> {
        use_context()
    }

    /// All of them, the page's own first.
    pub fn all(self) -> Vec<Command> {
        self.0.with(|all| {
            all.iter()
                .rev()
                .flat_map(|(_, commands)| commands.get())
                .collect()
        })
    }
}

/// Offers commands for as long as the page around stands.
pub fn offer(commands: impl Fn() -> Vec<Command> + Send + Sync + 'static) {
    let Some(Commands(all)) = Commands::get() else {
        return;
    };
    let id = all.with_untracked(|all| all.last().map_or(0, |(id, _)| id + 1));
    let commands = Signal::derive(commands);
    all.update(|all| all.push((id, commands)));
    on_cleanup(move || {
        all.try_update(|all| all.retain(|(other, _)| *other != id));
    });
}
