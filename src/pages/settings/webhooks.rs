//! The webhooks of the project, and what was posted to each.

mod form;

use super::{
    deliveries::Deliveries,
    things::{About, thing, things},
};
use crate::{
    api::{Api, ErrorFace, Query, channels, channels::Log, removal::Removal},
    moves::ask::{AskDialog, Asked},
    moves::form::Sending,
    routes::param::{Address, Step, param},
    ui::{
        button::{Button, ButtonKind},
        card::Card,
        empty::Empty,
        icon::{Glyph, lucide},
        status::{Look, StatusBadge, Tone},
        time::Time,
    },
};
use form::{Editing, WebhookDialog};
use leptos::prelude::*;
use model::api::Page;
use model::notify::{Webhook, WebhookPatch};

/// The parameter that names the webhook whose deliveries are shown.
const SHOWN: &str = "webhook";

#[component]
pub fn Webhooks() -> AnyView {
    let query = Query::<Page<Webhook>>::get(|| Some(channels::WEBHOOKS.to_owned()));
    let (editing, asked) = (RwSignal::new(None::<Editing>), RwSignal::new(None));
    let shown = param(SHOWN);
    let aside = move || {
        view! {
            <Button
                small=true
                kind=ButtonKind::Primary
                icon=lucide::LuPlus
                on_click=move || editing.set(Some(Editing::New))
            >
                "New webhook"
            </Button>
        }
        .into_any()
    };
    let about = About {
        title: "Webhooks",
        what: "the webhooks",
        aside: aside.into(),
        nothing: || {
            view! {
                <Empty
                    icon=lucide::LuWebhook
                    title="No webhook yet"
                    text="A webhook tells your own program, a chat or a pager when a run fails or needs a decision."
                />
            }
            .into_any()
        },
        arrange: |_| {},
    };
    // The chosen one, while it is among them.
    let chosen = Memo::new(move |_| {
        let page = query.data()?;
        shown.with(|shown| {
            page.items
                .iter()
                .find(|webhook| webhook.id.as_str() == shown)
                .map(|webhook| (webhook.id.clone(), webhook.url.clone()))
        })
    });
    let log = move || {
        chosen.get().map(|(id, url)| {
            view! { <Deliveries log=Log::Webhook(id) title=format!("Deliveries to {url}") /> }
        })
    };
    view! {
        {things(query, about, |webhook| webhook.id.clone(), move |webhook| row(webhook, query, editing, asked))}
        {log}
        <Verifying />
        <WebhookDialog editing on_done=move |()| query.reload() />
        <AskDialog asked on_done=move |()| query.reload() />
    }
    .into_any()
}

fn row(
    webhook: Memo<Webhook>,
    query: Query<Page<Webhook>>,
    editing: RwSignal<Option<Editing>>,
    asked: RwSignal<Option<Asked>>,
) -> AnyView {
    let api = Api::get();
    let sending = Sending::new();
    let enabled = move || webhook.with(|webhook| webhook.enabled);
    let url = move || webhook.with(|webhook| webhook.url.clone());
    let look = Signal::derive(move || webhook.with(look));
    let name = view! { <span class="mono">{url}</span> <StatusBadge look /> }.into_any();
    let line = move |read: fn(&Webhook) -> Option<String>| {
        move || {
            webhook
                .with(read)
                .map(|text| view! { <p class="thing__line">{text}</p> })
        }
    };
    let by = move || webhook.with(|webhook| format!(" · changed by {} ", webhook.updated_by.name));
    let at = Signal::derive(move || webhook.with(|webhook| webhook.updated_at));
    let lines = view! {
        {line(|webhook| Some(webhook.description.clone()).filter(|text| !text.is_empty()))}
        {line(|webhook| Some(format!("Turned off by itself: {}", webhook.disabled_reason.as_ref()?)))}
        <p class="thing__line dim">{move || webhook.with(kinds)}{by}<Time at /></p>
        <ErrorFace error=sending.rest() what="this webhook" compact=true />
    }
    .into_any();
    let id = webhook.with_untracked(|webhook| webhook.id.clone());
    let shown = id.to_string();
    let turn = move || {
        let (id, on) = (
            id.clone(),
            !webhook.with_untracked(|webhook| webhook.enabled),
        );
        let patch = WebhookPatch {
            enabled: Some(on),
            ..WebhookPatch::default()
        };
        sending.send(
            |key| async move { channels::change_webhook(api, &id, &patch, &key).await },
            move |answer| {
                let word = if on { "Resumed" } else { "Paused" };
                sending.say(format!("{word} {}.", answer.value.url));
                query.reload();
            },
        );
    };
    let verb = move || if enabled() { "Pause" } else { "Resume" };
    let of = move |word: &'static str| Signal::derive(move || Some(format!("{word} {}", url())));
    let turn_label = Signal::derive(move || Some(format!("{} {}", verb(), url())));
    let edit = move || editing.set(Some(Editing::Change(webhook.get_untracked())));
    let ask = move || asked.set(Some(webhook.with_untracked(question)));
    let acts = view! {
        <ShowLog webhook=shown label=of("Deliveries to") />
        <Button small=true busy=sending.busy label=turn_label on_click=turn>{verb}</Button>
        <Button small=true label=of("Edit") on_click=edit>"Edit…"</Button>
        <Button small=true kind=ButtonKind::Danger label=of("Delete") on_click=ask>"Delete"</Button>
    }
    .into_any();
    thing(lucide::LuWebhook, name, lines, acts)
}

fn kinds(webhook: &Webhook) -> String {
    if webhook.kinds.is_empty() {
        return "What the project's preferences let through".to_owned();
    }
    let all: Vec<&str> = webhook.kinds.iter().map(|kind| kind.shown()).collect();
    all.join(", ")
}

/// Opens the deliveries of a webhook, and closes them.
#[component]
fn ShowLog(webhook: String, label: Signal<Option<String>>) -> AnyView {
    let shown = param(SHOWN);
    let address = StoredValue::new(Address::get());
    let own = webhook.clone();
    let open = Memo::new(move |_| shown.with(|shown| *shown == own));
    let turn = move || {
        let to = (!open.get_untracked()).then(|| webhook.clone());
        address.with_value(|address| address.set(&[(SHOWN, to), ("cursor", None)], Step::Push));
    };
    view! { <Button small=true pressed=open label on_click=turn>"Deliveries"</Button> }.into_any()
}

fn look(webhook: &Webhook) -> Look {
    let (glyph, tone, word) = match (webhook.enabled, &webhook.disabled_reason) {
        (true, _) => (Glyph::Success, Tone::Ok, "On"),
        (false, None) => (Glyph::Paused, Tone::Wait, "Paused"),
        (false, Some(_)) => (Glyph::Failed, Tone::Fail, "Off"),
    };
    Look { glyph, tone, word }
}

fn question(webhook: &Webhook) -> Asked {
    Asked {
        title: "Delete this webhook?".to_owned(),
        text: format!(
            "Nothing more is posted to {}. What is on its way there is given up, and its secret is forgotten.",
            webhook.url
        ),
        verb: "Delete",
        removals: vec![Removal::Webhook(webhook.id.clone())],
        done: format!("Deleted the webhook {}.", webhook.url),
        ..Asked::default()
    }
}

/// How a receiver knows that a message is from here.
#[component]
fn Verifying() -> AnyView {
    view! {
        <Card title="How a receiver checks a message">
            <div class="settings__text">
                <p>
                    "Messages are signed as " <a href="https://www.standardwebhooks.com" rel="external noopener" target="_blank">"Standard Webhooks"</a>
                    ": any of its libraries checks them with the signing secret. By hand:"
                </p>
                <ul class="settings__points">
                    <li><code>"webhook-id"</code>" names the message. It is the same in every try and every redelivery: take each id once."</li>
                    <li><code>"webhook-timestamp"</code>" is when this try was sent, in seconds. Refuse one that is more than five minutes off."</li>
                    <li><code>"webhook-signature"</code>" is " <code>"v1,"</code> " and the HMAC-SHA256, in base64, of " <code>"id.timestamp.body"</code> " with the key that follows " <code>"whsec_"</code> " in the secret, read as base64."</li>
                </ul>
                <p>"Any answer in the 200s takes a message. After anything else it is posted again, with growing pauses."</p>
            </div>
        </Card>
    }
    .into_any()
}
