//! Lists that change when runs do: loaded again soon after a run changed, and when changes may have been missed.

use crate::api::stream::{About, Stream};
use leptos::prelude::*;
use std::time::Duration;

/// Runs change in bursts; one load answers for all of a burst.
const GATHER: Duration = Duration::from_millis(400);

/// Calls `again` after runs of this project changed, for as long as the page around stands.
pub fn follow_runs(again: impl Fn() + Send + Sync + 'static) {
    follow("runs", About::Runs, again);
}

/// Calls `again` after a check found something, or what is set up outside changed.
pub fn follow_health(again: impl Fn() + Send + Sync + 'static) {
    follow("health", About::Health, again);
}

/// Calls `again` after the tenant's audit trail got entries.
pub fn follow_audit(again: impl Fn() + Send + Sync + 'static) {
    follow("audit", About::Audit, again);
}

/// Calls `again` after a message of a log of deliveries came further; `log` is a webhook's id or `email`.
pub fn follow_deliveries(log: &str, again: impl Fn() + Send + Sync + 'static) {
    follow(format!("deliveries:{log}"), About::Deliveries, again);
}

fn follow(topic: impl Into<String>, about: About, again: impl Fn() + Send + Sync + 'static) {
    let Some(stream) = Stream::get() else { return };
    let again = Callback::new(move |()| again());
    let planned = StoredValue::new(false);
    stream.listen(topic.into(), None, move |messages| {
        let concerned = messages.iter().any(|message| message.about == about);
        if concerned && planned.try_get_value() == Some(false) {
            planned.set_value(true);
            set_timeout(
                move || {
                    if planned.try_set_value(false).is_none() {
                        again.run(());
                    }
                },
                GATHER,
            );
        }
    });
    Effect::new(move |before: Option<u64>| {
        let epoch = stream.epoch.get();
        if before.is_some_and(|before| before != epoch) {
            again.run(());
        }
        epoch
    });
}
