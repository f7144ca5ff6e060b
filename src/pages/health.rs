//! Health: what runs need from outside, whether it is there, and what to do where it is not. What holds runs comes first.

mod blockers;
mod checks;
mod connection_form;
mod connections;
mod edit;
mod entities;
mod price;
mod provider;
mod returned;
mod server_form;
mod servers;

use crate::{
    api::{Query, health, providers},
    state::{
        follow::{follow_health, follow_runs},
        title::name_list,
    },
    ui::{
        card::Card, empty::Empty, icon::lucide, keyed::keyed, page_head::PageHead,
        skeleton::Skeleton,
    },
};
use connection_form::{ConnectionDialog, Editing};
use edit::EditDialog;
use leptos::prelude::*;
use model::api::{Connection, Entity, Health as Standing, McpInstance, McpServer, Page, Provider};
use server_form::ServerDialog;
use servers::Servers;
use std::sync::Arc;

#[component]
pub fn Health() -> AnyView {
    name_list("Health");
    let standing = Query::<Standing>::get(|| Some(health::HEALTH.to_owned()));
    let connections = Query::<Page<Connection>>::get(|| Some(health::CONNECTIONS.to_owned()));
    let servers = Query::<Page<McpServer>>::get(|| Some(health::SERVERS.to_owned()));
    let instances = Query::<Page<McpInstance>>::get(|| Some(health::INSTANCES.to_owned()));
    let entities = Query::<Page<Entity>>::get(|| Some(health::ENTITIES.to_owned()));
    follow_runs(move || standing.reload());
    follow_health(move || {
        standing.reload();
        connections.reload();
        servers.reload();
        instances.reload();
        entities.reload();
    });
    let checks = Memo::new(move |_| {
        standing
            .data()
            .map(|standing| standing.checks.clone())
            .unwrap_or_default()
    });
    let editing = RwSignal::new(None::<Editing>);
    let data = Servers {
        list: servers,
        instances,
        health: standing,
        checks,
        editing: RwSignal::new(None),
    };
    let wait = || {
        view! { <Card title="Checks" flush=true><Skeleton lines=6 rows=true /></Card> }.into_any()
    };
    let build = move |_: Memo<Option<Arc<Standing>>>| {
        let blocking = Memo::new(move |_| {
            standing
                .data()
                .map(|standing| standing.blockers.clone())
                .unwrap_or_default()
        });
        view! {
            {blockers::blockers(blocking, standing)}
            {checks::checks(checks, standing)}
        }
        .into_any()
    };
    view! {
        <PageHead title="Health" text="What runs need from outside, and whether it is there. A failing check holds runs before a step begins." />
        <div class="health">
            {returned::returned(connections, standing)}
            {standing.live_view("the checks", wait, build)}
            {connections::connections(connections, checks, standing, editing)}
            {servers::servers(data)}
            {entities::entities(entities, checks, standing)}
            <div id="providers"><Providers /></div>
        </div>
        <ConnectionDialog editing query=connections />
        <ServerDialog editing=data.editing query=servers connections />
    }
    .into_any()
}

#[component]
fn Providers() -> AnyView {
    let query = Query::<Page<Provider>>::get(|| Some(providers::LIST.to_owned()));
    let editing = RwSignal::new(None::<Provider>);
    let wait = || view! { <Card title="Model provider"><Skeleton lines=6 /></Card> }.into_any();
    let build = move |page: Memo<Option<Arc<Page<Provider>>>>| {
        let all = Memo::new(move |_| {
            page.with(|page| {
                page.as_ref()
                    .map(|page| page.items.clone())
                    .unwrap_or_default()
            })
        });
        let none = Memo::new(move |_| all.with(Vec::is_empty));
        let body = move || {
            if none.get() {
                return view! {
                    <Empty
                        icon=lucide::LuPlug
                        title="No model provider is set up"
                        text="Steps that call a model need one. The runtime makes one named default when it starts for the first time; the API makes others."
                    />
                }
                .into_any();
            }
            let cards = keyed(
                all.into(),
                |one| one.id.clone(),
                move |one| provider::card(one, query, editing),
            );
            view! { <div class="health__providers">{cards}</div> }.into_any()
        };
        body.into_any()
    };
    view! {
        {query.live_view("the providers", wait, build)}
        <EditDialog editing query />
    }
    .into_any()
}
