//! A new project, or another name for one.

use crate::{
    api::{Api, access},
    moves::form::{Form, Sending, text},
    ui::{
        dialog::{Dialog, open_while},
        field::TextField,
    },
};
use leptos::prelude::*;
use model::api::{CreateProject, ProjectRow};
use model::{ProjectId, id::is_slug};

/// What the dialog is about.
#[derive(Clone, PartialEq)]
pub enum Editing {
    New,
    Rename(ProjectRow),
}

#[component]
pub fn ProjectDialog(
    editing: RwSignal<Option<Editing>>,
    #[prop(into)] on_done: Callback<()>,
) -> AnyView {
    let open = open_while(editing);
    let title = Signal::derive(move || {
        editing.with(|editing| match editing {
            Some(Editing::Rename(project)) => format!("Rename {}", project.name),
            Some(Editing::New) | None => "New project".to_owned(),
        })
    });
    view! {
        <Dialog open title stays=true>
            {move || match editing.get()? {
                Editing::New => Some(new_form(open, on_done)),
                Editing::Rename(project) => Some(rename_form(project, open, on_done)),
            }}
        </Dialog>
    }
    .into_any()
}

fn new_form(open: RwSignal<bool>, on_done: Callback<()>) -> AnyView {
    let api = Api::get();
    let sending = Sending::new();
    let (name, id) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let tried = RwSignal::new(false);
    // The id follows the name until somebody writes their own.
    Effect::new(move |before: Option<String>| {
        let proposed = name.with(|name| slug(name));
        if before.is_none_or(|before| id.with_untracked(|id| *id == before)) {
            id.set(proposed.clone());
        }
        proposed
    });
    let no_name = name_error(name, tried, sending);
    let no_id = Signal::derive(move || {
        (tried.get() && id.with(|id| !is_slug(id)))
            .then(|| "1 to 64 letters, digits, _ and -, a letter first.".to_owned())
            .or_else(|| sending.wrong("/id").get())
    });
    let create = move || {
        tried.set(true);
        let body = CreateProject {
            id: ProjectId::new(text(id)),
            name: text(name),
        };
        if body.name.is_empty() || !is_slug(body.id.as_str()) {
            return;
        }
        sending.send(
            |key| async move { access::create_project(api, &body, &key).await },
            move |answer| {
                open.try_set(false);
                sending.say(format!("Made the project {}.", answer.value.name));
                on_done.try_run(());
            },
        );
    };
    view! {
        <Form sending what="this project" verb="Create" open on_submit=move |()| create()>
            <TextField label="Name" value=name error=no_name placeholder="Spare parts" />
            <TextField label="Id" value=id error=no_id mono=true hint="Stands in addresses and never changes." />
        </Form>
    }
    .into_any()
}

fn rename_form(project: ProjectRow, open: RwSignal<bool>, on_done: Callback<()>) -> AnyView {
    let api = Api::get();
    let sending = Sending::new();
    let name = RwSignal::new(project.name);
    let tried = RwSignal::new(false);
    let no_name = name_error(name, tried, sending);
    let id = StoredValue::new(project.id);
    let rename = move || {
        tried.set(true);
        let (id, name) = (id.get_value(), text(name));
        if name.is_empty() {
            return;
        }
        sending.send(
            |key| async move { access::rename_project(api, &id, name, &key).await },
            move |answer| {
                open.try_set(false);
                sending.say(format!("It is called {} now.", answer.value.name));
                on_done.try_run(());
            },
        );
    };
    view! {
        <Form sending what="this project" verb="Rename" open on_submit=move |()| rename()>
            <TextField label="Name" value=name error=no_name hint="Its id stays: it stands in addresses." />
        </Form>
    }
    .into_any()
}

fn name_error(
    name: RwSignal<String>,
    tried: RwSignal<bool>,
    sending: Sending,
) -> Signal<Option<String>> {
    Signal::derive(move || {
        (tried.get() && name.with(|name| name.trim().is_empty()))
            .then(|| "Give it a name.".to_owned())
            .or_else(|| sending.wrong("/name").get())
    })
}

/// A name as an id: "Spare parts (EU)" → `spare-parts-eu`.
fn slug(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let all = words.join("-");
    let start = all.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    start.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_proposes_an_id_that_the_runtime_takes() {
        for (name, id) in [
            ("Spare parts (EU)", "spare-parts-eu"),
            ("  Sales  ", "sales"),
            ("2026 budget", "budget"),
            ("Größe", "gr-e"),
        ] {
            assert_eq!(slug(name), id);
            assert!(is_slug(id), "{id}");
        }
        assert_eq!(slug("—"), "");
        assert!(is_slug(&slug(&"a".repeat(100))));
    }
}
