//! State that lives in the address: filters, tabs, the selected step. A reload and a pasted link show the same.

use super::text::{parse_query, with_query};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use std::sync::Arc;

/// Whether a change of the address is a place to come back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The back button returns to the address before: a filter was chosen.
    Push,
    /// The address changes in place: a letter was typed, a tab opened.
    Replace,
}

/// Changes the query of the present address.
#[derive(Clone)]
pub struct Address(Arc<Change>);

/// Sets each parameter to its value, or takes it away.
type Change = dyn Fn(&[(&str, Option<String>)], Step) + Send + Sync;

impl Address {
    /// The address of the page around; called while the page is built.
    pub fn get() -> Self {
        let navigate = send_wrapper::SendWrapper::new(use_navigate());
        let location = use_location();
        Self(Arc::new(move |changes, step| {
            let Some(path) = location.pathname.try_get_untracked() else {
                return;
            };
            let Some(query) = location.search.try_get_untracked() else {
                return;
            };
            let kept: Vec<(String, String)> = parse_query(&query)
                .into_iter()
                .filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name))
                .chain(
                    changes
                        .iter()
                        .filter_map(|(name, value)| Some(((*name).to_owned(), value.clone()?))),
                )
                .collect();
            let pairs: Vec<(&str, &str)> = kept
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            let options = NavigateOptions {
                resolve: false,
                replace: step == Step::Replace,
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&with_query(&path, &pairs), options);
        }))
    }

    /// Sets parameters; `None` and empty text take them away.
    pub fn set(&self, changes: &[(&str, Option<String>)], step: Step) {
        (self.0)(changes, step);
    }
}

/// One parameter of the query; empty when it is not there.
pub fn param(name: &'static str) -> Memo<String> {
    let search = use_location().search;
    Memo::new(move |_| {
        let found = search
            .with(|search| parse_query(search))
            .into_iter()
            .rev()
            .find(|(own, _)| own == name);
        found.map(|(_, value)| value).unwrap_or_default()
    })
}
