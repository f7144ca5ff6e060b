//! Which connection a run of this workflow uses where one is wired: the project's, or another instead.

mod form;
mod used;

use crate::{
    api::{ActionKey, Api, ApiError, ErrorFace, Query, health},
    routes::Page as Screen,
    state::{follow::follow_health, session},
    ui::{
        button::Button,
        card::Card,
        chip::Tag,
        empty::Empty,
        icon::lucide,
        keyed::keyed,
        skeleton::Skeleton,
        table::{Column, Table},
        toast::{Toast, Toasts},
    },
};
use form::override_dialog;
use leptos::prelude::*;
use model::api::{Connection, ConnectionOverrides, McpInstance, McpServer, Page};
use model::{Role, Scope, WorkflowId};
use used::{Used, used};

const COLUMNS: &[Column] = &[
    Column::text("Wired connection"),
    Column::text("Wired to"),
    Column::text("A run uses"),
    Column::quiet("Act"),
];

/// What the parts of this tab share.
#[derive(Clone, Copy)]
struct Data {
    workflow: StoredValue<WorkflowId>,
    connections: Query<Page<Connection>>,
    servers: Query<Page<McpServer>>,
    instances: Query<Page<McpInstance>>,
    overrides: Query<ConnectionOverrides>,
    /// The connection for which another one is chosen.
    choosing: RwSignal<Option<Used>>,
}

impl Data {
    fn load(workflow: WorkflowId) -> Self {
        let path = health::overrides_path(&workflow);
        let data = Self {
            workflow: StoredValue::new(workflow),
            connections: Query::get(|| Some(health::CONNECTIONS.to_owned())),
            servers: Query::get(|| Some(health::SERVERS.to_owned())),
            instances: Query::get(|| Some(health::INSTANCES.to_owned())),
            overrides: Query::get(move || Some(path.clone())),
            choosing: RwSignal::new(None),
        };
        follow_health(move || {
            data.connections.reload();
            data.servers.reload();
            data.instances.reload();
            data.overrides.reload();
        });
        data
    }

    /// What a run uses, connection by connection.
    fn used(self) -> Vec<Used> {
        fn items<T: Clone + Send + Sync + 'static>(query: Query<Page<T>>) -> Vec<T> {
            let data = query.data();
            data.map(|page| page.items.clone()).unwrap_or_default()
        }
        let overrides = self.overrides.data();
        let overrides = overrides
            .map(|all| all.overrides.clone())
            .unwrap_or_default();
        used(
            &items(self.connections),
            &items(self.servers),
            &items(self.instances),
            &overrides,
        )
    }

    /// From now on runs use `to` where `from` is wired; `None`: `from` itself.
    async fn set(
        self,
        api: Api,
        from: &str,
        to: Option<String>,
        key: &ActionKey,
    ) -> Result<(), ApiError> {
        let mut body = ConnectionOverrides::default();
        if let Some(known) = self.overrides.data() {
            body.clone_from(&known);
        }
        match to {
            Some(to) => drop(body.overrides.insert(from.to_owned(), to)),
            None => drop(body.overrides.remove(from)),
        }
        let workflow = self.workflow.get_value();
        let changed = health::set_overrides(api, &workflow, &body, key).await?;
        self.overrides.set(changed.value);
        Ok(())
    }
}

#[component]
pub fn ConnectionsTab(workflow: WorkflowId) -> AnyView {
    let data = Data::load(workflow);
    let all = Memo::new(move |_| data.used());
    let none = Memo::new(move |_| all.with(Vec::is_empty));
    let wait = || view! { <Skeleton lines=3 rows=true /> }.into_any();
    let rows = move || {
        if none.get() {
            let health = session::place().link(&Screen::Health);
            return view! {
                <Empty icon=lucide::LuKeyRound title="No connection is set up" text="Connections hold the credentials that MCP servers are told.">
                    <a href=health>"Set one up on Health"</a>
                </Empty>
            }
            .into_any();
        }
        let rows = keyed(
            all.into(),
            |one| one.id.clone(),
            move |one| (move || row(one.get(), data)).into_any(),
        );
        view! { <Table label="Connections of this workflow" columns=COLUMNS stacked=true>{rows}</Table> }.into_any()
    };
    // The overrides decide what is said; where they cannot be loaded, nothing is.
    let build = move |_| {
        let retry = Callback::new(move |()| data.connections.reload());
        let error = Signal::derive(move || data.connections.error());
        let there = Memo::new(move |_| data.connections.data().is_some());
        let body = move || {
            if there.get() {
                rows().into_any()
            } else {
                view! { <ErrorFace error what="the connections" retry compact=true /> }.into_any()
            }
        };
        body.into_any()
    };
    view! {
        <Card title="Connections" flush=true>
            <p class="workflow__about">
                "MCP servers are wired to connections of the project. Runs of this workflow can use another one instead, such as that of a test account. Steps that have begun keep what they began with."
            </p>
            {data.overrides.live_view("what this workflow uses instead", wait, build)}
        </Card>
        {override_dialog(data)}
    }
    .into_any()
}

fn row(one: Used, data: Data) -> AnyView {
    let (api, toasts) = (Api::get(), Toasts::get());
    let may = session::denied(Role::ProjectAdmin, Scope::WorkflowRun);
    let busy = RwSignal::new(false);
    let wired = if one.wired_to.is_empty() {
        view! { <span class="dim">"nothing"</span> }.into_any()
    } else {
        one.wired_to.join(", ").into_any()
    };
    let gone = |gone: bool| gone.then(|| view! { " " <Tag>"deleted"</Tag> });
    let uses = match &one.instead {
        Some(to) => {
            view! { <span class="mono">{to.clone()}</span> {gone(one.instead_gone)} }.into_any()
        }
        None => view! { <span class="mono dim">{one.id.clone()}</span> }.into_any(),
    };
    let id = one.id.clone();
    let clear = one.instead.is_some().then(|| {
        let label = format!("Use {id} again where it is wired");
        let from = id.clone();
        let act = move || {
            let from = from.clone();
            busy.set(true);
            leptos::task::spawn_local(async move {
                let answer = data.set(api, &from, None, &ActionKey::fresh()).await;
                busy.try_set(false);
                let toast = match answer {
                    Ok(()) => Toast::done(format!("Runs use {from} itself again.")),
                    Err(error) => Toast::failed(error.line()),
                };
                if let Some(toasts) = toasts {
                    toasts.push(toast);
                }
            });
        };
        view! { <Button small=true busy disabled=may label on_click=act>"Clear"</Button> }
    });
    let label = format!("Use another connection instead of {id}");
    let choose = {
        let one = one.clone();
        move || data.choosing.set(Some(one.clone()))
    };
    view! {
        <tr>
            <td class="mono lead">{id.clone()} {gone(one.gone)}</td>
            <td data-name="Wired to">{wired}</td>
            <td data-name="A run uses">{uses}</td>
            <td class="num">
                <span class="workflow__acts">
                    {clear}
                    {(!one.gone)
                        .then(|| view! { <Button small=true disabled=may label on_click=choose>"Use another…"</Button> })}
                </span>
            </td>
        </tr>
    }
    .into_any()
}
