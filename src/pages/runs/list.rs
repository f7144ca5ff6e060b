//! The rows that are here: loaded page by page, kept current by the stream.

use super::filter::{Filters, fits};
use crate::{
    api::{Api, ApiError, runs, stream::Stream},
    ui::{fmt, time::present},
};
use leptos::prelude::*;
use model::RunId;
use model::api::{RunFilter, RunRow, StreamMessage};
use std::{collections::BTreeSet, sync::Arc};

/// Rows of one page.
const PAGE: u32 = 100;
/// Comes this near to the end, the next page is loaded.
const NEAR: usize = 30;

#[derive(Clone, Copy)]
pub struct RunList {
    api: Api,
    filters: Memo<Filters>,
    pub rows: RwSignal<Vec<Arc<RunRow>>>,
    /// Runs that came since and wait to be let in.
    pub fresh: RwSignal<BTreeSet<RunId>>,
    pub loading: RwSignal<bool>,
    pub error: RwSignal<Option<ApiError>>,
    count: RwSignal<Option<(u64, bool)>>,
    next: RwSignal<Option<String>>,
    /// The filter the rows were loaded with, and which load counts.
    asked: StoredValue<(u64, RunFilter)>,
}

impl RunList {
    pub fn open(filters: Memo<Filters>) -> Self {
        let list = Self {
            api: Api::get(),
            filters,
            rows: RwSignal::new(Vec::new()),
            fresh: RwSignal::new(BTreeSet::new()),
            loading: RwSignal::new(true),
            error: RwSignal::new(None),
            count: RwSignal::new(None),
            next: RwSignal::new(None),
            asked: StoredValue::new((0, RunFilter::default())),
        };
        Effect::new(move || {
            filters.track();
            list.reload();
        });
        if let Some(stream) = Stream::get() {
            stream.listen("runs", None, move |messages| list.arrived(messages));
            Effect::new(move |before: Option<u64>| {
                let epoch = stream.epoch.get();
                if before.is_some_and(|before| before != epoch) {
                    list.refresh();
                }
                epoch
            });
        }
        list
    }

    pub fn at(self, index: usize) -> Option<Arc<RunRow>> {
        self.rows.with(|rows| rows.get(index).cloned())
    }

    /// Loaded, and nothing there.
    pub fn is_empty(self) -> bool {
        self.rows.with(Vec::is_empty) && !self.loading.get() && self.error.with(Option::is_none)
    }

    /// "31 runs", "1,000+ runs".
    pub fn words(self) -> String {
        match self.count.get() {
            Some((1, true)) => "1 run".to_owned(),
            Some((count, exact)) => format!("{} runs", fmt::count_or_more(count, exact)),
            None => String::new(),
        }
    }

    /// Loads the list anew, from its first page; what is shown stays until it is there.
    pub fn reload(self) {
        let filter = self.filters.get_untracked().to_api(present());
        let turn = self.begin(filter.clone());
        leptos::task::spawn_local(async move {
            let answer = runs::list(self.api, &filter, PAGE, None).await;
            if !self.counts(turn) {
                return;
            }
            self.loading.set(false);
            match answer {
                Ok(page) => {
                    self.error.set(None);
                    self.count.set(Some((page.count, page.count_is_exact)));
                    self.next.set(page.next_cursor);
                    self.fresh.set(BTreeSet::new());
                    self.rows
                        .set(page.items.into_iter().map(Arc::new).collect());
                }
                Err(error) => {
                    self.rows.set(Vec::new());
                    self.error.set(Some(error));
                }
            }
        });
    }

    /// Looks again at the first page after messages may have been missed: known rows change in place, new ones wait.
    fn refresh(self) {
        let (turn, filter) = self.asked.get_value();
        leptos::task::spawn_local(async move {
            if let Ok(page) = runs::list(self.api, &filter, PAGE, None).await
                && self.counts(turn)
            {
                self.take(page.items);
            }
        });
    }

    /// Loads the next page when the end of the list comes into view.
    pub fn near(self, index: usize) {
        let len = self.rows.with_untracked(Vec::len);
        if index + NEAR < len || self.loading.get_untracked() {
            return;
        }
        let Some(cursor) = self.next.get_untracked() else {
            return;
        };
        let (turn, filter) = self.asked.get_value();
        self.loading.set(true);
        leptos::task::spawn_local(async move {
            let answer = runs::list(self.api, &filter, PAGE, Some(&cursor)).await;
            if !self.counts(turn) {
                return;
            }
            self.loading.set(false);
            match answer {
                Ok(page) => {
                    self.next.set(page.next_cursor);
                    self.rows
                        .update(|rows| rows.extend(page.items.into_iter().map(Arc::new)));
                }
                Err(error) => self.error.set(Some(error)),
            }
        });
    }

    fn begin(self, filter: RunFilter) -> u64 {
        self.loading.set(true);
        let turn = self.asked.with_value(|(turn, _)| turn + 1);
        self.asked.set_value((turn, filter));
        turn
    }

    /// Whether an answer is to the present question.
    fn counts(self, turn: u64) -> bool {
        self.asked.try_with_value(|(now, _)| *now == turn) == Some(true)
    }

    fn arrived(self, messages: &[StreamMessage]) {
        let rows = messages.iter().filter_map(|message| match message {
            StreamMessage::Runs { row } => Some((**row).clone()),
            StreamMessage::Run { .. } | StreamMessage::Health | StreamMessage::Reset => None,
        });
        self.take(rows.collect());
    }

    fn take(self, incoming: Vec<RunRow>) {
        let Some((_, filter)) = self.asked.try_get_value() else {
            return;
        };
        let newest = self
            .rows
            .with_untracked(|rows| rows.first().map(|row| row.created_at));
        let mut fresh = Vec::new();
        let mut changed = Vec::new();
        for row in incoming {
            let known = self
                .rows
                .with_untracked(|rows| rows.iter().position(|own| own.id == row.id));
            match known {
                Some(at) => changed.push((at, Arc::new(row))),
                None if newest.is_none_or(|newest| row.created_at >= newest)
                    && fits(&filter, &row) =>
                {
                    fresh.push(row.id);
                }
                None => {}
            }
        }
        if !changed.is_empty() {
            self.rows.update(|rows| {
                for (at, row) in changed {
                    if let Some(own) = rows.get_mut(at)
                        && own.seq < row.seq
                    {
                        *own = row;
                    }
                }
            });
        }
        if fresh.is_empty() || self.loading.get_untracked() {
            return;
        }
        if newest.is_none() {
            // Into an empty list nothing can push anything away.
            self.reload();
        } else {
            self.fresh.update(|all| all.extend(fresh));
        }
    }
}
