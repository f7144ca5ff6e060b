//! A long list, loaded page by page as one comes near its end. What is new since waits in front of it until it is let in.

use crate::{
    api::{Api, ApiError},
    routes::with_query,
    ui::fmt,
};
use leptos::prelude::*;
use model::api::Page;
use serde::de::DeserializeOwned;
use std::{collections::BTreeSet, sync::Arc};

/// Rows of one page.
const PAGE: &str = "100";
/// Comes this near to the end, the next page is loaded.
const NEAR: usize = 30;

pub struct Paged<T: Send + Sync + 'static> {
    api: Api,
    pub rows: RwSignal<Vec<Arc<T>>>,
    /// What came since and waits to be let in, by its id.
    pub fresh: RwSignal<BTreeSet<String>>,
    pub loading: RwSignal<bool>,
    pub error: RwSignal<Option<ApiError>>,
    count: RwSignal<Option<(u64, bool)>>,
    next: RwSignal<Option<String>>,
    /// Which load counts, and the address of its list.
    asked: StoredValue<(u64, String)>,
}

impl<T: Send + Sync + 'static> Clone for Paged<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Send + Sync + 'static> Copy for Paged<T> {}

impl<T: DeserializeOwned + Send + Sync + 'static> Paged<T> {
    /// A list of which nothing is asked yet.
    pub fn new() -> Self {
        Self {
            api: Api::get(),
            rows: RwSignal::new(Vec::new()),
            fresh: RwSignal::new(BTreeSet::new()),
            loading: RwSignal::new(true),
            error: RwSignal::new(None),
            count: RwSignal::new(None),
            next: RwSignal::new(None),
            asked: StoredValue::new((0, String::new())),
        }
    }

    pub fn at(self, index: usize) -> Option<Arc<T>> {
        self.rows.with(|rows| rows.get(index).cloned())
    }

    /// Loaded, and nothing there.
    pub fn is_empty(self) -> bool {
        self.rows.with(Vec::is_empty) && !self.loading.get() && self.error.with(Option::is_none)
    }

    pub fn has_failed(self) -> bool {
        self.rows.with(Vec::is_empty) && self.error.with(Option::is_some)
    }

    /// "31 runs", "1,000+ runs", "1 run".
    pub fn words(self, one: &str, many: &str) -> String {
        match self.count.get() {
            Some((1, true)) => format!("1 {one}"),
            Some((count, exact)) => format!("{} {many}", fmt::count_or_more(count, exact)),
            None => String::new(),
        }
    }

    /// How many there are, and whether that is exact; once it is known.
    pub fn total(self) -> Option<(u64, bool)> {
        self.count.get()
    }

    /// Loads the list at `address` from its first page; what is shown stays until it is there.
    pub fn load(self, address: String) {
        let turn = self.asked.with_value(|(turn, _)| turn + 1);
        self.asked.set_value((turn, address));
        self.next.set(None);
        self.page(None);
    }

    /// Loads the same list anew.
    pub fn reload(self) {
        self.load(self.asked.with_value(|(_, address)| address.clone()));
    }

    /// Loads the next page when the end of the list comes into view.
    pub fn near(self, index: usize) {
        let len = self.rows.with_untracked(Vec::len);
        if index + NEAR >= len
            && !self.loading.get_untracked()
            && let Some(cursor) = self.next.get_untracked()
        {
            self.page(Some(cursor));
        }
    }

    /// Reads the first page again without showing it: `take` says what becomes of it.
    pub fn look(self, take: impl FnOnce(Vec<T>) + 'static) {
        let (turn, address) = self.asked.get_value();
        leptos::task::spawn_local(async move {
            let answer = self.api.load::<Page<T>>(&page(&address, "")).await;
            if let (Ok(page), true) = (answer, self.counts(turn)) {
                take(page.items);
            }
        });
    }

    fn page(self, cursor: Option<String>) {
        self.loading.set(true);
        let (turn, address) = self.asked.get_value();
        leptos::task::spawn_local(async move {
            let path = page(&address, cursor.as_deref().unwrap_or_default());
            let answer = self.api.load::<Page<T>>(&path).await;
            if !self.counts(turn) {
                return;
            }
            self.loading.set(false);
            match answer {
                Ok(page) => {
                    self.error.set(None);
                    self.next.set(page.next_cursor);
                    let items = page.items.into_iter().map(Arc::new);
                    if cursor.is_some() {
                        self.rows.update(|rows| rows.extend(items));
                    } else {
                        self.count.set(Some((page.count, page.count_is_exact)));
                        self.fresh.set(BTreeSet::new());
                        self.rows.set(items.collect());
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

    /// Whether an answer is to the present question, for a page that still stands.
    fn counts(self, turn: u64) -> bool {
        self.asked.try_with_value(|(now, _)| *now == turn) == Some(true)
    }
}

fn page(address: &str, cursor: &str) -> String {
    with_query(address, &[("limit", PAGE), ("cursor", cursor)])
}
