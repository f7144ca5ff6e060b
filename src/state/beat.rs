//! Many changes as one: what follows a busy value looks at it a few times a second, not at each change.

use leptos::prelude::*;
use std::time::Duration;

/// Changes after `value` has changed, at most once in `every`; the last change is never lost.
pub fn beat<T: PartialEq + Send + Sync + 'static>(
    value: Memo<T>,
    every: impl Fn() -> Duration + 'static,
) -> Signal<u64> {
    let count = RwSignal::new(0_u64);
    let waiting = StoredValue::new(false);
    Effect::new(move |_| {
        // Read, not only tracked: a memo that nobody reads follows nothing.
        value.with(|_| ());
        if waiting.get_value() {
            return;
        }
        waiting.set_value(true);
        set_timeout(
            move || {
                // The page may be gone meanwhile.
                if waiting.try_set_value(false).is_none() {
                    count.update(|count| *count += 1);
                }
            },
            every(),
        );
    });
    count.into()
}
