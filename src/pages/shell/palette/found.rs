//! What the palette lists, and what fits the words typed.

use crate::{state::keys::Command, ui::dom::Act};
use model::RunStatus;
use model::api::RunRow;
use std::sync::Arc;

#[derive(Clone, PartialEq)]
pub struct Found {
    pub group: &'static str,
    pub label: String,
    pub detail: Option<String>,
    pub status: Option<RunStatus>,
    pub keys: Option<&'static str>,
    pub disabled: Option<String>,
    pub does: Does,
}

#[derive(Clone)]
pub enum Does {
    Act(Act),
    Go(String),
}

impl PartialEq for Does {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Act(own), Self::Act(other)) => Arc::ptr_eq(own, other),
            (Self::Go(own), Self::Go(other)) => own == other,
            (Self::Act(_), Self::Go(_)) | (Self::Go(_), Self::Act(_)) => false,
        }
    }
}

impl Found {
    pub fn run(row: &RunRow, href: String) -> Self {
        Self {
            group: "Runs",
            label: row.title.clone(),
            detail: Some(row.workflow_name.clone()),
            status: Some(row.status),
            keys: None,
            disabled: None,
            does: Does::Go(href),
        }
    }
}

/// The commands that fit, the page's own first; all of them while nothing is typed.
pub fn matching(commands: &[Command], words: &str) -> Vec<Found> {
    commands
        .iter()
        .filter(|command| command.label != "Search or go to…" && fits(&command.label, words))
        .map(|command| Found {
            group: command.group,
            label: command.label.clone(),
            detail: None,
            status: None,
            keys: command.keys,
            disabled: command.disabled.clone(),
            does: Does::Act(command.act.clone()),
        })
        .collect()
}

/// Every word typed begins a word of the label, in any order.
fn fits(label: &str, words: &str) -> bool {
    let label = label.to_lowercase();
    words
        .to_lowercase()
        .split_whitespace()
        .all(|typed| label.split_whitespace().any(|word| word.starts_with(typed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_fit_by_their_beginnings_in_any_order() {
        assert!(fits("Command Center", "cen com"));
        assert!(fits("Retry from Draft quote", "retry dr"));
        assert!(fits("Runs", ""));
        assert!(!fits("Runs", "uns"));
        assert!(!fits("Retry", "retry now"));
    }
}
