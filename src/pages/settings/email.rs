//! The e-mail server of the tenant, a test of it, and what it sent.

mod test;

use super::deliveries::Deliveries;
use crate::{
    api::{Api, Query, channels, channels::Log, removal::Removal},
    moves::ask::{AskDialog, Asked},
    moves::form::{Form, Sending, text},
    ui::{
        button::{Button, ButtonKind},
        card::Card,
        field::{Checkbox, Choice, Select, TextField, TextKind},
        skeleton::Skeleton,
        time::Time,
    },
};
use leptos::prelude::*;
use model::notify::{EmailServer, EmailServerBody, EmailSetup, SmtpSecurity};
use test::Test;

#[component]
pub fn Email() -> AnyView {
    let query = Query::<EmailSetup>::get(|| Some(channels::EMAIL.to_owned()));
    let asked = RwSignal::new(None);
    // Counts what was sent from here: the log looks again then.
    let sent = RwSignal::new(0_u64);
    let wait = || view! { <Card title="Server"><Skeleton lines=6 /></Card> }.into_any();
    let show = move |setup: std::sync::Arc<EmailSetup>| {
        let ready = setup.server.is_some();
        view! {
            {server_card(setup.server.clone(), query, asked)}
            {ready.then(|| view! { <Test sent /> })}
        }
        .into_any()
    };
    view! {
        {query.view("the e-mail server", wait, show)}
        <Deliveries log=Log::Email title="What was sent" after=sent />
        <AskDialog asked on_done=move |()| query.reload() />
    }
    .into_any()
}

/// What stands in the form.
#[derive(Clone, Copy)]
struct Fields {
    host: RwSignal<String>,
    port: RwSignal<String>,
    security: RwSignal<String>,
    username: RwSignal<String>,
    password: RwSignal<String>,
    no_password: RwSignal<bool>,
    from: RwSignal<String>,
    console_url: RwSignal<String>,
}

impl Fields {
    fn new(server: Option<&EmailServer>) -> Self {
        let known = |read: fn(&EmailServer) -> String, other: &str| {
            RwSignal::new(server.map_or_else(|| other.to_owned(), read))
        };
        let here = window().location().origin().unwrap_or_default();
        Self {
            host: known(|server| server.host.clone(), ""),
            port: known(|server| server.port.to_string(), "587"),
            security: known(
                |server| server.security.as_str().to_owned(),
                SmtpSecurity::StartTls.as_str(),
            ),
            username: known(|server| server.username.clone().unwrap_or_default(), ""),
            password: RwSignal::new(String::new()),
            no_password: RwSignal::new(false),
            from: known(|server| server.from.clone(), ""),
            console_url: known(
                |server| server.console_url.clone().unwrap_or_default(),
                &here,
            ),
        }
    }

    fn body(self) -> EmailServerBody {
        let some = |signal| Some(text(signal)).filter(|text| !text.is_empty());
        EmailServerBody {
            host: text(self.host),
            // 0 is no port; the runtime says which ones are usual.
            port: text(self.port).parse().unwrap_or(0),
            security: SmtpSecurity::parse(&text(self.security)).unwrap_or(SmtpSecurity::StartTls),
            username: some(self.username),
            password: if self.no_password.get_untracked() {
                Some(String::new())
            } else {
                self.password
                    .with_untracked(|password| (!password.is_empty()).then(|| password.clone()))
            },
            from: text(self.from),
            console_url: some(self.console_url),
        }
    }

    /// The usual port of the other way is changed with the way; a port of one's own stays.
    fn secure(self, word: String) {
        let usual = |word: &str| match SmtpSecurity::parse(word) {
            Some(SmtpSecurity::Tls) => "465",
            Some(SmtpSecurity::StartTls) => "587",
            Some(SmtpSecurity::Plain) | None => "25",
        };
        if text(self.port) == usual(&text(self.security)) {
            self.port.set(usual(&word).to_owned());
        }
        self.security.set(word);
    }
}

fn server_card(
    server: Option<EmailServer>,
    query: Query<EmailSetup>,
    asked: RwSignal<Option<Asked>>,
) -> AnyView {
    let api = Api::get();
    let sending = Sending::new();
    let fields = Fields::new(server.as_ref());
    let save = move || {
        let body = fields.body();
        sending.send(
            |key| async move { channels::set_email(api, &body, &key).await },
            move |answer| {
                sending.say("Saved the e-mail server.".to_owned());
                query.set(EmailSetup {
                    server: Some(answer.value),
                });
            },
        );
    };
    let has_password = server.as_ref().is_some_and(|server| server.has_password);
    let is_new = server.is_none();
    let changed = server
        .as_ref()
        .map(|server| (server.updated_by.name.clone(), server.updated_at));
    let host = server.map(|server| server.host);
    let aside = move || {
        changed
            .clone()
            .map(|(by, at)| view! { <span>{format!("Changed by {by} ")}<Time at /></span> })
            .into_any()
    };
    let buttons = move || {
        host.clone()
            .map(|host| {
                let ask = move || asked.set(Some(question(&host)));
                view! { <Button kind=ButtonKind::Danger on_click=ask>"Remove"</Button> }
            })
            .into_any()
    };
    let verb = if is_new { "Set up" } else { "Save" };
    view! {
        <Card title="Server" aside>
            <Form sending what="the e-mail server" verb buttons on_submit=move |()| save()>
                {inputs(fields, sending, has_password)}
            </Form>
        </Card>
    }
    .into_any()
}

fn inputs(fields: Fields, sending: Sending, has_password: bool) -> AnyView {
    let ways = SmtpSecurity::ALL
        .iter()
        .map(|way| {
            let label = match way {
                SmtpSecurity::Tls => "TLS",
                SmtpSecurity::StartTls => "STARTTLS",
                SmtpSecurity::Plain => "None, for a server on the same machine",
            };
            Choice::new(way.as_str(), label)
        })
        .collect::<Vec<_>>();
    let (password_label, password_hint) = if has_password {
        ("New password", "One is set. Leave this empty to keep it.")
    } else {
        ("Password", "Kept encrypted, and never shown again.")
    };
    view! {
        <div class="form__two form__two--wide">
            <TextField label="Host" value=fields.host mono=true error=sending.wrong("/host") placeholder="smtp.example.com" />
            <TextField label="Port" value=fields.port mono=true error=sending.wrong("/port") />
        </div>
        <Select
            label="Security"
            value=fields.security
            choices=ways
            error=sending.wrong("/security")
            on_change=move |to| fields.secure(to)
        />
        <div class="form__two">
            <TextField label="User name" value=fields.username optional=true mono=true />
            <TextField label=password_label value=fields.password kind=TextKind::Secret optional=true hint=password_hint />
        </div>
        {has_password
            .then(|| {
                view! {
                    <div class="field">
                        <Checkbox label="Remove the password" checked=fields.no_password on_change=move |on| fields.no_password.set(on) />
                    </div>
                }
            })}
        <TextField
            label="From"
            value=fields.from
            kind=TextKind::Email
            error=sending.wrong("/from")
            placeholder="signalbox@example.com"
        />
        <TextField
            label="Address of this console"
            value=fields.console_url
            kind=TextKind::Url
            mono=true
            optional=true
            error=sending.wrong("/console_url")
            hint="Links in messages begin with it."
        />
    }
    .into_any()
}

fn question(host: &str) -> Asked {
    Asked {
        title: format!("Remove the e-mail server {host}?"),
        text: "No more e-mail is sent, and reports that go to support by e-mail cannot be sent. Its password is forgotten."
            .to_owned(),
        verb: "Remove",
        removals: vec![Removal::EmailServer],
        done: "Removed the e-mail server.".to_owned(),
        ..Asked::default()
    }
}
