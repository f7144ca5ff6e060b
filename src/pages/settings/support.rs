//! Where reports go: nowhere, by e-mail, or to an address they are posted to.

use super::secret::SecretOnce;
use crate::{
    api::{Api, Query, channels, support},
    moves::form::{Form, Sending, text},
    routes::{Page, Section},
    state::session,
    ui::{
        banner::Banner,
        card::Card,
        dialog::{Dialog, open_while},
        dom::unique_id,
        field::{TextField, TextKind},
        skeleton::Skeleton,
        status::Tone,
    },
};
use leptos::prelude::*;
use model::notify::EmailSetup;
use model::report::{NewSupportTarget, SupportTarget};
use std::sync::Arc;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Nowhere,
    Email,
    Webhook,
}

impl Way {
    const ALL: [Self; 3] = [Self::Nowhere, Self::Email, Self::Webhook];

    fn of(target: &SupportTarget) -> Self {
        match (&target.email, &target.webhook_url) {
            (Some(_), _) => Self::Email,
            (None, Some(_)) => Self::Webhook,
            (None, None) => Self::Nowhere,
        }
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Nowhere => (
                "Nowhere",
                "Reports are kept here. Whoever reports can download the file and send it themselves.",
            ),
            Self::Email => (
                "An e-mail address",
                "Each report is sent there with its file attached.",
            ),
            Self::Webhook => (
                "An address they are posted to",
                "Each report is posted there, signed as webhooks are.",
            ),
        }
    }
}

#[component]
pub fn Support() -> AnyView {
    let query = Query::<SupportTarget>::get(|| Some(support::TARGET.to_owned()));
    let email = Query::<EmailSetup>::get(|| Some(channels::EMAIL.to_owned()));
    let made = RwSignal::new(None::<NewSupportTarget>);
    let wait = || view! { <Card title="Support"><Skeleton lines=5 /></Card> }.into_any();
    let show = move |target: Arc<SupportTarget>| form(&target, query, email, made);
    view! {
        {query.view("the support target", wait, show)}
        <SecretDialog made />
    }
    .into_any()
}

fn form(
    target: &SupportTarget,
    query: Query<SupportTarget>,
    email: Query<EmailSetup>,
    shown: RwSignal<Option<NewSupportTarget>>,
) -> AnyView {
    let api = Api::get();
    let sending = Sending::new();
    let way = RwSignal::new(Way::of(target));
    let address = RwSignal::new(target.email.clone().unwrap_or_default());
    let url = RwSignal::new(target.webhook_url.clone().unwrap_or_default());
    let now = now(target);
    let save = move || {
        // What is sent is what is chosen; an empty address is the runtime's to refuse.
        let way = way.get_untracked();
        let target = SupportTarget {
            email: (way == Way::Email).then(|| text(address)),
            webhook_url: (way == Way::Webhook).then(|| text(url)),
        };
        sending.send(
            |key| async move { support::set_target(api, &target, &key).await },
            move |answer| {
                let made = answer.value;
                if made.webhook_url.is_some() {
                    shown.try_set(Some(made.clone()));
                } else {
                    sending.say("Saved where reports go.".to_owned());
                }
                query.set(SupportTarget {
                    email: made.email,
                    webhook_url: made.webhook_url,
                });
            },
        );
    };
    let more = move || {
        match way.get() {
        Way::Nowhere => ().into_any(),
        Way::Email => view! {
            <TextField label="E-mail address" value=address kind=TextKind::Email error=sending.wrong("/email") placeholder="support@example.com" />
            <NoServer email />
        }
        .into_any(),
        Way::Webhook => view! {
            <TextField
                label="Address"
                value=url
                kind=TextKind::Url
                mono=true
                error=sending.wrong("/webhook_url")
                placeholder="https://support.example.com/reports"
                hint="Saving makes a new signing secret, also where the address stays: the old one is no longer good."
            />
        }
        .into_any(),
    }
    };
    view! {
        <Card title="Where reports go">
            <Form sending what="the support target" verb="Save" on_submit=move |()| save()>
                <p class="settings__now">{now}</p>
                <WayPick way />
                {more}
            </Form>
        </Card>
    }
    .into_any()
}

/// How it stands now, whatever is chosen in the form.
fn now(target: &SupportTarget) -> String {
    match (&target.email, &target.webhook_url) {
        (Some(email), _) => format!("Now: reports are sent to {email}."),
        (None, Some(url)) => format!("Now: reports are posted to {url}."),
        (None, None) => "Now: reports go nowhere by themselves.".to_owned(),
    }
}

#[component]
fn WayPick(way: RwSignal<Way>) -> AnyView {
    let name = unique_id("way");
    let one = move |own: Way| {
        let id = unique_id("way");
        let hint = format!("{id}-hint");
        let (label, says) = own.words();
        view! {
            <div class="pick__one">
                <input
                    type="radio"
                    class="pick__box"
                    id=id.clone()
                    name=name.clone()
                    aria-describedby=hint.clone()
                    prop:checked=move || way.get() == own
                    on:change=move |_| way.set(own)
                />
                <label class="pick__label" for=id>{label}</label>
                <span class="field__hint pick__hint" id=hint>{says}</span>
            </div>
        }
    };
    view! {
        <fieldset class="field pick">
            <legend class="field__label">"Reports go to"</legend>
            {Way::ALL.map(one).collect_view()}
        </fieldset>
    }
    .into_any()
}

/// E-mail goes nowhere without a server.
#[component]
fn NoServer(email: Query<EmailSetup>) -> AnyView {
    let href = session::place().link(&Page::Settings(Section::Email));
    let none = Memo::new(move |_| email.data().is_some_and(|setup| setup.server.is_none()));
    let shown = move || {
        let href = href.clone();
        none.get().then(|| {
            view! {
                <Banner tone=Tone::Wait title="No e-mail server is set up">
                    "Until there is one, nobody can send a report. " <a href=href>"Set one up"</a>
                </Banner>
            }
        })
    };
    shown.into_any()
}

#[component]
fn SecretDialog(made: RwSignal<Option<NewSupportTarget>>) -> AnyView {
    let open = open_while(made);
    let inside = move || {
        made.get().map(|made| {
            view! {
                <SecretOnce secret=made.secret name="Signing secret" lost="Save again: that makes another one." open>
                    <p class="dim">"Support checks with it that a report is from here. Messages are signed as Standard Webhooks."</p>
                </SecretOnce>
            }
        })
    };
    view! { <Dialog open title="Reports are posted there now" stays=true>{inside}</Dialog> }
        .into_any()
}
