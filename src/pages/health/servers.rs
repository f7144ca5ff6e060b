//! MCP servers and instances: how they stand, Validate with its messages, and the profile in use.

use super::{checks::badge, server_form::Editing};
use crate::{
    api::{ActionKey, Api, Query, health},
    moves::act::act,
    state::session,
    ui::{
        button::Button,
        card::Card,
        empty::Empty,
        field::{Choice, InlineSelect},
        icon::{Glyph, StatusGlyph, lucide},
        keyed::keyed,
        status::Tone,
    },
};
use leptos::prelude::*;
use model::api::{Check, Health, McpInstance, McpServer, McpTransport, Page, Validation, Wire};
use model::{CheckKind, Role, Scope};

/// A server or an instance: what a step can name.
#[derive(Clone, PartialEq)]
struct Named {
    name: String,
    about: String,
    wires: Vec<Wire>,
    /// A server that is reached by address: it can be changed here.
    server: Option<McpServer>,
    instance: Option<McpInstance>,
}

#[derive(Clone, Copy)]
pub struct Servers {
    pub list: Query<Page<McpServer>>,
    pub instances: Query<Page<McpInstance>>,
    pub health: Query<Health>,
    pub checks: Memo<Vec<Check>>,
    pub editing: RwSignal<Option<Editing>>,
}

impl Servers {
    fn all(self) -> Vec<Named> {
        let servers = self.list.data();
        let servers = servers
            .iter()
            .flat_map(|page| &page.items)
            .map(|one| Named {
                name: one.name.clone(),
                about: match &one.transport {
                    McpTransport::Http { url, .. } => format!("Reached at {url}"),
                    McpTransport::Stdio { command, args, .. } => {
                        format!("Starts {command} {}", args.join(" "))
                    }
                },
                wires: one.wires.clone(),
                server: matches!(one.transport, McpTransport::Http { .. }).then(|| one.clone()),
                instance: None,
            });
        let instances = self.instances.data();
        let instances = instances.iter().flat_map(|page| &page.items).map(|one| {
            let active = one
                .profiles
                .iter()
                .find(|profile| profile.name == one.active);
            Named {
                name: one.name.clone(),
                about: format!("Instance of {}", one.server),
                wires: active
                    .map(|profile| profile.wires.clone())
                    .unwrap_or_default(),
                server: None,
                instance: Some(one.clone()),
            }
        });
        servers.chain(instances).collect()
    }
}

pub fn servers(data: Servers) -> AnyView {
    let may = session::denied(Role::ProjectAdmin, Scope::WorkflowRun);
    let all = Memo::new(move |_| data.all());
    let aside = move || {
        view! {
            <Button small=true icon=lucide::LuPlus disabled=may on_click=move || data.editing.set(Some(Editing::New))>
                "New MCP server"
            </Button>
        }
        .into_any()
    };
    let body = move || {
        if all.with(Vec::is_empty) {
            return view! {
                <Empty
                    icon=lucide::LuServer
                    title="No MCP server is set up"
                    text="Steps call tools of MCP servers. The server files is built in and needs no set-up."
                />
            }
            .into_any();
        }
        let list = keyed(
            all.into(),
            |one| one.name.clone(),
            move |one| row(one, data),
        );
        view! { <ul class="servers">{list}</ul> }.into_any()
    };
    view! { <div id="servers"><Card title="MCP servers" aside>{body}</Card></div> }.into_any()
}

fn row(one: Memo<Named>, data: Servers) -> AnyView {
    let api = Api::get();
    let may = session::denied(Role::ProjectContributor, Scope::WorkflowRun);
    let (busy, found) = (RwSignal::new(false), RwSignal::new(None::<Validation>));
    let name = one.with_untracked(|one| one.name.clone());
    let (own, label) = (name.clone(), format!("Validate {name}"));
    let check = Memo::new(move |_| {
        data.checks.with(|all| {
            let of = |check: &&Check| check.kind == CheckKind::McpServer && check.subject == own;
            all.iter().find(of).cloned()
        })
    });
    let asked = name.clone();
    let validate = move || {
        let name = asked.clone();
        act(
            busy,
            async move { health::validate(api, &name, &ActionKey::fresh()).await },
            move |validation| {
                found.try_set(validation);
                data.health.reload();
            },
        );
    };
    let wires = move || {
        one.with(|one| {
            let names: Vec<&str> = one
                .wires
                .iter()
                .map(|wire| wire.connection.as_str())
                .collect();
            (!names.is_empty()).then(|| format!(" · told the credential of {}", names.join(", ")))
        })
    };
    let standing = move || {
        check.get().map(|check| {
            view! {
                {badge(&check)}
                <span>{check.message.clone()}</span>
            }
        })
    };
    view! {
        <li class="server">
            <div class="server__text">
                <h3 class="mono">{name}</h3>
                <p class="dim">{move || one.with(|one| one.about.clone())} {wires}</p>
                <p class="server__check">{standing}</p>
                {move || found.get().map(messages)}
            </div>
            <div class="server__act">
                {move || one.with(|one| one.instance.clone()).map(|instance| profiles(instance, data))}
                {move || one.with(|one| one.server.clone()).map(|server| edit_button(server, data))}
                <Button small=true icon=lucide::LuListChecks busy disabled=may label on_click=validate>"Validate"</Button>
            </div>
        </li>
    }
    .into_any()
}

fn edit_button(server: McpServer, data: Servers) -> AnyView {
    let may = session::denied(Role::ProjectAdmin, Scope::WorkflowRun);
    let label = format!("Edit the server {}", server.name);
    let edit = move || data.editing.set(Some(Editing::Change(server.clone())));
    view! { <Button small=true icon=lucide::LuPencil disabled=may label on_click=edit>"Edit"</Button> }
        .into_any()
}

/// What a validation says, check by check.
fn messages(validation: Validation) -> AnyView {
    let checks = validation
        .checks
        .into_iter()
        .map(|check| {
            let (glyph, tone, word) = if check.ok {
                (Glyph::Success, Tone::Ok, "Passed")
            } else {
                (Glyph::Failed, Tone::Fail, "Failed")
            };
            view! {
                <li class=tone.class()>
                    <StatusGlyph glyph />
                    <span class="visually-hidden">{word} ": "</span>
                    {check.message}
                </li>
            }
        })
        .collect_view();
    let tools = validation.tools.join(", ");
    view! {
        <div class="server__found" role="status">
            <ul>{checks}</ul>
            {(!tools.is_empty()).then(|| view! { <p class="dim">"Tools: " <span class="mono">{tools}</span></p> })}
        </div>
    }
    .into_any()
}

fn profiles(instance: McpInstance, data: Servers) -> AnyView {
    let api = Api::get();
    let busy = RwSignal::new(false);
    let choices: Vec<Choice> = instance
        .profiles
        .iter()
        .map(|profile| Choice::new(profile.name.clone(), profile.name.clone()))
        .collect();
    let name = instance.name.clone();
    let choose = move |profile: String| {
        let name = name.clone();
        act(
            busy,
            async move { health::set_active(api, &name, &profile, &ActionKey::fresh()).await },
            move |_| {
                data.instances.reload();
                data.health.reload();
            },
        );
    };
    let label = format!("Profile of {}", instance.name);
    view! { <InlineSelect label value=Signal::stored(instance.active) choices=Signal::stored(choices) on_change=choose /> }
        .into_any()
}
