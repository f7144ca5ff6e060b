//! An MCP server: reached by address, or a program that is started.

use super::{
    setup::Setup,
    wires::{
        Pair, WireLine, header_fields, pair_lines, pairs, variable_fields, wire_fields, wire_lines,
        wires,
    },
};
use crate::{
    api::{Api, health},
    moves::form::{self, Saving, form_dialog, text},
    ui::{
        field::{Choice, Segmented, TextArea, TextField, TextKind},
        lines::Lines,
    },
};
use leptos::prelude::*;
use model::api::{CreateMcpServer, McpServer, McpServerPatch, McpTransport};
use std::collections::BTreeMap;

/// What the dialog is about.
pub type Editing = form::Editing<McpServer>;

const ADDRESS: &str = "address";
const PROGRAM: &str = "program";

#[derive(Clone, Copy)]
struct Form {
    name: RwSignal<String>,
    kind: RwSignal<String>,
    url: RwSignal<String>,
    headers: Lines<Pair>,
    command: RwSignal<String>,
    args: RwSignal<String>,
    env: Lines<Pair>,
    wires: Lines<WireLine>,
}

impl Form {
    fn new(before: Option<&McpServer>) -> Self {
        let none = BTreeMap::new();
        let (mut kind, mut url, mut command, mut args) = (ADDRESS, "", "", String::new());
        let (mut headers, mut env) = (&none, &none);
        match before.map(|before| &before.transport) {
            Some(McpTransport::Http {
                url: to,
                headers: sent,
            }) => (url, headers) = (to, sent),
            Some(McpTransport::Stdio {
                command: program,
                args: given,
                env: set,
            }) => (kind, command, args, env) = (PROGRAM, program, given.join("\n"), set),
            None => {}
        }
        Self {
            name: RwSignal::new(String::new()),
            kind: RwSignal::new(kind.to_owned()),
            url: RwSignal::new(url.to_owned()),
            headers: pair_lines(headers),
            command: RwSignal::new(command.to_owned()),
            args: RwSignal::new(args),
            env: pair_lines(env),
            wires: wire_lines(before.map_or(&[], |before| &before.wires)),
        }
    }

    fn is_program(self) -> bool {
        self.kind.with(|kind| kind == PROGRAM)
    }

    fn created(self) -> CreateMcpServer {
        let program = untrack(|| self.is_program());
        let transport = if program {
            McpTransport::Stdio {
                command: text(self.command),
                args: self
                    .args
                    .with_untracked(|args| args.lines().map(str::to_owned).collect()),
                env: pairs(self.env),
            }
        } else {
            McpTransport::Http {
                url: text(self.url),
                headers: pairs(self.headers),
            }
        };
        CreateMcpServer {
            name: text(self.name),
            transport,
            wires: wires(self.wires, program),
        }
    }
}

pub fn server_dialog(editing: RwSignal<Option<Editing>>, setup: Setup) -> AnyView {
    let title = |editing: &Editing| match editing {
        Editing::New => "New MCP server".to_owned(),
        Editing::Change(server) => format!("Edit the MCP server {}", server.name),
    };
    form_dialog(editing, title, move |editing, saving| {
        inside(editing, saving, setup)
    })
}

fn inside(editing: Editing, saving: Saving, setup: Setup) -> AnyView {
    let api = Api::get();
    let before = editing.before();
    let form = Form::new(before.as_ref());
    let name = saving.wrong("/name");
    let fields = view! {
        <div>
            {before
                .is_none()
                .then(|| {
                    view! {
                        <TextField label="Name" value=form.name mono=true error=name hint="What steps name as their server. It cannot be changed." />
                    }
                })}
            {kind_field(form, setup)}
            {own_fields(form, saving)}
            {wire_fields(
                form.wires,
                setup.connection_choices("Choose a connection"),
                Signal::derive(move || form.is_program()),
                "The connections whose credentials it is told, and the header or the variable that takes each.",
                saving.wrong("/wires"),
            )}
        </div>
    };
    let save = move || {
        let body = form.created();
        let Some(before) = before.clone() else {
            return saving.send(
                |key| async move { health::create_server(api, &body, &key).await },
                move |made| setup.told(format!("The MCP server {} is set up.", made.value.name)),
            );
        };
        let patch = McpServerPatch {
            transport: (body.transport != before.transport).then_some(body.transport),
            wires: (body.wires != before.wires).then_some(body.wires),
        };
        if patch == McpServerPatch::default() {
            return saving.close();
        }
        let said = format!("Changed the MCP server {}.", before.name);
        saving.send(
            |key| async move { health::change_server(api, &before.name, &patch, &key).await },
            move |_| setup.told(said),
        );
    };
    saving.form("this server", fields.into_any(), save)
}

/// A runtime that starts no programs says so here, before anything is typed.
fn kind_field(form: Form, setup: Setup) -> AnyView {
    let refused = Memo::new(move |_| {
        setup
            .standing
            .data()
            .and_then(|data| data.no_programs.clone())
    });
    let choices = move || {
        vec![
            Choice::new(ADDRESS, "By address"),
            Choice::new(PROGRAM, "A program").disabled(refused.get()),
        ]
    };
    view! {
        <div class="field">
            <span class="field__label">"Reached"</span>
            {move || {
                view! {
                    <Segmented label="Reached" value=form.kind choices=choices() on_change=move |to| form.kind.set(to) />
                }
            }}
            {move || refused.get().map(|why| view! { <p class="field__hint">"A program: " {why}</p> })}
        </div>
    }
    .into_any()
}

fn own_fields(form: Form, saving: Saving) -> AnyView {
    let program = Memo::new(move |_| form.is_program());
    let (url, headers) = (
        saving.wrong("/transport/url"),
        saving.wrong("/transport/headers"),
    );
    let (command, env) = (
        saving.wrong("/transport/command"),
        saving.wrong("/transport/env"),
    );
    let own = move || {
        if program.get() {
            return view! {
                <TextField label="Program" value=form.command mono=true error=command hint="Started where the runtime is, and asked on its standard input: npx." />
                <TextArea label="Arguments" value=form.args rows=3 mono=true optional=true hint="One a line." />
                {variable_fields(form.env, env)}
            }
            .into_any();
        }
        view! {
            <TextField
                label="Address"
                value=form.url
                kind=TextKind::Url
                mono=true
                error=url
                hint="Streamable HTTP: https://mcp.example.com/mcp."
            />
            {header_fields(form.headers, headers)}
        }
        .into_any()
    };
    own.into_any()
}
