//! Connections: what they prove with, how their checks stand, and what can be done about them.

use super::{
    blockers::recheck_button,
    checks::badge,
    connection_form::Editing,
    row_acts::{delete_button, edit_button, new_button},
    setup::{Setup, items, listed},
    uses,
};
use crate::{
    api::removal::Removal,
    moves::{ask::Asked, reconnect::ReconnectButton},
    ui::{
        card::Card,
        empty::Empty,
        icon::lucide,
        keyed::keyed,
        table::{Column, Table},
        time::Time,
    },
};
use leptos::prelude::*;
use model::api::{Check, Connection};
use model::{CheckKind, CheckState};

const COLUMNS: &[Column] = &[
    Column::text("Connection"),
    Column::text("Proves with"),
    Column::text("Credential"),
    Column::text("Ends"),
    Column::quiet("Act"),
];

pub fn connections(setup: Setup, editing: RwSignal<Option<Editing>>) -> AnyView {
    let aside = move || {
        new_button("New connection", None.into(), move || {
            editing.set(Some(Editing::New))
        })
    };
    let empty = || {
        view! {
            <Empty
                icon=lucide::LuKeyRound
                title="No connection is set up"
                text="A connection holds the credential that MCP servers and backends are told. It is kept encrypted and never shown."
            />
        }
        .into_any()
    };
    let body = listed(setup.connections, "the connections", empty, move |all| {
        let rows = keyed(
            all,
            |one| one.id.clone(),
            move |one| (move || row(one.get(), setup, editing)).into_any(),
        );
        view! { <Table label="Connections" columns=COLUMNS stacked=true>{rows}</Table> }.into_any()
    });
    view! {
        <div id="connections"><Card title="Connections" aside flush=true>{body}</Card></div>
    }
    .into_any()
}

/// The worse of a connection's two checks tells how it stands.
fn worse(credential: Option<Check>, service: Option<Check>) -> Option<Check> {
    match (credential, service) {
        (Some(credential), Some(service)) => {
            let told =
                credential.state == CheckState::Passing && service.state != CheckState::Unknown;
            Some(if told { service } else { credential })
        }
        (one, other) => one.or(other),
    }
}

fn row(connection: Connection, setup: Setup, editing: RwSignal<Option<Editing>>) -> AnyView {
    let id = connection.id.clone();
    let (credential, service) = (
        setup.check(CheckKind::Credential, &id),
        setup.check(CheckKind::Connection, &id),
    );
    let worst = Memo::new(move |_| worse(credential.get(), service.get()));
    let standing = move || {
        worst.get().map(|check| {
            view! {
                {badge(&check)}
                <p class="dim">{check.message.clone()}</p>
            }
        })
    };
    let recheck = move || {
        worst
            .get()
            .map(|check| recheck_button(check.id, setup.standing))
    };
    let ends = connection.expires_at.map_or_else(
        || view! { <span class="dim">"not known"</span> }.into_any(),
        |at| view! { <Time at /> }.into_any(),
    );
    let oauth = connection.auth.is_oauth();
    let proves = connection.auth.shown();
    let reconnect = oauth.then(|| view! { <ReconnectButton connection=id.clone() /> });
    let edit = edit_button(format!("Edit the connection {id}"), {
        let change = connection.clone();
        move || editing.set(Some(Editing::Change(Box::new(change.clone()))))
    });
    let delete = delete_button(setup, format!("Delete the connection {id}"), {
        let id = id.clone();
        move || question(&id, setup)
    });
    view! {
        <tr>
            <td class="mono lead">{id}</td>
            <td class="line" data-name="Proves with">{proves}</td>
            <td class="wide" data-name="Credential">{standing}</td>
            <td class="line" data-name="Ends">{ends}</td>
            <td class="num"><span class="health__acts">{recheck} {reconnect} {edit} {delete}</span></td>
        </tr>
    }
    .into_any()
}

fn question(id: &str, setup: Setup) -> Asked {
    Asked {
        used_by: uses::of_connection(
            id,
            &items(setup.servers),
            &items(setup.instances),
            &items(setup.entities),
            &items(setup.overrides),
        ),
        part: Some("#connections"),
        ..Asked::delete(
            &format!("the connection {id}"),
            "Its secret is deleted with it and cannot be brought back. Runs that need it are held until something else is wired.",
            Removal::Connection(id.to_owned()),
        )
    }
}
