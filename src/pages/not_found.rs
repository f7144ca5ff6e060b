//! Addresses that lead nowhere, and places that are closed to this person.

use crate::{
    routes::{Page, Place},
    state::{session::Session, title::name_list},
    ui::{
        icon::lucide,
        problem::{Problem, ProblemText},
    },
};
use leptos::prelude::*;

/// An address that names no screen.
#[component]
pub fn NotFound() -> AnyView {
    name_list("Not found");
    let face = ProblemText {
        title: "There is no such page".into(),
        detail: "This address names no screen of the console.".into(),
        cause: None,
        remedy: Some("Check it for a missing or extra part, or go on from one of these.".into()),
        technical: None,
    };
    view! { <h1 class="visually-hidden">"Signalbox"</h1> <Problem problem=face icon=lucide::LuSearchX><Places /></Problem> }.into_any()
}

/// A tenant or project this person has no part in. It says the same whether it exists or not.
#[component]
pub fn NoAccess(place: Place) -> AnyView {
    name_list("No access");
    let face = ProblemText {
        title: "You have no access here".into(),
        detail: format!(
            "You are not a member of a project {} in a tenant {}.",
            place.project, place.tenant
        ),
        cause: Some("It may not exist, or nobody has added you to it.".into()),
        remedy: Some("Ask an admin of the project to add you, or open one of your own.".into()),
        technical: None,
    };
    view! { <h1 class="visually-hidden">"Signalbox"</h1> <Problem problem=face icon=lucide::LuLock><Places /></Problem> }.into_any()
}

/// A person without any project.
#[component]
pub fn NoProject() -> AnyView {
    name_list("No project");
    let face = ProblemText {
        title: "You are in no project yet".into(),
        detail: "You are signed in, but nobody has added you to a project.".into(),
        cause: None,
        remedy: Some("Ask an admin to add you, then reload.".into()),
        technical: None,
    };
    view! { <h1 class="visually-hidden">"Signalbox"</h1> <Problem problem=face icon=lucide::LuLock /> }.into_any()
}

/// Links to the projects of this person.
#[component]
fn Places() -> AnyView {
    let links =
        move || {
            let me = Session::get()?.me()?;
            let links =
                me.tenants
                    .iter()
                    .flat_map(|tenant| {
                        tenant.projects.iter().map(|project| {
                    let place = Place { tenant: tenant.id.clone(), project: project.id.clone() };
                    let label = format!("{} / {}", tenant.name, project.name);
                    view! { <a class="btn" href=place.link(&Page::CommandCenter)>{label}</a> }
                })
                    })
                    .collect_view();
            Some(links)
        };
    view! { <div class="places">{links}</div> }.into_any()
}
