//! A place to drop a file on, or to choose one at.

use leptos::{ev, html, prelude::*};

#[component]
pub fn DropZone(
    /// "Drop an export here, or choose the file".
    #[prop(into)]
    label: String,
    /// Name endings the browser offers: ".ndjson,.csv".
    accept: &'static str,
    #[prop(into)] on_file: Callback<web_sys::File>,
) -> AnyView {
    let over = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    let chosen = move |_: ev::Event| {
        if let Some(input) = input.get_untracked() {
            if let Some(file) = input.files().and_then(|files| files.get(0)) {
                on_file.run(file);
            }
            // The same file may be chosen again once it was changed.
            input.set_value("");
        }
    };
    let dropped = move |event: ev::DragEvent| {
        event.prevent_default();
        over.set(false);
        if let Some(file) = event.data_transfer().and_then(|data| data.files()?.get(0)) {
            on_file.run(file);
        }
    };
    view! {
        <label
            class="drop-zone"
            class=("drop-zone--over", move || over.get())
            on:dragover=move |event: ev::DragEvent| {
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
            on:drop=dropped
        >
            <span>{label}</span>
            <input type="file" accept=accept node_ref=input on:change=chosen />
        </label>
    }
    .into_any()
}
