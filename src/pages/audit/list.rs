//! The entries that are here, loaded page by page.

use super::filter::Filters;
use crate::{
    api::{Api, ApiError, audit},
    ui::{fmt, time::present},
};
use leptos::prelude::*;
use model::AuditEntry;
use std::sync::Arc;

/// Entries of one page.
const PAGE: u32 = 100;
/// Comes this near to the end, the next page is loaded.
const NEAR: usize = 30;

type Asked = Vec<(&'static str, String)>;

#[derive(Clone, Copy)]
pub struct EntryList {
    api: Api,
    filters: Memo<Filters>,
    pub rows: RwSignal<Vec<Arc<AuditEntry>>>,
    loading: RwSignal<bool>,
    pub error: RwSignal<Option<ApiError>>,
    count: RwSignal<Option<(u64, bool)>>,
    next: RwSignal<Option<String>>,
    /// Which load counts, and what was asked.
    asked: StoredValue<(u64, Asked)>,
}

impl EntryList {
    pub fn open(filters: Memo<Filters>) -> Self {
        let list = Self {
            api: Api::get(),
            filters,
            rows: RwSignal::new(Vec::new()),
            loading: RwSignal::new(true),
            error: RwSignal::new(None),
            count: RwSignal::new(None),
            next: RwSignal::new(None),
            asked: StoredValue::new((0, Vec::new())),
        };
        Effect::new(move || {
            filters.track();
            list.reload();
        });
        list
    }

    pub fn at(self, index: usize) -> Option<Arc<AuditEntry>> {
        self.rows.with(|rows| rows.get(index).cloned())
    }

    /// Loaded, and nothing there.
    pub fn is_empty(self) -> bool {
        self.rows.with(Vec::is_empty) && !self.loading.get() && self.error.with(Option::is_none)
    }

    pub fn has_failed(self) -> bool {
        self.rows.with(Vec::is_empty) && self.error.with(Option::is_some)
    }

    /// "31 entries", "1,000+ entries".
    pub fn words(self) -> String {
        match self.count.get() {
            Some((1, true)) => "1 entry".to_owned(),
            Some((count, exact)) => format!("{} entries", fmt::count_or_more(count, exact)),
            None => String::new(),
        }
    }

    /// Loads the list anew; what is shown stays until it is there.
    pub fn reload(self) {
        let filter = self.filters.get_untracked().to_api(present());
        let turn = self.asked.with_value(|(turn, _)| turn + 1);
        self.asked.set_value((turn, filter));
        self.next.set(None);
        self.load(turn, None);
    }

    /// Loads the next page when the end of the list comes into view.
    pub fn near(self, index: usize) {
        let len = self.rows.with_untracked(Vec::len);
        if index + NEAR < len || self.loading.get_untracked() {
            return;
        }
        if let Some(cursor) = self.next.get_untracked() {
            self.load(self.asked.with_value(|(turn, _)| *turn), Some(cursor));
        }
    }

    fn load(self, turn: u64, cursor: Option<String>) {
        self.loading.set(true);
        leptos::task::spawn_local(async move {
            let filter = self.asked.with_value(|(_, filter)| filter.clone());
            let filter: Vec<(&str, &str)> = filter
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            let answer = audit::list(self.api, &filter, PAGE, cursor.as_deref()).await;
            // An answer to an older question, or for a page that is gone.
            if self.asked.try_with_value(|(now, _)| *now == turn) != Some(true) {
                return;
            }
            self.loading.set(false);
            match answer {
                Ok(page) => {
                    self.error.set(None);
                    self.count.set(Some((page.count, page.count_is_exact)));
                    self.next.set(page.next_cursor);
                    let items = page.items.into_iter().map(Arc::new);
                    match cursor {
                        Some(_) => self.rows.update(|rows| rows.extend(items)),
                        None => self.rows.set(items.collect()),
                    }
                }
                Err(error) => {
                    if cursor.is_none() {
                        self.rows.set(Vec::new());
                    }
                    self.error.set(Some(error));
                }
            }
        });
    }
}
