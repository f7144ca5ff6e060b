//! The rows that are here, kept current by the stream.

use super::filter::{Filters, fits};
use crate::{
    api::{
        runs,
        stream::{About, Message, Stream},
    },
    state::paged::Paged,
    ui::time::present,
};
use leptos::prelude::*;
use model::api::{RunFilter, RunRow};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Clone, Copy)]
pub struct RunList {
    filters: Memo<Filters>,
    pub paged: Paged<RunRow>,
    /// The filter the rows were loaded with.
    asked: StoredValue<RunFilter>,
}

impl RunList {
    pub fn open(filters: Memo<Filters>) -> Self {
        let list = Self {
            filters,
            paged: Paged::new(),
            asked: StoredValue::new(RunFilter::default()),
        };
        Effect::new(move || {
            filters.track();
            list.reload();
        });
        if let Some(stream) = Stream::get() {
            stream.listen("runs", None, move |messages| list.arrived(messages));
            // After messages may have been missed, known rows change in place, and new ones wait.
            Effect::new(move |before: Option<u64>| {
                let epoch = stream.epoch.get();
                if before.is_some_and(|before| before != epoch) {
                    list.paged.look(move |rows| list.take(rows));
                }
                epoch
            });
        }
        list
    }

    /// Loads the list anew, as of now.
    pub fn reload(self) {
        let filter = self.filters.get_untracked().to_api(present());
        self.paged.load(runs::filtered(&filter));
        self.asked.set_value(filter);
    }

    /// The filter that the rows were loaded with.
    pub fn asked(self) -> RunFilter {
        self.asked.get_value()
    }

    fn arrived(self, messages: &[Message]) {
        #[derive(Deserialize)]
        struct Changed {
            row: RunRow,
        }
        let changed = messages
            .iter()
            .filter(|message| message.about == About::Runs)
            .filter_map(Message::read::<Changed>);
        self.take(changed.map(|changed| changed.row).collect());
    }

    fn take(self, incoming: Vec<RunRow>) {
        let Some(filter) = self.asked.try_get_value() else {
            return;
        };
        let rows = self.paged.rows;
        let newest = rows.with_untracked(|rows| rows.first().map(|row| row.created_at));
        let mut fresh = Vec::new();
        let mut changed = Vec::new();
        for row in incoming {
            let known = rows.with_untracked(|rows| rows.iter().position(|own| own.id == row.id));
            match known {
                Some(at) => changed.push((at, Arc::new(row))),
                None if newest.is_none_or(|newest| row.created_at >= newest)
                    && fits(&filter, &row) =>
                {
                    fresh.push(row.id.into_string());
                }
                None => {}
            }
        }
        if !changed.is_empty() {
            rows.update(|rows| {
                for (at, row) in changed {
                    if let Some(own) = rows.get_mut(at)
                        && own.seq < row.seq
                    {
                        *own = row;
                    }
                }
            });
        }
        if fresh.is_empty() || self.paged.loading.get_untracked() {
            return;
        }
        if newest.is_none() {
            // Into an empty list nothing can push anything away.
            self.reload();
        } else {
            self.paged.fresh.update(|all| all.extend(fresh));
        }
    }
}
