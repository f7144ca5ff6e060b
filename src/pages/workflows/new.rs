//! A new workflow: a small one that works, or one from JSON.

use crate::{
    api::{ActionKey, Api, ApiError, ErrorFace, workflows},
    state::session,
    ui::{
        button::{Button, ButtonKind},
        dialog::Dialog,
        field::{Choice, Segmented, TextArea, TextField},
        toast::{Toast, Toasts},
    },
};
use leptos::{html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::api::PortableWorkflow;
use serde_json::{Value, json};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

const BLANK: &str = "blank";
const IMPORT: &str = "import";

/// What the JSON of an import is.
enum Import {
    /// An exported workflow, with its envelope.
    Portable(Box<PortableWorkflow>),
    /// A bare document.
    Document(Value),
}

/// Reads what was pasted or dropped: an export of Signalbox, or a workflow document.
fn read(text: &str) -> Result<Import, String> {
    if text.trim().is_empty() {
        return Err("Paste the JSON, or choose a file.".into());
    }
    let value: Value =
        serde_json::from_str(text).map_err(|error| format!("This is no JSON: {error}."))?;
    if value.get("format").is_some() {
        return serde_json::from_str(text)
            .map(|portable| Import::Portable(Box::new(portable)))
            .map_err(|error| format!("This is no exported workflow: {error}."));
    }
    if value.get("steps").is_none_or(|steps| !steps.is_array()) {
        return Err("A workflow is a JSON object with a name and a list of steps.".into());
    }
    Ok(Import::Document(value))
}

/// A workflow that is valid and does something at once: it says hello to its input.
fn template(name: &str) -> Value {
    json!({
        "name": name,
        "description": "",
        "input_schema": {
            "type": "object",
            "required": ["who"],
            "additionalProperties": false,
            "properties": { "who": { "type": "string", "title": "Who to greet", "default": "world" } }
        },
        "steps": [
            {
                "id": "greet",
                "name": "Greet",
                "type": "lua_script",
                "input": { "who": "{{input.who}}" },
                "script": "return { text = 'Hello, ' .. input.who .. '!' }"
            },
            {
                "id": "check",
                "name": "Check the greeting",
                "type": "human_task",
                "depends_on": ["greet"],
                "title": "Is this greeting right?",
                "data": "{{steps.greet.result.text}}"
            }
        ],
        "output": { "greeting": "{{steps.greet.result.text}}" }
    })
}

#[component]
pub fn NewDialog(open: RwSignal<bool>) -> AnyView {
    let api = Api::get();
    let toasts = Toasts::get();
    let navigate = send_wrapper::SendWrapper::new(use_navigate());
    let place = StoredValue::new(session::place());
    let way = RwSignal::new(BLANK.to_owned());
    let (name, text) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let wrong = RwSignal::new(None::<String>);
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    Effect::new(move || {
        if open.get() {
            name.set(String::new());
            text.set(String::new());
            wrong.set(None);
            error.set(None);
            way.set(BLANK.to_owned());
        }
    });
    Effect::new(move || {
        name.track();
        text.track();
        way.track();
        wrong.set(None);
    });
    let blank = move || way.with(|way| way == BLANK);
    let create = move || {
        let made = if untrack(blank) {
            let name = name.with_untracked(|name| name.trim().to_owned());
            if name.is_empty() {
                Err("Give it a name.".to_owned())
            } else {
                Ok(Import::Document(template(&name)))
            }
        } else {
            text.with_untracked(|text| read(text))
        };
        let import = match made {
            Ok(import) => import,
            Err(why) => return wrong.set(Some(why)),
        };
        busy.set(true);
        error.set(None);
        let navigate = navigate.clone();
        leptos::task::spawn_local(async move {
            let key = ActionKey::fresh();
            let answer = match &import {
                Import::Portable(portable) => workflows::import(api, portable, &key).await,
                Import::Document(document) => workflows::create(api, document.clone(), &key).await,
            };
            busy.try_set(false);
            match answer {
                Ok(made) => {
                    open.try_set(false);
                    if let Some(toasts) = toasts {
                        toasts.push(Toast::done(format!("Created {}.", made.value.row.name)));
                    }
                    if let Some(place) = place.try_get_value() {
                        navigate(
                            &place.workflow(&made.value.row.id),
                            NavigateOptions::default(),
                        );
                    }
                }
                Err(refused) => drop(error.try_set(Some(refused))),
            }
        });
    };
    let on_enter = create.clone();
    let body = move || {
        let on_enter = on_enter.clone();
        if blank() {
            let wrong: Signal<Option<String>> = wrong.into();
            view! {
                <form
                    on:submit=move |event| {
                        event.prevent_default();
                        on_enter();
                    }
                >
                    <TextField
                        label="Name"
                        value=name
                        error=wrong
                        placeholder="Quote for a request"
                        hint="It begins with a small draft that is valid and runs: change it in Studio."
                    />
                </form>
            }
            .into_any()
        } else {
            import_form(text, wrong.into())
        }
    };
    let label = move || if blank() { "Create" } else { "Import" };
    let footer = move || {
        let create = create.clone();
        view! {
            <Button on_click=move || open.set(false)>"Not now"</Button>
            <Button kind=ButtonKind::Primary busy on_click=create>{label}</Button>
        }
        .into_any()
    };
    view! {
        <Dialog open title="New workflow" stays=true footer>
            <div class="new-workflow">
                <Segmented
                    label="How to begin"
                    value=way
                    choices=vec![Choice::new(BLANK, "A small one"), Choice::new(IMPORT, "Import JSON")]
                    on_change=move |to| way.set(to)
                />
                {body.clone()}
                <ErrorFace error what="this workflow" compact=true />
            </div>
        </Dialog>
    }
    .into_any()
}

fn import_form(text: RwSignal<String>, wrong: Signal<Option<String>>) -> AnyView {
    let file = NodeRef::<html::Input>::new();
    let on_file = move |_| {
        let chosen = file
            .get_untracked()
            .and_then(|input| input.files())
            .and_then(|files| files.get(0));
        let Some(chosen) = chosen else { return };
        let reading = JsFuture::from(chosen.unchecked_into::<web_sys::Blob>().text());
        leptos::task::spawn_local(async move {
            if let Some(read) = reading.await.ok().and_then(|read| read.as_string()) {
                text.try_set(read);
            }
        });
    };
    view! {
        <div class="field">
            <label class="field__label" for="new-workflow-file">"File"<span class="field__optional">" optional"</span></label>
            <input
                node_ref=file
                class="new-workflow__file"
                id="new-workflow-file"
                type="file"
                accept="application/json,.json"
                on:change=on_file
            />
        </div>
        <TextArea
            label="JSON"
            value=text
            rows=10
            mono=true
            error=wrong
            hint="A workflow document, or what Export gave in another project."
        />
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_has_no_mistake_and_the_name_it_was_given() {
        let report = engine::validate(&template("My flow"), &engine::Catalog::default());
        assert_eq!(report.errors, [], "{report:?}");
        assert_eq!(report.warnings, []);
        assert_eq!(template("My flow")["name"], "My flow");
    }

    #[test]
    fn an_export_and_a_document_are_told_apart() {
        assert!(matches!(
            read(r#"{"name":"a","steps":[]}"#),
            Ok(Import::Document(_))
        ));
        let export =
            r#"{"format":"signalbox.workflow/1","name":"a","document":{"name":"a","steps":[]}}"#;
        assert!(matches!(read(export), Ok(Import::Portable(_))));
        for wrong in ["", "{", "[]", r#"{"name":"a"}"#, r#"{"format":"x"}"#] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
