//! Publishing: what changes, what stops it, a note for whoever reads the versions.

use super::{
    document::format,
    issues::{Issues, plain_list},
    state::Studio,
};
use crate::{
    api::{ActionKey, ApiError, ErrorFace, workflows},
    ui::{
        banner::Banner,
        button::{Button, ButtonKind},
        dialog::{Dialog, DialogKind},
        diff::{Difference, DifferenceView},
        field::TextArea,
        fmt,
        skeleton::Skeleton,
        status::Tone,
        toast::Toast,
    },
};
use leptos::prelude::*;
use serde_json::Value;
use std::sync::Arc;

#[component]
pub fn PublishDialog(studio: Studio, issues: Memo<Issues>, open: RwSignal<bool>) -> AnyView {
    let note = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    Effect::new(move || {
        if open.get() {
            note.set(String::new());
            error.set(None);
            studio.validate();
        }
    });
    let current = move || studio.query.data().and_then(|view| view.row.version);
    let next = move || current().unwrap_or(0) + 1;
    // Both sides as the runtime keeps them, so that only what means something is a difference.
    let before = Memo::new(move |_| {
        let published = studio.query.data().and_then(|view| view.published.clone());
        published
            .map(|document| canonical(&document))
            .unwrap_or_default()
    });
    let after = Memo::new(move |_| {
        studio
            .read
            .get()
            .map(|document| canonical(&document))
            .unwrap_or_default()
    });
    let same = Memo::new(move |_| {
        current().is_some() && before.with(|before| after.with(|after| before == after))
    });
    let why_not = Signal::derive(move || {
        let found = issues.get();
        studio
            .locked
            .get()
            .or_else(|| studio.unsavable())
            .or_else(|| {
                if studio.checking.get() || !found.by_runtime {
                    Some("The runtime is looking at the draft.".to_owned())
                } else if found.errors > 0 {
                    Some(format!(
                        "{} to mend first.",
                        fmt::plural(found.errors as u64, "error is", "errors are")
                    ))
                } else if same.get() {
                    Some("The draft says the same as the published version.".to_owned())
                } else {
                    None
                }
            })
    });
    let publish = move || {
        busy.set(true);
        error.set(None);
        let publish_saved = Callback::new(move |()| {
            let (Some(id), Some(seen)) = (studio.id.try_get_value(), untrack(|| studio.revision()))
            else {
                return;
            };
            let written = note.with_untracked(|note| note.trim().to_owned());
            leptos::task::spawn_local(async move {
                let note = (!written.is_empty()).then_some(written);
                let answer =
                    workflows::publish(studio.api(), &id, note, &ActionKey::fresh(), seen).await;
                busy.try_set(false);
                match answer {
                    Ok(made) => {
                        open.try_set(false);
                        studio.say(Toast::done(format!(
                            "Published version {}.",
                            made.value.version
                        )));
                        studio.query.reload();
                    }
                    Err(refused) => drop(error.try_set(Some(refused))),
                }
            });
        });
        if studio.is_dirty_untracked() {
            studio.save(Some(publish_saved));
        } else {
            publish_saved.run(());
        }
    };
    // Saving that fails speaks for itself; the dialog only stops waiting.
    Effect::new(move |before: Option<bool>| {
        let saving = studio.saving.get();
        if before == Some(true) && !saving && studio.is_dirty_untracked() {
            busy.set(false);
            if studio.conflict.with_untracked(Option::is_some) {
                open.set(false);
            }
        }
        saving
    });
    let dirty = Memo::new(move |_| studio.is_dirty());
    let label = move || {
        if dirty.get() {
            format!("Save and publish version {}", next())
        } else {
            format!("Publish version {}", next())
        }
    };
    let footer = move || {
        view! {
            <Button on_click=move || open.set(false)>"Not now"</Button>
            <Button kind=ButtonKind::Primary busy disabled=why_not on_click=publish>{label}</Button>
        }
        .into_any()
    };
    let found = move || {
        let found = issues.get();
        if studio.checking.get() && !found.by_runtime {
            return view! { <Skeleton lines=2 /> }.into_any();
        }
        let stops = (found.errors > 0).then(|| {
            let title = format!(
                "{} stop publishing",
                fmt::plural(found.errors as u64, "error", "errors")
            );
            let title = if found.errors == 1 {
                "1 error stops publishing".to_owned()
            } else {
                title
            };
            view! { <Banner tone=Tone::Fail title>"Mend it in Studio, then publish."</Banner> }
        });
        let warns = (found.errors == 0 && found.warnings > 0).then(|| {
            let title = fmt::plural(found.warnings as u64, "warning", "warnings");
            view! { <Banner tone=Tone::Wait title>"Warnings do not stop publishing."</Banner> }
        });
        view! {
            {stops}
            {warns}
            {(!found.all.is_empty()).then(|| plain_list(&found.all))}
        }
        .into_any()
    };
    let difference = Memo::new(move |_| {
        let (before, after) = (before.get().into(), after.get().into());
        Arc::new(Difference::of(before, after))
    });
    let changes = move || {
        let first = current().is_none();
        let words = if first {
            "This is the first version.".to_owned()
        } else if same.get() {
            format!(
                "The draft says the same as version {}: there is nothing to publish.",
                next() - 1
            )
        } else {
            let sum = difference.with(|difference| difference.summary());
            format!("What changes from version {} ({sum} lines):", next() - 1)
        };
        let shown = !first && !same.get();
        view! {
            <p class="publish__changes">{words}</p>
            {shown
                .then(|| {
                    view! { <div class="publish__diff"><DifferenceView label="What changes" difference /></div> }
                })}
        }
    };
    let title = Signal::derive(move || format!("Publish version {}", next()));
    view! {
        <Dialog open title kind=DialogKind::Wide stays=true footer>
            <div class="publish">
                {found}
                {changes}
                <TextArea
                    label="Note"
                    value=note
                    rows=2
                    optional=true
                    placeholder="Asks Sales before anything is written"
                    hint="What changed and why, for whoever reads the versions."
                />
                <p class="field__hint">"New runs execute this version. Runs that have begun stay on theirs."</p>
                <ErrorFace error what="this version" compact=true />
            </div>
        </Dialog>
    }
    .into_any()
}

/// A document in the form the runtime keeps; as it is where it is no workflow.
pub fn canonical(document: &Value) -> String {
    format(&workflows::canonical(document).unwrap_or_else(|| document.clone()))
}
