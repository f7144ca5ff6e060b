//! MCP servers and their instances: all that a step can name.

mod row;

use super::{
    instance_form::Editing as EditingInstance,
    row_acts::new_button,
    server_form::Editing,
    setup::{Setup, items},
};
use crate::ui::{card::Card, empty::Empty, icon::lucide, keyed::keyed, skeleton::Skeleton};
use leptos::prelude::*;
use model::api::{McpInstance, McpServer, McpTransport, Wire};
use row::row;

/// A server or an instance: what a step can name.
#[derive(Clone, PartialEq)]
enum Named {
    Server(McpServer),
    Instance(McpInstance),
}

impl Named {
    fn name(&self) -> &str {
        match self {
            Self::Server(server) => &server.name,
            Self::Instance(instance) => &instance.name,
        }
    }

    fn about(&self) -> String {
        match self {
            Self::Server(server) => match &server.transport {
                McpTransport::Http { url, .. } => format!("Reached at {url}"),
                McpTransport::Stdio { command, args, .. } => {
                    format!("Starts {command} {}", args.join(" "))
                }
            },
            Self::Instance(instance) => format!("Instance of {}", instance.server),
        }
    }

    fn wires(&self) -> &[Wire] {
        match self {
            Self::Server(server) => &server.wires,
            Self::Instance(instance) => instance
                .profiles
                .iter()
                .find(|profile| profile.name == instance.active)
                .map_or(&[], |profile| &profile.wires),
        }
    }
}

/// The dialogs of this part.
#[derive(Clone, Copy)]
pub struct Editings {
    pub server: RwSignal<Option<Editing>>,
    pub instance: RwSignal<Option<EditingInstance>>,
}

pub fn servers(setup: Setup, editings: Editings) -> AnyView {
    let all = Memo::new(move |_| {
        let servers = items(setup.servers).into_iter().map(Named::Server);
        let instances = items(setup.instances).into_iter().map(Named::Instance);
        servers.chain(instances).collect::<Vec<_>>()
    });
    let no_server = Signal::derive(move || {
        items(setup.servers).is_empty().then(|| {
            "Set up an MCP server first. An instance is a server under a name of its own."
                .to_owned()
        })
    });
    let aside = move || {
        view! {
            {new_button("New MCP server", None.into(), move || editings.server.set(Some(Editing::New)))}
            {new_button("New instance", no_server, move || editings.instance.set(Some(EditingInstance::New)))}
        }
        .into_any()
    };
    let none = Memo::new(move |_| all.with(Vec::is_empty));
    let build = move |_| {
        let body = move || {
            if none.get() {
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
                |one| (matches!(one, Named::Server(_)), one.name().to_owned()),
                move |one| row(one, setup, editings),
            );
            view! { <ul class="servers">{list}</ul> }.into_any()
        };
        body.into_any()
    };
    let wait = || view! { <Skeleton lines=2 rows=true /> }.into_any();
    view! {
        <div id="servers">
            <Card title="MCP servers" aside>
                {setup.servers.live_view("the MCP servers", wait, build)}
                {setup.instances.live_view("the instances", || ().into_any(), |_| ().into_any())}
            </Card>
        </div>
    }
    .into_any()
}
