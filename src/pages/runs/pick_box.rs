//! The boxes that pick rows.

use super::picked::Picked;
use leptos::prelude::*;
use model::api::RunRow;
use std::sync::Arc;

/// The box in the head: all loaded rows, or none.
pub fn pick_loaded(picked: Picked) -> AnyView {
    let loaded = Memo::new(move |_| picked.loaded());
    view! {
            <span class="rr__pick" role="columnheader">
                <label>
                    <input
                        type="checkbox"
                        class="check__box"
                        aria-label="Select the loaded runs"
                        prop:checked=move || loaded.get().0
                        prop:indeterminate=move || loaded.get() == (false, true)
                        on:change=move |event| picked.take_loaded(event_target_checked(&event))
                    />
                </label>
            </span>
    }
    .into_any()
}

/// The box that picks a row. The space around it belongs to it: a miss by a pixel opens no run.
pub fn pick(picked: Picked, row: Memo<Arc<RunRow>>, index: Signal<usize>) -> AnyView {
    let own = Memo::new(move |_| row.with(|row| picked.has(&row.id)));
    view! {
        <span class="rr__pick" role="cell" on:click=move |event| event.stop_propagation()>
            <label>
                <input
                    type="checkbox"
                    class="check__box"
                    tabindex="-1"
                    aria-label=move || row.with(|row| format!("Select {}", row.title))
                    prop:checked=move || own.get()
                    on:change=move |event| picked.put(index.get_untracked(), event_target_checked(&event))
                />
            </label>
        </span>
    }
    .into_any()
}
