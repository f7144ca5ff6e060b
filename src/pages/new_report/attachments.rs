//! What goes with a report: each to be read, each to be left out.

use crate::ui::{card::Card, field::Checkbox, skeleton::Skeleton, text_view::TextView};
use leptos::prelude::*;
use model::report::{Attachment, ReportPreview};
use serde_json::Value;
use std::collections::BTreeSet;

#[component]
pub fn Attachments(
    preview: RwSignal<Option<ReportPreview>>,
    leave_out: RwSignal<BTreeSet<Attachment>>,
) -> AnyView {
    let loaded = Memo::new(move |_| preview.with(Option::is_some));
    let list = move || {
        if !loaded.get() {
            return view! { <Skeleton lines=8 rows=true /> }.into_any();
        }
        let items = Attachment::ALL
            .iter()
            .map(|attachment| one(*attachment, preview, leave_out))
            .collect_view();
        view! { <ul class="attach">{items}</ul> }.into_any()
    };
    let masked = move || {
        let cut = preview.with(|preview| {
            preview
                .as_ref()
                .map(|preview| preview.bundle.masked.shown())
                .unwrap_or_default()
        });
        if cut.is_empty() {
            "The rules of masking found nothing to cut out. They know shapes, not meanings: read what you attach.".to_owned()
        } else {
            format!("Cut out by rule: {cut}.")
        }
    };
    view! {
        <Card title="Attached" flush=true>
            {list}
            <p class="attach__masked">{masked}</p>
        </Card>
    }
    .into_any()
}

fn one(
    attachment: Attachment,
    preview: RwSignal<Option<ReportPreview>>,
    leave_out: RwSignal<BTreeSet<Attachment>>,
) -> AnyView {
    let chosen = Memo::new(move |_| leave_out.with(|out| out.contains(&attachment)));
    let out = Memo::new(move |_| {
        leave_out.with(|out| Attachment::left_out_with(out).contains(&attachment))
    });
    let checked = Signal::derive(move || !out.get());
    let disabled = Signal::derive(move || {
        (out.get() && !chosen.get())
            .then(|| "Left out too: it names something you left out.".to_owned())
    });
    let on_change = move |keep: bool| {
        leave_out.update(|out| {
            if keep {
                out.remove(&attachment);
            } else {
                out.insert(attachment);
            }
        });
    };
    let value = Memo::new(move |_| {
        preview.with(|preview| {
            let attached = serde_json::to_value(&preview.as_ref()?.bundle.attached).ok()?;
            match attached.get(attachment.as_str())? {
                Value::Array(items) if items.is_empty() => None,
                value => serde_json::to_string_pretty(value).ok(),
            }
        })
    });
    let read = move || match value.get() {
        Some(text) => {
            let name = format!("Read: {}", attachment.shown());
            view! {
                <details class="attach__read">
                    <summary>"Read it"</summary>
                    <TextView text label=name />
                </details>
            }
            .into_any()
        }
        None if out.get() => ().into_any(),
        None => view! { <span class="attach__none">"nothing to attach"</span> }.into_any(),
    };
    view! {
        <li class="attach__one">
            <Checkbox label=attachment.shown().to_owned() checked disabled on_change />
            {read}
        </li>
    }
    .into_any()
}
