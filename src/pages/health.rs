//! Health: what runs need from outside, and whether it answers. For now that is the model providers.

mod edit;
mod price;
mod provider;

use crate::{
    api::{Query, providers},
    state::title::name_list,
    ui::{
        card::Card, empty::Empty, icon::lucide, keyed::keyed, page_head::PageHead,
        skeleton::Skeleton,
    },
};
use edit::EditDialog;
use leptos::prelude::*;
use model::api::{Page, Provider};
use std::sync::Arc;

#[component]
pub fn Health() -> AnyView {
    name_list("Health");
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
            view! { <div class="health">{cards}</div> }.into_any()
        };
        body.into_any()
    };
    view! {
        <PageHead title="Health" text="The model providers that steps call: where they are, whether they answer, what they cost." />
        {query.live_view("the providers", wait, build)}
        <EditDialog editing query />
    }
    .into_any()
}
