//! The projects of the tenant.

mod form;

use super::things::{About, thing, things};
use crate::{
    api::{Api, Query, access},
    routes::{Page as Screen, Place},
    state::session::{self, Session},
    ui::{
        button::{Button, ButtonKind},
        chip::Tag,
        empty::Empty,
        icon::lucide,
        time::Time,
    },
};
use form::{Editing, ProjectDialog};
use leptos::prelude::*;
use model::api::{Page, ProjectRow};
use model::{Role, Scope};

#[component]
pub fn Projects() -> AnyView {
    let query = Query::<Page<ProjectRow>>::get(|| Some(access::PROJECTS.to_owned()));
    let editing = RwSignal::new(None::<Editing>);
    let denied = session::denied(Role::TenantAdmin, Scope::WorkflowRun);
    let (session, api) = (Session::get(), Api::get());
    // The names stand in the header and in the menu of projects too.
    let changed = Callback::new(move |()| {
        query.reload();
        if let Some(session) = session {
            session.ask(api);
        }
    });
    let aside = move || {
        view! {
            <Button
                small=true
                kind=ButtonKind::Primary
                icon=lucide::LuPlus
                disabled=denied
                on_click=move || editing.set(Some(Editing::New))
            >
                "New project"
            </Button>
        }
        .into_any()
    };
    let about = About {
        title: "Projects",
        what: "the projects",
        aside: aside.into(),
        nothing: || {
            view! { <Empty icon=lucide::LuFolder title="You have a role in no project" /> }
                .into_any()
        },
        arrange: |all: &mut [ProjectRow]| all.sort_by(|one, other| one.name.cmp(&other.name)),
    };
    view! {
        {things(query, about, |row| row.id.clone(), move |project| row(project, denied, editing))}
        <ProjectDialog editing on_done=changed />
    }
    .into_any()
}

fn row(
    project: Memo<ProjectRow>,
    denied: Signal<Option<String>>,
    editing: RwSignal<Option<Editing>>,
) -> AnyView {
    let ProjectRow {
        tenant,
        id,
        role,
        created_at,
        ..
    } = project.get_untracked();
    let is_here = session::place().project == id;
    let called = move || project.with(|project| project.name.clone());
    let lines = view! {
        <p class="thing__line dim">
            <span class="mono">{id.to_string()}</span>
            {format!(" · you are {} · made ", role.shown())}
            <Time at=created_at />
        </p>
    }
    .into_any();
    let name = if is_here {
        view! { {called} <Tag>"Here"</Tag> }.into_any()
    } else {
        let to = Place {
            tenant,
            project: id,
        }
        .link(&Screen::CommandCenter);
        view! { <a class="thing__link" href=to>{called}</a> }.into_any()
    };
    let label = Signal::derive(move || Some(format!("Rename {}", called())));
    let rename = move || editing.set(Some(Editing::Rename(project.get_untracked())));
    let acts =
        view! { <Button small=true disabled=denied label on_click=rename>"Rename…"</Button> }
            .into_any();
    thing(lucide::LuFolder, name, lines, acts)
}
