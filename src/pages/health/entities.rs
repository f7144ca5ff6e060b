//! Entities: the backends behind tools.

use super::{
    blockers::recheck_button,
    checks::badge,
    entity_form::Editing,
    row_acts::{delete_button, edit_button, new_button},
    setup::{Setup, listed},
};
use crate::{
    api::removal::Removal,
    moves::ask::Asked,
    ui::{
        card::Card,
        empty::Empty,
        icon::lucide,
        keyed::keyed,
        table::{Column, Table},
    },
};
use leptos::prelude::*;
use model::CheckKind;
use model::api::Entity;

const COLUMNS: &[Column] = &[
    Column::text("Entity"),
    Column::text("Wire test"),
    Column::text("Stands"),
    Column::text("Needed by"),
    Column::quiet("Act"),
];

pub fn entities(setup: Setup, editing: RwSignal<Option<Editing>>) -> AnyView {
    let aside = move || {
        new_button("New entity", None.into(), move || {
            editing.set(Some(Editing::New))
        })
    };
    let empty = || {
        view! {
            <Empty
                icon=lucide::LuDatabase
                title="No entity is set up"
                text="An entity is a backend behind tools, such as an ERP. Its wire test holds the runs that need it while it is away."
            />
        }
        .into_any()
    };
    let body = listed(setup.entities, "the entities", empty, move |all| {
        let rows = keyed(
            all,
            |one| one.id.clone(),
            move |one| (move || row(one.get(), setup, editing)).into_any(),
        );
        view! { <Table label="Entities" columns=COLUMNS stacked=true>{rows}</Table> }.into_any()
    });
    view! {
        <div id="entities"><Card title="Entities" aside flush=true>{body}</Card></div>
    }
    .into_any()
}

fn row(entity: Entity, setup: Setup, editing: RwSignal<Option<Editing>>) -> AnyView {
    let id = entity.id.clone();
    let check = setup.check(CheckKind::Entity, &id);
    let tools: Vec<String> = entity
        .entity
        .tools
        .iter()
        .map(|tools| match tools.names.as_slice() {
            [] => format!("every tool of {}", tools.server),
            names => format!("{} of {}", names.join(", "), tools.server),
        })
        .collect();
    let tools = if tools.is_empty() {
        view! { <span class="dim">"no tool"</span> }.into_any()
    } else {
        tools.join("; ").into_any()
    };
    let standing = move || {
        check.get().map(|check| {
            view! {
                {badge(&check)}
                <p class="dim">{check.message.clone()}</p>
            }
        })
    };
    let wire = entity.entity.wire.clone();
    let recheck = recheck_button(format!("entity:{id}"), setup.standing);
    let edit = edit_button(format!("Edit the entity {id}"), move || {
        editing.set(Some(Editing::Change(entity.clone())));
    });
    let delete = delete_button(setup, format!("Delete the entity {id}"), {
        let id = id.clone();
        move || question(&id)
    });
    view! {
        <tr>
            <td class="mono lead">{id}</td>
            <td class="mono" data-name="Wire test">{wire}</td>
            <td class="wide" data-name="Stands">{standing}</td>
            <td data-name="Needed by">{tools}</td>
            <td class="num"><span class="health__acts">{recheck} {edit} {delete}</span></td>
        </tr>
    }
    .into_any()
}

fn question(id: &str) -> Asked {
    Asked {
        part: Some("#entities"),
        ..Asked::delete(
            &format!("the entity {id}"),
            "Nobody looks any more whether it is there. Runs that it holds can go on; steps then meet the backend as it is.",
            Removal::Entity(id.to_owned()),
        )
    }
}
