//! A new webhook, or another address or other kinds for one. Its signing secret is shown once.

use crate::{
    api::{Api, channels},
    moves::form::{self, Form, Sending, text},
    pages::settings::secret::SecretOnce,
    ui::{
        dialog::{Dialog, open_while},
        field::{Checkbox, TextField, TextKind},
    },
};
use leptos::prelude::*;
use model::NotificationKind;
use model::notify::{CreateWebhook, Webhook, WebhookPatch};
use std::collections::BTreeSet;

/// What the dialog is about.
pub type Editing = form::Editing<Webhook>;

#[component]
pub fn WebhookDialog(
    editing: RwSignal<Option<Editing>>,
    #[prop(into)] on_done: Callback<()>,
) -> AnyView {
    let open = open_while(editing);
    let title = Signal::derive(move || {
        editing
            .with(|editing| match editing {
                Some(Editing::Change(_)) => "Edit the webhook",
                Some(Editing::New) | None => "New webhook",
            })
            .to_owned()
    });
    view! {
        <Dialog open title stays=true>
            {move || editing.get().map(|editing| view! { <Inside editing open on_done /> })}
        </Dialog>
    }
    .into_any()
}

#[component]
fn Inside(editing: Editing, open: RwSignal<bool>, on_done: Callback<()>) -> AnyView {
    let api = Api::get();
    let sending = Sending::new();
    let secret = RwSignal::new(None::<String>);
    let before = editing.before();
    let known =
        |read: fn(&Webhook) -> String| RwSignal::new(before.as_ref().map(read).unwrap_or_default());
    let url = known(|webhook| webhook.url.clone());
    let description = known(|webhook| webhook.description.clone());
    let kinds = RwSignal::new(
        before
            .as_ref()
            .map(|webhook| webhook.kinds.clone())
            .unwrap_or_default(),
    );
    let id = before.map(|webhook| webhook.id);
    let is_new = id.is_none();
    let id = StoredValue::new(id);
    let save = move || {
        let body = CreateWebhook {
            url: text(url),
            description: text(description),
            kinds: kinds.get_untracked(),
        };
        match id.get_value() {
            None => sending.send(
                |key| async move { channels::create_webhook(api, &body, &key).await },
                move |answer| {
                    secret.try_set(Some(answer.value.secret));
                    on_done.try_run(());
                },
            ),
            Some(id) => {
                let patch = WebhookPatch {
                    url: Some(body.url),
                    description: Some(body.description),
                    kinds: Some(body.kinds),
                    enabled: None,
                };
                sending.send(
                    |key| async move { channels::change_webhook(api, &id, &patch, &key).await },
                    move |_| {
                        open.try_set(false);
                        sending.say("Saved the webhook.".to_owned());
                        on_done.try_run(());
                    },
                );
            }
        }
    };
    let shown = move || {
        match secret.get() {
        Some(secret) => view! {
            <SecretOnce
                // Asked for again, the runtime says in its place that it was shown.
                secret=Some(secret).filter(|secret| secret.starts_with("whsec_"))
                name="Signing secret"
                lost="Delete the webhook and make another one."
                open
            >
                <p class="dim">"The receiver checks signatures with it."</p>
            </SecretOnce>
        }
        .into_any(),
        None => view! {
            <Form
                sending
                what="this webhook"
                verb=if is_new { "Create" } else { "Save" }
                open
                on_submit=move |()| save()
            >
                <TextField
                    label="Address"
                    value=url
                    kind=TextKind::Url
                    mono=true
                    error=sending.wrong("/url")
                    placeholder="https://example.com/signalbox"
                />
                <TextField label="Description" value=description optional=true placeholder="The pager of the night shift" />
                <Kinds kinds />
            </Form>
        }
        .into_any(),
    }
    };
    shown.into_any()
}

/// What is posted: chosen here, or what the preferences let through.
#[component]
fn Kinds(kinds: RwSignal<BTreeSet<NotificationKind>>) -> AnyView {
    let one = move |kind: NotificationKind| {
        let checked = Signal::derive(move || kinds.with(|kinds| kinds.contains(&kind)));
        let on_change = move |on: bool| {
            kinds.update(|kinds| {
                if on {
                    kinds.insert(kind);
                } else {
                    kinds.remove(&kind);
                }
            });
        };
        view! { <Checkbox label=kind.shown() checked on_change /> }
    };
    let says = move || {
        if kinds.with(BTreeSet::is_empty) {
            "None chosen: what the project's preferences let through is posted."
        } else {
            "Only these are posted."
        }
    };
    view! {
        <fieldset class="field pick">
            <legend class="field__label">"Post"</legend>
            <div class="form__checks">{NotificationKind::ALL.iter().map(|kind| one(*kind)).collect_view()}</div>
            <p class="field__hint" role="status">{says}</p>
        </fieldset>
    }
    .into_any()
}
