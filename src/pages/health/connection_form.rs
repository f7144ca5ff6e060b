//! A new connection, or a new secret for one. Secrets go in and never come out.

use crate::{
    api::{ActionKey, Api, ApiError, ErrorFace, Query, health},
    ui::{
        button::{Button, ButtonKind},
        dialog::{Dialog, open_while},
        field::{Choice, Select, TextField, TextKind},
        toast::{Toast, Toasts},
    },
};
use leptos::prelude::*;
use model::api::{Connection, ConnectionAuth, ConnectionPatch, CreateConnection, Page, Probe};

/// What the dialog is about.
#[derive(Clone, PartialEq)]
pub enum Editing {
    New,
    Secret(Box<Connection>),
}

const BEARER: &str = "bearer";
const API_KEY: &str = "api_key";
const BASIC: &str = "basic";
const OAUTH: &str = "oauth2";

#[derive(Clone, Copy)]
struct Form {
    id: RwSignal<String>,
    kind: RwSignal<String>,
    header: RwSignal<String>,
    username: RwSignal<String>,
    authorize_url: RwSignal<String>,
    token_url: RwSignal<String>,
    client_id: RwSignal<String>,
    scopes: RwSignal<String>,
    secret: RwSignal<String>,
    probe: RwSignal<String>,
}

impl Form {
    fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            id: empty(),
            kind: RwSignal::new(BEARER.to_owned()),
            header: RwSignal::new("X-Api-Key".to_owned()),
            username: empty(),
            authorize_url: empty(),
            token_url: empty(),
            client_id: empty(),
            scopes: empty(),
            secret: empty(),
            probe: empty(),
        }
    }

    fn body(self) -> CreateConnection {
        let text = |signal: RwSignal<String>| signal.with_untracked(|text| text.trim().to_owned());
        let some = |signal| Some(text(signal)).filter(|text| !text.is_empty());
        let auth = match text(self.kind).as_str() {
            API_KEY => ConnectionAuth::ApiKey {
                header: text(self.header),
            },
            BASIC => ConnectionAuth::Basic {
                username: text(self.username),
            },
            OAUTH => ConnectionAuth::OAuth2 {
                authorize_url: text(self.authorize_url),
                token_url: text(self.token_url),
                client_id: text(self.client_id),
                scopes: text(self.scopes)
                    .split_whitespace()
                    .map(str::to_owned)
                    .collect(),
            },
            _ => ConnectionAuth::Bearer,
        };
        CreateConnection {
            id: text(self.id),
            auth,
            secret: some(self.secret),
            probe: some(self.probe).map(|url| Probe {
                url,
                expected_status: 200,
            }),
            expires_at: None,
        }
    }
}

#[component]
pub fn ConnectionDialog(
    editing: RwSignal<Option<Editing>>,
    query: Query<Page<Connection>>,
) -> AnyView {
    let open = open_while(editing);
    let title = Signal::derive(move || {
        editing.with(|editing| match editing {
            Some(Editing::Secret(connection)) => format!("A new secret for {}", connection.id),
            Some(Editing::New) | None => "New connection".to_owned(),
        })
    });
    view! {
        <Dialog open title stays=true>
            {move || editing.get().map(|editing| inside(editing, open, query))}
        </Dialog>
    }
    .into_any()
}

fn inside(editing: Editing, open: RwSignal<bool>, query: Query<Page<Connection>>) -> AnyView {
    let (api, toasts) = (Api::get(), Toasts::get());
    let form = Form::new();
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let fields = match &editing {
        Editing::New => new_fields(form),
        Editing::Secret(_) => view! {
            <TextField
                label="New secret"
                value=form.secret
                kind=TextKind::Secret
                hint="Kept encrypted, and never shown again. Steps that have begun keep the old one; failed attempts stay as they are."
            />
        }
        .into_any(),
    };
    let save = move || {
        busy.set(true);
        error.set(None);
        let body = form.body();
        let editing = editing.clone();
        leptos::task::spawn_local(async move {
            let key = ActionKey::fresh();
            let (done, answer) = match editing {
                Editing::New => {
                    let answer = health::create_connection(api, &body, &key).await;
                    (format!("Set up the connection {}.", body.id), answer)
                }
                Editing::Secret(connection) => {
                    let patch = ConnectionPatch {
                        secret: body.secret,
                        ..ConnectionPatch::default()
                    };
                    let answer = health::change_connection(api, &connection.id, &patch, &key).await;
                    (format!("{} has a new secret.", connection.id), answer)
                }
            };
            busy.try_set(false);
            match answer {
                Ok(_) => {
                    open.try_set(false);
                    if let Some(toasts) = toasts {
                        toasts.push(Toast::done(done));
                    }
                    query.reload();
                }
                Err(refused) => drop(error.try_set(Some(refused))),
            }
        });
    };
    view! {
        <form
            class="provider-form"
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
        >
            <div>{fields}</div>
            <ErrorFace error what="this connection" compact=true />
            <div class="provider-form__buttons">
                <Button on_click=move || open.set(false)>"Not now"</Button>
                <Button kind=ButtonKind::Primary busy submit=true>"Save"</Button>
            </div>
        </form>
    }
    .into_any()
}

fn new_fields(form: Form) -> AnyView {
    let kinds = vec![
        Choice::new(BEARER, "Bearer token"),
        Choice::new(API_KEY, "API key in a header"),
        Choice::new(BASIC, "User name and password"),
        Choice::new(OAUTH, "OAuth 2.0"),
    ];
    let kind = Memo::new(move |_| form.kind.get());
    let own = move || {
        match kind.get().as_str() {
        API_KEY => view! {
            <TextField label="Header" value=form.header mono=true />
            <TextField label="Key" value=form.secret kind=TextKind::Secret hint="Kept encrypted, and never shown again." />
        }
        .into_any(),
        BASIC => view! {
            <TextField label="User name" value=form.username />
            <TextField label="Password" value=form.secret kind=TextKind::Secret hint="Kept encrypted, and never shown again." />
        }
        .into_any(),
        OAUTH => view! {
            <TextField label="Authorization address" value=form.authorize_url kind=TextKind::Url mono=true />
            <TextField label="Token address" value=form.token_url kind=TextKind::Url mono=true />
            <TextField label="Client id" value=form.client_id mono=true />
            <TextField label="Client secret" value=form.secret kind=TextKind::Secret optional=true hint="Kept encrypted, and never shown again." />
            <TextField label="Scopes" value=form.scopes mono=true optional=true hint="With spaces between." />
        }
        .into_any(),
        _ => view! {
            <TextField label="Token" value=form.secret kind=TextKind::Secret hint="Kept encrypted, and never shown again." />
        }
        .into_any(),
    }
    };
    view! {
        <TextField label="Name" value=form.id mono=true hint="What MCP servers name: github." />
        <Select label="Proves with" value=form.kind choices=kinds on_change=move |to| form.kind.set(to) />
        {own}
        <TextField
            label="Probe"
            value=form.probe
            kind=TextKind::Url
            mono=true
            optional=true
            hint="An address that answers 200 to whoever has the credential."
        />
    }
    .into_any()
}
