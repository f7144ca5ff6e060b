//! A server or an instance: how it stands, Validate with its messages, and the profile in use.

use super::{Editings, Named};
use crate::{
    api::{ActionKey, Api, health, removal::Removal},
    moves::{act::act, ask::Asked},
    pages::health::{
        checks::badge,
        instance_form::Editing as EditingInstance,
        row_acts::{delete_button, edit_button},
        server_form::Editing,
        setup::{Setup, items},
        uses,
    },
    state::session,
    ui::{
        button::Button,
        field::{Choice, InlineSelect},
        icon::{Glyph, StatusGlyph, lucide},
        status::Tone,
    },
};
use leptos::prelude::*;
use model::api::{McpInstance, Validation};
use model::{CheckKind, Role, Scope};

pub fn row(one: Memo<Named>, setup: Setup, editings: Editings) -> AnyView {
    let api = Api::get();
    let may = session::denied(Role::ProjectContributor, Scope::WorkflowRun);
    let (busy, found) = (RwSignal::new(false), RwSignal::new(None::<Validation>));
    let name = one.with_untracked(|one| one.name().to_owned());
    let label = format!("Validate {name}");
    let check = setup.check(CheckKind::McpServer, &name);
    let asked = name.clone();
    let validate = move || {
        let name = asked.clone();
        act(
            busy,
            async move { health::validate(api, &name, &ActionKey::fresh()).await },
            move |validation| {
                found.try_set(validation);
                setup.standing.reload();
            },
        );
    };
    let wires = move || {
        one.with(|one| {
            let names: Vec<&str> = one
                .wires()
                .iter()
                .map(|wire| wire.connection.as_str())
                .collect();
            (!names.is_empty()).then(|| format!(" · told the credential of {}", names.join(", ")))
        })
    };
    let standing = move || {
        check.get().map(|check| {
            view! {
                {badge(&check)}
                <span>{check.message.clone()}</span>
            }
        })
    };
    view! {
        <li class="server">
            <div class="server__text">
                <h3 class="mono">{name}</h3>
                <p class="dim">{move || one.with(Named::about)} {wires}</p>
                <p class="server__check">{standing}</p>
                {move || found.get().map(messages)}
            </div>
            <div class="server__act">
                {move || match one.get() {
                    Named::Instance(instance) => Some(profiles(instance, setup)),
                    Named::Server(_) => None,
                }}
                <Button small=true icon=lucide::LuListChecks busy disabled=may label on_click=validate>"Validate"</Button>
                {acts(one, setup, editings)}
            </div>
        </li>
    }
    .into_any()
}

fn acts(one: Memo<Named>, setup: Setup, editings: Editings) -> AnyView {
    let thing = one.with_untracked(|one| match one {
        Named::Server(server) => format!("the MCP server {}", server.name),
        Named::Instance(instance) => format!("the instance {}", instance.name),
    });
    let edit = edit_button(format!("Edit {thing}"), move || match one.get_untracked() {
        Named::Server(server) => editings.server.set(Some(Editing::Change(server))),
        Named::Instance(instance) => {
            editings
                .instance
                .set(Some(EditingInstance::Change(instance)));
        }
    });
    let delete = delete_button(setup, format!("Delete {thing}"), move || {
        one.with(|one| question(one, setup))
    });
    view! {
        {edit}
        {delete}
    }
    .into_any()
}

fn question(one: &Named, setup: Setup) -> Asked {
    let used_by = uses::entities_of(one.name(), &items(setup.entities));
    let part = Some("#servers");
    match one {
        Named::Server(server) => {
            let instances = items(setup.instances);
            let own = uses::instances_of(&server.name, &instances);
            Asked {
                used_by,
                kept: (!own.is_empty())
                    .then(|| format!("It has instances: {}. Delete them first.", own.join(", "))),
                part,
                ..Asked::delete(
                    &format!("the MCP server {}", server.name),
                    "Steps that name it are held until it is set up again.",
                    Removal::McpServer(server.name.clone()),
                )
            }
        }
        Named::Instance(instance) => Asked {
            used_by,
            part,
            ..Asked::delete(
                &format!("the instance {}", instance.name),
                "Its profiles are deleted with it. Steps that name it are held until it is set up again.",
                Removal::McpInstance(instance.name.clone()),
            )
        },
    }
}

/// What a validation says, check by check.
fn messages(validation: Validation) -> AnyView {
    let checks = validation
        .checks
        .into_iter()
        .map(|check| {
            let (glyph, tone, word) = if check.ok {
                (Glyph::Success, Tone::Ok, "Passed")
            } else {
                (Glyph::Failed, Tone::Fail, "Failed")
            };
            view! {
                <li class=tone.class()>
                    <StatusGlyph glyph />
                    <span class="visually-hidden">{word} ": "</span>
                    {check.message}
                </li>
            }
        })
        .collect_view();
    let tools = validation.tools.join(", ");
    view! {
        <div class="server__found" role="status">
            <ul>{checks}</ul>
            {(!tools.is_empty()).then(|| view! { <p class="dim">"Tools: " <span class="mono">{tools}</span></p> })}
        </div>
    }
    .into_any()
}

/// Says which profile is in use, and takes another one where the person may.
fn profiles(instance: McpInstance, setup: Setup) -> AnyView {
    let api = Api::get();
    let may = session::denied(Role::ProjectAdmin, Scope::WorkflowRun);
    let busy = RwSignal::new(false);
    let choices: Vec<Choice> = instance
        .profiles
        .iter()
        .map(|profile| Choice::new(profile.name.clone(), profile.name.clone()))
        .collect();
    let name = instance.name.clone();
    let (active, shown) = (instance.active.clone(), RwSignal::new(instance.active));
    let choose = move |profile: String| {
        let (name, active) = (name.clone(), active.clone());
        shown.set(profile.clone());
        act(
            busy,
            async move { health::set_active(api, &name, &profile, &ActionKey::fresh()).await },
            move |changed| {
                // Refused: the one that was in use still is.
                if changed.is_none() {
                    shown.try_set(active);
                }
                setup.reload();
            },
        );
    };
    let label = format!("Profile of {}", instance.name);
    view! {
        <InlineSelect
            label
            value=shown
            choices=Signal::stored(choices)
            disabled=may
            on_change=choose
        />
    }
    .into_any()
}
