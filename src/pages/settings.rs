//! Settings: the person's own, and those of the tenant. Each section is a screen with an address of its own.

mod browsers;
mod deliveries;
mod email;
mod me;
mod members;
mod navigation;
mod projects;
mod role_pick;
mod secret;
mod support;
mod things;
mod tokens;
mod webhooks;

use crate::{
    routes::{Guide, Page, Section},
    state::{
        session,
        title::{Title, name_screen},
    },
    ui::{
        icon::lucide,
        page_head::PageHead,
        problem::{Problem, ProblemText},
    },
};
use leptos::prelude::*;
use model::{Role, Scope};

#[component]
pub fn Settings(section: Section) -> AnyView {
    name_screen(move || Title {
        text: format!("{} · Settings", section.shown()),
        thing: Some(section.shown().to_owned()),
    });
    let denied = needs(section).map(|(role, scope)| session::denied(role, scope));
    let shut = Memo::new(move |_| denied.and_then(|denied| denied.get()));
    let body = move || match shut.get() {
        Some(why) => closed(section, why),
        None => open(section),
    };
    view! {
        <div class="settings">
            <navigation::Sections now=section />
            <div class="settings__main">
                <PageHead title=section.shown() text=about(section) />
                <div class="settings__body">{body}</div>
            </div>
        </div>
    }
    .into_any()
}

/// What a section asks of those who look at it, as the API does; nothing for what belongs to the person.
const fn needs(section: Section) -> Option<(Role, Scope)> {
    match section {
        Section::Me | Section::Browsers => None,
        Section::Tokens | Section::Projects => Some((Role::ProjectViewer, Scope::WorkflowRead)),
        Section::Members | Section::Webhooks => Some((Role::ProjectAdmin, Scope::WorkflowRun)),
        Section::Email | Section::Support => Some((Role::TenantAdmin, Scope::WorkflowRun)),
    }
}

const fn about(section: Section) -> &'static str {
    match section {
        Section::Me => "Who you are here, what you may do, and how this browser shows it.",
        Section::Tokens => {
            "A token lets a program call the API as you, or signs you in on another browser. It can never do more than you."
        }
        Section::Browsers => "Where you are signed in now. Ending one signs it out at once.",
        Section::Members => "Who may do what in this project, and who is invited.",
        Section::Projects => {
            "Runs, workflows and health belong to a project. You see the projects in which you have a role."
        }
        Section::Webhooks => {
            "Addresses that this project's messages are posted to, signed, and posted again until they arrive."
        }
        Section::Email => "The server that the tenant's e-mail goes through, and what it sent.",
        Section::Support => "Where reports of runs go, from every project of the tenant.",
    }
}

fn open(section: Section) -> AnyView {
    match section {
        Section::Me => view! { <me::MeSection /> }.into_any(),
        Section::Tokens => view! { <tokens::Tokens /> }.into_any(),
        Section::Browsers => view! { <browsers::Browsers /> }.into_any(),
        Section::Members => view! { <members::Members /> }.into_any(),
        Section::Projects => view! { <projects::Projects /> }.into_any(),
        Section::Webhooks => view! { <webhooks::Webhooks /> }.into_any(),
        Section::Email => view! { <email::Email /> }.into_any(),
        Section::Support => view! { <support::Support /> }.into_any(),
    }
}

/// What a section shows, as people say it.
const fn what(section: Section) -> &'static str {
    match section {
        Section::Me => "yourself",
        Section::Tokens => "the tokens",
        Section::Browsers => "the browsers",
        Section::Members => "the members",
        Section::Projects => "the projects",
        Section::Webhooks => "the webhooks",
        Section::Email => "the e-mail server",
        Section::Support => "where reports go",
    }
}

/// In place of a section that this person may not see.
fn closed(section: Section, why: String) -> AnyView {
    let guide = session::place().link(&Page::Guide(Guide::PermissionDenied));
    let text = ProblemText {
        title: format!("You may not see {}", what(section)),
        detail: why,
        cause: None,
        remedy: Some("Ask an admin of the project or the tenant to give you the role.".to_owned()),
        technical: None,
    };
    view! {
        <Problem problem=text icon=lucide::LuLock>
            <a class="problem__guide" href=guide>"What to do about this"</a>
        </Problem>
    }
    .into_any()
}
