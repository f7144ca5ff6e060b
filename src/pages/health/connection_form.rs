//! A new connection, or a change of one. Secrets go in and never come out.

mod values;

use super::setup::{Setup, items};
use crate::{
    api::{Api, health},
    moves::form::{self, Saving, form_dialog},
    ui::field::{Checkbox, Choice, Select, TextField, TextKind},
};
use leptos::prelude::*;
use model::api::{Connection, ConnectionPatch};
use values::{API_KEY, BASIC, BEARER, Form, OAUTH};

/// What the dialog is about.
pub type Editing = form::Editing<Box<Connection>>;

const NEVER_SHOWN: &str = "Kept encrypted, and never shown again.";
const KEEP: &str = "Leave this empty to keep the one there is. Steps that have begun keep the old one; failed attempts stay as they are.";

pub fn connection_dialog(editing: RwSignal<Option<Editing>>, setup: Setup) -> AnyView {
    let title = |editing: &Editing| match editing {
        Editing::New => "New connection".to_owned(),
        Editing::Change(connection) => format!("Edit the connection {}", connection.id),
    };
    form_dialog(editing, title, move |editing, saving| {
        inside(editing, saving, setup)
    })
}

fn inside(editing: Editing, saving: Saving, setup: Setup) -> AnyView {
    let api = Api::get();
    let before = editing.before().map(|before| *before);
    let form = Form::new(before.as_ref());
    let taken = RwSignal::new(None::<String>);
    let fields = view! {
        <div>
            {before.is_none().then(|| name_and_kind(form, saving, taken))}
            {own_fields(form, saving, before.as_ref())}
            {probe_fields(form, saving)}
        </div>
    };
    let save = move || {
        let Some(before) = before.clone() else {
            let body = form.created();
            let there = untrack(|| items(setup.connections));
            if there.iter().any(|one| one.id == body.id) {
                taken.set(Some(format!(
                    "There is a connection named {} already.",
                    body.id
                )));
                return saving.focus_wrong();
            }
            taken.set(None);
            return saving.send(
                |key| async move { health::create_connection(api, &body, &key).await },
                move |made| setup.told(format!("Set up the connection {}.", made.value.id)),
            );
        };
        let patch = form.changed(&before);
        if patch == ConnectionPatch::default() {
            return saving.close();
        }
        let said = if patch
            .secret
            .as_ref()
            .is_some_and(|secret| !secret.is_empty())
        {
            format!("{} has a new secret.", before.id)
        } else {
            format!("Changed the connection {}.", before.id)
        };
        saving.send(
            |key| async move { health::change_connection(api, &before.id, &patch, &key).await },
            move |_| setup.told(said),
        );
    };
    saving.form("this connection", fields.into_any(), save)
}

fn name_and_kind(form: Form, saving: Saving, taken: RwSignal<Option<String>>) -> AnyView {
    let kinds = vec![
        Choice::new(BEARER, "Bearer token"),
        Choice::new(API_KEY, "API key in a header"),
        Choice::new(BASIC, "User name and password"),
        Choice::new(OAUTH, "OAuth 2.0"),
    ];
    let refused = saving.wrong("/id");
    let wrong = Signal::derive(move || taken.get().or_else(|| refused.get()));
    view! {
        <TextField label="Name" value=form.id mono=true error=wrong hint="What MCP servers name: github. It cannot be changed." />
        <Select label="Proves with" value=form.kind choices=kinds on_change=move |to| form.kind.set(to) />
    }
    .into_any()
}

/// What a kind of its own asks for.
fn own_fields(form: Form, saving: Saving, before: Option<&Connection>) -> AnyView {
    let has_secret = before.is_some_and(|before| before.has_secret);
    let is_new = before.is_none();
    let header = saving.wrong("/auth/header");
    let username = saving.wrong("/auth/username");
    let authorize = saving.wrong("/auth/authorize_url");
    let token = saving.wrong("/auth/token_url");
    let client = saving.wrong("/auth/client_id");
    let wrong = saving.wrong("/secret");
    let secret = move |name: &'static str, optional: bool| {
        let label = if has_secret {
            format!("New {}", name.to_lowercase())
        } else {
            name.to_owned()
        };
        let hint = if has_secret { KEEP } else { NEVER_SHOWN };
        view! {
            <TextField
                label
                value=form.secret
                kind=TextKind::Secret
                optional=optional || has_secret
                error=wrong
                hint
            />
        }
    };
    let kind = Memo::new(move |_| form.kind.get());
    let own = move || {
        match kind.get().as_str() {
        API_KEY => view! {
            <TextField label="Header" value=form.header mono=true error=header />
            {secret("Key", false)}
        }
        .into_any(),
        BASIC => view! {
            <TextField label="User name" value=form.username error=username />
            {secret("Password", false)}
        }
        .into_any(),
        OAUTH => view! {
            <TextField label="Authorization address" value=form.authorize_url kind=TextKind::Url mono=true error=authorize />
            <TextField label="Token address" value=form.token_url kind=TextKind::Url mono=true error=token />
            <TextField
                label="Client id"
                value=form.client_id
                mono=true
                error=client
                hint=if is_new { "What this program is called there." } else { "With another address, client or scope it has to be reconnected." }
            />
            <TextField label="Scopes" value=form.scopes mono=true optional=true hint="With spaces between." />
            {secret("Client secret", true)}
            {has_secret
                .then(|| {
                    view! {
                        <div class="field">
                            <Checkbox label="Remove the client secret" checked=form.no_secret on_change=move |on| form.no_secret.set(on) />
                        </div>
                    }
                })}
        }
        .into_any(),
        _ => secret("Token", false).into_any(),
    }
    };
    own.into_any()
}

fn probe_fields(form: Form, saving: Saving) -> AnyView {
    let probed = Memo::new(move |_| form.probe.with(|probe| !probe.trim().is_empty()));
    let oauth = Memo::new(move |_| form.kind.with(|kind| kind == OAUTH));
    let status = saving.wrong("/probe/expected_status");
    let ends = saving.wrong("/expires_at");
    view! {
        <TextField
            label="Probe"
            value=form.probe
            kind=TextKind::Url
            mono=true
            optional=true
            error=saving.wrong("/probe/url")
            hint="An address that is asked with the credential, to see whether it is taken."
        />
        <Show when=move || probed.get()>
            <TextField label="Status of a good answer" value=form.status kind=TextKind::Number error=status />
        </Show>
        // An authorization server says itself when its tokens end.
        <Show when=move || !oauth.get()>
            <TextField
                label="Ends on"
                value=form.ends
                kind=TextKind::Date
                optional=true
                error=ends
                hint="From 7 days before, Health warns of it."
            />
        </Show>
    }
    .into_any()
}
