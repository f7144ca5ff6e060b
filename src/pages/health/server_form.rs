//! An MCP server that is reached by address: a new one, or another address or credential for one.

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
use model::api::{
    Connection, CreateMcpServer, McpServer, McpServerPatch, McpTransport, Page, Wire,
};
use std::collections::BTreeMap;

/// What the dialog is about.
#[derive(Clone, PartialEq)]
pub enum Editing {
    New,
    Change(McpServer),
}

#[component]
pub fn ServerDialog(
    editing: RwSignal<Option<Editing>>,
    query: Query<Page<McpServer>>,
    connections: Query<Page<Connection>>,
) -> AnyView {
    let open = open_while(editing);
    let title = Signal::derive(move || {
        editing.with(|editing| match editing {
            Some(Editing::Change(server)) => format!("Edit the MCP server {}", server.name),
            Some(Editing::New) | None => "New MCP server".to_owned(),
        })
    });
    view! {
        <Dialog open title stays=true>
            {move || editing.get().map(|editing| inside(editing, open, query, connections))}
        </Dialog>
    }
    .into_any()
}

fn inside(
    editing: Editing,
    open: RwSignal<bool>,
    query: Query<Page<McpServer>>,
    connections: Query<Page<Connection>>,
) -> AnyView {
    let (api, toasts) = (Api::get(), Toasts::get());
    let before = match editing {
        Editing::New => None,
        Editing::Change(server) => Some(server),
    };
    let known = |read: fn(&McpServer) -> Option<String>| {
        RwSignal::new(before.as_ref().and_then(read).unwrap_or_default())
    };
    let name = known(|server| Some(server.name.clone()));
    let url = known(|server| match &server.transport {
        McpTransport::Http { url, .. } => Some(url.clone()),
        McpTransport::Stdio { .. } => None,
    });
    let connection = known(|server| Some(server.wires.first()?.connection.clone()));
    let is_new = before.is_none();
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let choices = Signal::derive(move || {
        let mut all = vec![Choice::new("", "None")];
        if let Some(page) = connections.data() {
            let ids = page.items.iter().map(|one| one.id.clone());
            all.extend(ids.map(|id| Choice::new(id.clone(), id)));
        }
        all
    });
    let save = move || {
        busy.set(true);
        error.set(None);
        let text = |signal: RwSignal<String>| signal.with_untracked(|text| text.trim().to_owned());
        let wire = Some(text(connection)).filter(|id| !id.is_empty());
        let old = before.clone();
        // What this form does not show stays: further headers and wires, and the header of the first wire.
        let headers = match old.as_ref().map(|server| &server.transport) {
            Some(McpTransport::Http { headers, .. }) => headers.clone(),
            Some(McpTransport::Stdio { .. }) | None => BTreeMap::new(),
        };
        let mut wires = old.map(|server| server.wires).unwrap_or_default();
        match (wires.first_mut(), wire) {
            (Some(first), Some(connection)) => first.connection = connection,
            (None, Some(connection)) => wires.push(Wire {
                connection,
                header: None,
                env: None,
            }),
            (Some(_), None) => drop(wires.remove(0)),
            (None, None) => {}
        }
        let body = CreateMcpServer {
            name: text(name),
            transport: McpTransport::Http {
                url: text(url),
                headers,
            },
            wires,
        };
        leptos::task::spawn_local(async move {
            let key = ActionKey::fresh();
            let answer = if is_new {
                health::create_server(api, &body, &key).await
            } else {
                let patch = McpServerPatch {
                    transport: Some(body.transport.clone()),
                    wires: Some(body.wires.clone()),
                };
                health::change_server(api, &body.name, &patch, &key).await
            };
            busy.try_set(false);
            match answer {
                Ok(_) => {
                    open.try_set(false);
                    if let Some(toasts) = toasts {
                        toasts.push(Toast::done(format!(
                            "The MCP server {} is set up.",
                            body.name
                        )));
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
            <div>
                {is_new.then(|| view! { <TextField label="Name" value=name mono=true hint="What steps name as their server." /> })}
                <TextField label="Address" value=url kind=TextKind::Url mono=true hint="Streamable HTTP: https://mcp.example.com/mcp. Servers that start a program are set up with the API." />
                <Select
                    label="Credential"
                    value=connection
                    choices
                    on_change=move |to| connection.set(to)
                    hint="The connection whose credential it is told."
                />
            </div>
            <ErrorFace error what="this server" compact=true />
            <div class="provider-form__buttons">
                <Button on_click=move || open.set(false)>"Not now"</Button>
                <Button kind=ButtonKind::Primary busy submit=true>"Save"</Button>
            </div>
        </form>
    }
    .into_any()
}
