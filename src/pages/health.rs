//! Health: what runs need from outside, whether it is there, and what to do where it is not. What holds runs comes first.

mod blockers;
mod checks;
mod connection_form;
mod connections;
mod entities;
mod entity_form;
mod instance_form;
mod price;
mod provider;
mod provider_form;
mod returned;
mod row_acts;
mod server_form;
mod servers;
mod setup;
mod uses;
mod wires;

use crate::{
    api::{Query, providers},
    moves::ask::AskDialog,
    state::title::name_list,
    ui::{
        card::Card, empty::Empty, icon::lucide, keyed::keyed, page_head::PageHead,
        skeleton::Skeleton,
    },
};
use leptos::prelude::*;
use model::api::{Health as Standing, Page, Provider};
use servers::Editings;
use setup::Setup;
use std::sync::Arc;

#[component]
pub fn Health() -> AnyView {
    name_list("Health");
    let setup = Setup::load();
    let (standing, checks) = (setup.standing, setup.checks);
    let (connection, entity) = (RwSignal::new(None), RwSignal::new(None));
    let editings = Editings {
        server: RwSignal::new(None),
        instance: RwSignal::new(None),
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
            {returned::returned(setup.connections, standing)}
            {standing.live_view("the checks", wait, build)}
            {connections::connections(setup, connection)}
            {servers::servers(setup, editings)}
            {entities::entities(setup, entity)}
            <div id="providers"><Providers /></div>
        </div>
        {connection_form::connection_dialog(connection, setup)}
        {server_form::server_dialog(editings.server, setup)}
        {instance_form::instance_dialog(editings.instance, setup)}
        {entity_form::entity_dialog(entity, setup)}
        <AskDialog asked=setup.asked on_done=move |()| setup.reload() />
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
        {provider_form::provider_dialog(editing, query)}
    }
    .into_any()
}
