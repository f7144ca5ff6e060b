//! Renaming and describing, archiving and bringing back.

use super::state::Studio;
use crate::{
    api::{ActionKey, ApiError, ErrorFace, workflows},
    ui::{
        button::{Button, ButtonKind},
        dialog::Dialog,
        field::{TextArea, TextField},
        toast::Toast,
    },
};
use leptos::prelude::*;
use serde_json::{Map, Value};

/// The same document with another name and description, at the places they had.
fn renamed(document: &Value, name: &str, description: &str) -> Value {
    let Some(fields) = document.as_object() else {
        return document.clone();
    };
    let mut out = Map::with_capacity(fields.len() + 1);
    if !fields.contains_key("name") {
        out.insert("name".into(), name.into());
    }
    for (key, value) in fields {
        match key.as_str() {
            "name" => {
                out.insert("name".into(), name.into());
                if !fields.contains_key("description") && !description.is_empty() {
                    out.insert("description".into(), description.into());
                }
            }
            "description" => {
                out.insert("description".into(), description.into());
            }
            _ => {
                out.insert(key.clone(), value.clone());
            }
        }
    }
    Value::Object(out)
}

#[component]
pub fn RenameDialog(studio: Studio, open: RwSignal<bool>) -> AnyView {
    let (name, text) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let wrong = RwSignal::new(None::<String>);
    Effect::new(move || {
        if open.get() {
            let read = studio.read.get_untracked();
            let part = |key: &str| {
                let found = read
                    .as_ref()
                    .ok()
                    .and_then(|document| document.get(key).and_then(Value::as_str));
                found.unwrap_or_default().to_owned()
            };
            name.set(part("name"));
            text.set(part("description"));
        }
    });
    Effect::new(move || {
        name.track();
        wrong.set(None);
    });
    let save = move || {
        let (new, said) = (
            name.with_untracked(|name| name.trim().to_owned()),
            text.get_untracked(),
        );
        if new.is_empty() {
            return wrong.set(Some("Give it a name.".into()));
        }
        if let Ok(document) = studio.read.get_untracked() {
            studio.text.set(super::document::format(&renamed(
                &document,
                &new,
                said.trim(),
            )));
            open.set(false);
            if studio.is_dirty_untracked() {
                studio.save(None);
            }
        }
    };
    let footer = move || {
        view! {
            <Button on_click=move || open.set(false)>"Not now"</Button>
            <Button kind=ButtonKind::Primary on_click=save>"Save the draft"</Button>
        }
        .into_any()
    };
    let wrong: Signal<Option<String>> = wrong.into();
    view! {
        <Dialog open title="Rename or describe" stays=true footer>
            <form
                on:submit=move |event| {
                    event.prevent_default();
                    save();
                }
            >
                <TextField label="Name" value=name error=wrong />
                <TextArea label="Description" value=text rows=3 optional=true />
                <p class="field__hint">"Both stand in the document. Lists show them at once; runs show them from the next version on."</p>
            </form>
        </Dialog>
    }
    .into_any()
}

#[component]
pub fn ArchiveDialog(studio: Studio, open: RwSignal<bool>) -> AnyView {
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let confirm = move || {
        busy.set(true);
        error.set(None);
        leptos::task::spawn_local(async move {
            let answer = set_archived(studio, true).await;
            busy.try_set(false);
            match answer {
                Ok(()) => drop(open.try_set(false)),
                Err(refused) => drop(error.try_set(Some(refused))),
            }
        });
    };
    let footer = move || {
        view! {
            <Button on_click=move || open.set(false)>"Not now"</Button>
            <Button kind=ButtonKind::Danger busy on_click=confirm>"Archive"</Button>
        }
        .into_any()
    };
    view! {
        <Dialog open title="Archive this workflow?" footer>
            <p>
                "It starts no more runs and leaves the list. Its versions and its runs stay, and runs that have begun go on. It can be brought back."
            </p>
            <ErrorFace error what="this workflow" compact=true />
        </Dialog>
    }
    .into_any()
}

/// Archives the workflow or brings it back.
pub async fn set_archived(studio: Studio, archived: bool) -> Result<(), ApiError> {
    let (Some(id), Some(seen)) = (studio.id.try_get_value(), untrack(|| studio.revision())) else {
        return Ok(());
    };
    let changed =
        workflows::archive(studio.api(), &id, archived, &ActionKey::fresh(), seen).await?;
    let words = if archived { "Archived" } else { "Brought back" };
    studio.say(Toast::done(format!("{words}: {}.", changed.value.row.name)));
    studio.query.set(changed.value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_new_name_stands_where_the_old_one_stood() {
        let text = |value: &Value| value.to_string();
        let old = json!({ "name": "a", "queue": "q", "description": "x", "steps": [] });
        assert_eq!(
            text(&renamed(&old, "b", "y")),
            r#"{"name":"b","queue":"q","description":"y","steps":[]}"#
        );
        let bare = json!({ "name": "a", "steps": [] });
        assert_eq!(
            text(&renamed(&bare, "b", "y")),
            r#"{"name":"b","description":"y","steps":[]}"#
        );
        assert_eq!(text(&renamed(&bare, "b", "")), r#"{"name":"b","steps":[]}"#);
        assert_eq!(
            text(&renamed(&json!({ "steps": [] }), "b", "")),
            r#"{"name":"b","steps":[]}"#
        );
    }
}
