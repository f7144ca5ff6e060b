//! An instance: a server under a name of its own, with profiles of which one is in use.

use super::{
    setup::{Setup, items},
    wires::{WireLine, wire_fields, wire_lines, wires},
};
use crate::{
    api::{Api, health},
    moves::form::{self, Saving, form_dialog, text},
    ui::{
        dom::unique_id,
        field::{Choice, Select, TextField},
        lines::{LineList, Lines},
    },
};
use leptos::prelude::*;
use model::api::{CreateMcpInstance, McpInstance, McpInstancePatch, McpProfile, McpTransport};

/// What the dialog is about.
pub type Editing = form::Editing<McpInstance>;

#[derive(Clone, Copy)]
struct Profile {
    name: RwSignal<String>,
    wires: Lines<WireLine>,
    in_use: RwSignal<bool>,
}

impl Profile {
    fn new(profile: &McpProfile, active: &str) -> Self {
        Self {
            name: RwSignal::new(profile.name.clone()),
            wires: wire_lines(&profile.wires),
            in_use: RwSignal::new(profile.name == active),
        }
    }

    fn blank() -> Self {
        Self {
            name: RwSignal::new(String::new()),
            wires: wire_lines(&[]),
            in_use: RwSignal::new(false),
        }
    }
}

#[derive(Clone, Copy)]
struct Form {
    name: RwSignal<String>,
    server: RwSignal<String>,
    profiles: Lines<Profile>,
}

impl Form {
    fn new(before: Option<&McpInstance>, server: String) -> Self {
        let profiles: Vec<Profile> = before.map_or_else(
            || vec![Profile::blank()],
            |before| {
                let profiles = before.profiles.iter();
                profiles
                    .map(|one| Profile::new(one, &before.active))
                    .collect()
            },
        );
        let form = Self {
            name: RwSignal::new(String::new()),
            server: RwSignal::new(server),
            profiles: Lines::new(profiles),
        };
        // One is in use at any time, also when the one that was is removed.
        Effect::new(move || {
            let all = form.profiles.get();
            if !all.iter().any(|profile| profile.in_use.get())
                && let Some(first) = all.first()
            {
                first.in_use.set(true);
            }
        });
        form
    }

    fn use_only(self, chosen: Profile) {
        for profile in untrack(|| self.profiles.get()) {
            profile.in_use.set(profile.in_use == chosen.in_use);
        }
    }

    /// The profiles, and the one in use.
    fn made(self, program: bool) -> (Vec<McpProfile>, Option<String>) {
        let all = untrack(|| self.profiles.get());
        let active = all.iter().find(|profile| profile.in_use.get_untracked());
        let active = active.map(|profile| text(profile.name));
        let profiles = all.iter().map(|profile| McpProfile {
            name: text(profile.name),
            wires: wires(profile.wires, program),
        });
        (profiles.collect(), active)
    }
}

pub fn instance_dialog(editing: RwSignal<Option<Editing>>, setup: Setup) -> AnyView {
    let title = |editing: &Editing| match editing {
        Editing::New => "New instance".to_owned(),
        Editing::Change(instance) => format!("Edit the instance {}", instance.name),
    };
    form_dialog(editing, title, move |editing, saving| {
        inside(editing, saving, setup)
    })
}

fn inside(editing: Editing, saving: Saving, setup: Setup) -> AnyView {
    let api = Api::get();
    let before = editing.before();
    let server = before.as_ref().map_or_else(
        || {
            items(setup.servers)
                .into_iter()
                .next()
                .map(|first| first.name)
        },
        |before| Some(before.server.clone()),
    );
    let form = Form::new(before.as_ref(), server.unwrap_or_default());
    let program = Memo::new(move |_| {
        let servers = items(setup.servers);
        let own = servers
            .iter()
            .find(|one| form.server.with(|name| *name == one.name));
        own.is_some_and(|own| matches!(own.transport, McpTransport::Stdio { .. }))
    });
    let fields = view! {
        <div>
            {before.is_none().then(|| name_and_server(form, saving, setup))}
            {profile_fields(form, saving, setup, program.into())}
        </div>
    };
    let save = move || {
        let (profiles, active) = form.made(program.get_untracked());
        let Some(before) = before.clone() else {
            let body = CreateMcpInstance {
                name: text(form.name),
                server: text(form.server),
                profiles,
                active,
            };
            return saving.send(
                |key| async move { health::create_instance(api, &body, &key).await },
                move |made| setup.told(format!("The instance {} is set up.", made.value.name)),
            );
        };
        if profiles == before.profiles && active.as_ref() == Some(&before.active) {
            return saving.close();
        }
        let patch = McpInstancePatch { profiles, active };
        let said = format!("Changed the instance {}.", before.name);
        saving.send(
            |key| async move { health::change_instance(api, &before.name, &patch, &key).await },
            move |_| setup.told(said),
        );
    };
    saving.form("this instance", fields.into_any(), save)
}

fn name_and_server(form: Form, saving: Saving, setup: Setup) -> AnyView {
    let servers = Signal::derive(move || {
        let names = items(setup.servers).into_iter().map(|one| one.name);
        names
            .map(|name| Choice::new(name.clone(), name))
            .collect::<Vec<_>>()
    });
    view! {
        <TextField
            label="Name"
            value=form.name
            mono=true
            error=saving.wrong("/name")
            hint="What steps name as their server: github-production. It cannot be changed."
        />
        <Select
            label="Server"
            value=form.server
            choices=servers
            error=saving.wrong("/server")
            on_change=move |to| form.server.set(to)
        />
    }
    .into_any()
}

fn profile_fields(form: Form, saving: Saving, setup: Setup, program: Signal<bool>) -> AnyView {
    let connections = setup.connection_choices("Choose a connection");
    let group = unique_id("profiles");
    let show = move |profile: Profile| {
        let use_id = unique_id("profile");
        let unsaid = Signal::derive(move || None);
        view! {
            <div class="profile">
                <TextField label="Profile" value=profile.name mono=true placeholder="production" />
                <span class="profile__use">
                    <input
                        type="radio"
                        id=use_id.clone()
                        name=group.clone()
                        prop:checked=move || profile.in_use.get()
                        on:change=move |_| form.use_only(profile)
                    />
                    <label for=use_id>"In use"</label>
                </span>
                {wire_fields(profile.wires, connections, program, "Told beside the server's own.", unsaid)}
            </div>
        }
        .into_any()
    };
    view! {
        <LineList
            lines=form.profiles
            legend="Profiles"
            hint="Each wires the server to credentials of its own. Runs use the one that is in use."
            error=saving.wrong("/profiles")
            add="Add a profile"
            remove="Remove this profile"
            blank=Profile::blank
            show
        />
    }
    .into_any()
}
