//! Connections: what they prove with, how their checks stand, and Reconnect.

use super::{blockers::recheck_button, checks::badge, connection_form::Editing};
use crate::{
    api::Query,
    moves::reconnect::ReconnectButton,
    state::session,
    ui::{
        button::Button,
        card::Card,
        empty::Empty,
        icon::lucide,
        keyed::keyed,
        table::{Column, Table},
        time::Time,
    },
};
use leptos::prelude::*;
use model::api::{Check, Connection, Health, Page};
use model::{CheckKind, CheckState, Role, Scope};

const COLUMNS: &[Column] = &[
    Column::text("Connection"),
    Column::text("Proves with"),
    Column::text("Credential"),
    Column::text("Ends"),
    Column::quiet("Act"),
];

pub fn connections(
    query: Query<Page<Connection>>,
    checks: Memo<Vec<Check>>,
    health: Query<Health>,
    editing: RwSignal<Option<Editing>>,
) -> AnyView {
    let may = session::denied(Role::ProjectAdmin, Scope::WorkflowRun);
    let all = Memo::new(move |_| {
        query
            .data()
            .map(|page| page.items.clone())
            .unwrap_or_default()
    });
    let aside = move || {
        view! {
            <Button small=true icon=lucide::LuPlus disabled=may on_click=move || editing.set(Some(Editing::New))>
                "New connection"
            </Button>
        }
        .into_any()
    };
    let body = move || {
        if all.with(Vec::is_empty) {
            return view! {
                <Empty
                    icon=lucide::LuKeyRound
                    title="No connection is set up"
                    text="A connection holds the credential that MCP servers and backends are told. It is kept encrypted and never shown."
                />
            }
            .into_any();
        }
        let rows = keyed(
            all.into(),
            |one| one.id.clone(),
            move |one| (move || row(one.get(), checks, health, editing)).into_any(),
        );
        view! { <Table label="Connections" columns=COLUMNS>{rows}</Table> }.into_any()
    };
    view! {
        <div id="connections"><Card title="Connections" aside flush=true>{body}</Card></div>
    }
    .into_any()
}

fn row(
    connection: Connection,
    checks: Memo<Vec<Check>>,
    health: Query<Health>,
    editing: RwSignal<Option<Editing>>,
) -> AnyView {
    let may = session::denied(Role::ProjectAdmin, Scope::WorkflowRun);
    let id = connection.id.clone();
    let own = id.clone();
    // The worse of its two checks tells how it stands.
    let worst = Memo::new(move |_| {
        checks.with(|all| {
            let of = |kind| {
                let own = own.clone();
                all.iter()
                    .find(move |check| check.kind == kind && check.subject == own)
            };
            let (credential, service) = (of(CheckKind::Credential), of(CheckKind::Connection));
            match (credential, service) {
                (Some(credential), Some(service)) => Some(
                    if credential.state == CheckState::Passing
                        && service.state != CheckState::Unknown
                    {
                        service
                    } else {
                        credential
                    }
                    .clone(),
                ),
                (one, other) => one.or(other).cloned(),
            }
        })
    });
    let standing = move || {
        worst.get().map(|check| {
            view! {
                {badge(&check)}
                <p class="dim">{check.message.clone()}</p>
            }
        })
    };
    let recheck = move || worst.get().map(|check| recheck_button(check.id, health));
    let ends = connection.expires_at.map_or_else(
        || view! { <span class="dim">"not known"</span> }.into_any(),
        |at| view! { <Time at /> }.into_any(),
    );
    let oauth = connection.auth.is_oauth();
    let change = connection.clone();
    let label = format!("New secret for {id}");
    view! {
        <tr>
            <td class="mono">{id.clone()}</td>
            <td>{connection.auth.shown()}</td>
            <td class="wide">{standing}</td>
            <td>{ends}</td>
            <td class="num">
                <span class="health__acts">
                    {recheck}
                    {oauth.then(|| view! { <ReconnectButton connection=id /> })}
                    {(!oauth)
                        .then(|| {
                            view! {
                                <Button
                                    small=true
                                    icon=lucide::LuKeyRound
                                    disabled=may
                                    label
                                    on_click=move || editing.set(Some(Editing::Secret(Box::new(change.clone()))))
                                >
                                    "New secret…"
                                </Button>
                            }
                        })}
                </span>
            </td>
        </tr>
    }
    .into_any()
}
