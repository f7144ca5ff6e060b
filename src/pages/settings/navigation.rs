//! The sections beside the content; on a narrow screen a row above it.

use crate::{
    routes::{Page, Section},
    state::session,
    ui::{
        dom::into_sight,
        icon::{Icon, IconRef, lucide},
    },
};
use leptos::prelude::*;

const fn icon(section: Section) -> IconRef {
    match section {
        Section::Me => lucide::LuUser,
        Section::Tokens => lucide::LuKeyRound,
        Section::Browsers => lucide::LuMonitor,
        Section::Members => lucide::LuUsers,
        Section::Projects => lucide::LuFolder,
        Section::Webhooks => lucide::LuWebhook,
        Section::Email => lucide::LuMail,
        Section::Support => lucide::LuLifeBuoy,
    }
}

#[component]
pub fn Sections(now: Section) -> AnyView {
    let group = |name: &'static str, own: bool| {
        let links = Section::ALL
            .into_iter()
            .filter(|section| section.is_own() == own)
            .map(|section| link(section, section == now))
            .collect_view();
        view! {
            <div class="sections__group" role="group" aria-label=name>
                <p class="sections__name" aria-hidden="true">{name}</p>
                <ul class="sections__list">{links}</ul>
            </div>
        }
    };
    let row = NodeRef::<leptos::html::Nav>::new();
    // In a row that scrolls, the section one is on is in sight.
    Effect::new(move || {
        let Some(row) = row.get() else { return };
        if let Ok(Some(here)) = row.query_selector("[aria-current]") {
            into_sight(&here);
        }
    });
    view! {
        <nav node_ref=row class="sections" aria-label="Settings">
            {group("You", true)}
            {group("Tenant", false)}
        </nav>
    }
    .into_any()
}

fn link(section: Section, here: bool) -> AnyView {
    let href = session::place().link(&Page::Settings(section));
    let denied = super::needs(section).map(|(role, scope)| session::denied(role, scope));
    let why = move || denied.and_then(|denied| denied.get());
    let lock = move || {
        why().map(|why| {
            view! {
                <span class="sections__lock"><Icon icon=lucide::LuLock /></span>
                <span class="visually-hidden">" ("{why}")"</span>
            }
        })
    };
    view! {
        <li>
            <a class="sections__link" href=href aria-current=here.then_some("page") data-tip=why>
                <Icon icon=icon(section) />
                <span class="sections__word">{section.shown()}</span>
                {lock}
            </a>
        </li>
    }
    .into_any()
}
