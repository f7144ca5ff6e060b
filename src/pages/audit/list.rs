//! The entries that are here, and those that came since.

use super::filter::Filters;
use crate::{
    api::audit,
    routes::with_query,
    state::{follow::follow_audit, paged::Paged},
    ui::time::present,
};
use leptos::prelude::*;
use model::AuditEntry;

/// The entries that fit, loaded again when the filters change. New ones wait in front.
pub fn open(filters: Memo<Filters>) -> Paged<AuditEntry> {
    let list = Paged::new();
    Effect::new(move || {
        let filter = filters.get().to_api(present());
        let filter: Vec<(&str, &str)> = filter
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        list.load(with_query(audit::LIST, &filter));
    });
    follow_audit(move || list.look(move |found| arrived(list, found)));
    list
}

fn arrived(list: Paged<AuditEntry>, found: Vec<AuditEntry>) {
    let newest = list
        .rows
        .with_untracked(|rows| rows.first().map(|row| row.seq));
    let Some(newest) = newest else {
        // Into an empty list nothing can push anything away.
        if !found.is_empty() {
            list.reload();
        }
        return;
    };
    let fresh = found.iter().map(|entry| entry.seq);
    list.fresh.set(
        fresh
            .filter(|seq| *seq > newest)
            .map(|seq| seq.to_string())
            .collect(),
    );
}
