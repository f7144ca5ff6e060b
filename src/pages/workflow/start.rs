//! Starting a run: the input by a form made from the schema; what it is about, its labels and its mission where wanted.

use super::state::Studio;
use crate::{
    api::{ActionKey, ApiError, ErrorFace, Query, missions, workflows},
    schema_form::{Filled, SchemaForm},
    state::session,
    ui::{
        banner::Banner,
        button::{Button, ButtonKind},
        dialog::Dialog,
        field::{Choice, Select, TextArea, TextField},
        icon::lucide,
        status::Tone,
        toast::Toast,
    },
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::api::{FieldError, MissionRow, Page, StartRun};
use model::run::{EntityRef, Labels};
use serde_json::json;

/// What stands in the dialog besides the input.
#[derive(Clone, Copy)]
struct More {
    about_type: RwSignal<String>,
    about_id: RwSignal<String>,
    about_label: RwSignal<String>,
    labels: RwSignal<String>,
    mission: RwSignal<String>,
}

impl More {
    fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            about_type: empty(),
            about_id: empty(),
            about_label: empty(),
            labels: empty(),
            mission: empty(),
        }
    }

    fn about(self) -> Result<Option<EntityRef>, String> {
        let text = |signal: RwSignal<String>| signal.with(|text| text.trim().to_owned());
        let (kind, id, label) = (
            text(self.about_type),
            text(self.about_id),
            text(self.about_label),
        );
        match (kind.is_empty(), id.is_empty()) {
            (true, true) if label.is_empty() => Ok(None),
            (false, false) => Ok(Some(EntityRef {
                kind,
                id,
                label: (!label.is_empty()).then_some(label),
            })),
            _ => Err("Give both the kind and the id of the record.".into()),
        }
    }
}

/// Reads labels, one `key: value` a line.
fn labels(text: &str) -> Result<Labels, String> {
    let mut all = Labels::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let Some((key, value)) = line.split_once([':', '=']) else {
            return Err(format!(
                "Write a label as key: value. This line is not: {line}"
            ));
        };
        let key = key.trim();
        if key.is_empty() {
            return Err(format!("This label has no key: {line}"));
        }
        if all
            .insert(key.to_owned(), value.trim().to_owned())
            .is_some()
        {
            return Err(format!("The label {key} stands twice."));
        }
    }
    Ok(all)
}

#[component]
pub fn StartDialog(studio: Studio, open: RwSignal<bool>) -> AnyView {
    let form = StoredValue::new(None::<(Filled, More)>);
    let tried = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let navigate = send_wrapper::SendWrapper::new(use_navigate());
    let place = StoredValue::new(session::place());
    Effect::new(move || {
        if open.get() {
            tried.set(false);
            error.set(None);
        }
    });
    let version = move || {
        studio
            .query
            .data()
            .and_then(|view| view.row.version)
            .unwrap_or(0)
    };
    let start = move || {
        let Some((filled, more)) = form.get_value() else {
            return;
        };
        tried.set(true);
        let input = filled.check();
        let (about, labels) = untrack(|| (more.about(), more.labels.with(|text| labels(text))));
        let (Some(input), Ok(about), Ok(labels)) = (input, about, labels) else {
            return;
        };
        let Some(id) = studio.id.try_get_value() else {
            return;
        };
        let mission = more.mission.get_untracked();
        let params = StartRun {
            input,
            about,
            labels,
            mission: (!mission.is_empty()).then(|| mission.as_str().into()),
            ..StartRun::default()
        };
        busy.set(true);
        error.set(None);
        let navigate = navigate.clone();
        leptos::task::spawn_local(async move {
            let answer = workflows::start(studio.api(), &id, params, &ActionKey::fresh()).await;
            busy.try_set(false);
            match answer {
                Ok(moved) => {
                    open.try_set(false);
                    studio.say(Toast::done(format!("Started {}.", moved.run.title)));
                    if let Some(place) = place.try_get_value() {
                        navigate(&place.run(&moved.run.id), NavigateOptions::default());
                    }
                }
                Err(refused) => {
                    let at_fields = input_errors(&refused);
                    if at_fields.is_empty() {
                        error.try_set(Some(refused));
                    } else {
                        filled.refuse(at_fields);
                    }
                }
            }
        });
    };
    let footer = move || {
        let start = start.clone();
        view! {
            <Button on_click=move || open.set(false)>"Not now"</Button>
            <Button kind=ButtonKind::Primary icon=lucide::LuPlay busy on_click=start>"Start the run"</Button>
        }
        .into_any()
    };
    let title = Signal::derive(move || {
        let name = studio
            .query
            .data()
            .map(|view| view.row.name.clone())
            .unwrap_or_default();
        format!("Run {name} v{}", version())
    });
    view! {
        <Dialog open title stays=true footer>
            {move || untrack(|| inside(studio, form, tried))}
            <ErrorFace error what="this run" compact=true />
        </Dialog>
    }
    .into_any()
}

fn inside(
    studio: Studio,
    form: StoredValue<Option<(Filled, More)>>,
    tried: RwSignal<bool>,
) -> AnyView {
    let view = studio.query.data();
    let published = view
        .as_ref()
        .and_then(|view| view.published.clone())
        .unwrap_or_default();
    let own_about = published.get("about").is_some_and(|about| !about.is_null());
    let schema = published
        .get("input_schema")
        .filter(|schema| !schema.is_null())
        .cloned();
    let free = schema.is_none();
    let filled = Filled::new(schema.unwrap_or_else(|| json!({})));
    let more = More::new();
    form.set_value(Some((filled, more)));
    let drafted = view.is_some_and(|view| view.row.has_draft) || studio.is_dirty_untracked();
    view! {
        <div class="start">
            {drafted
                .then(|| {
                    view! {
                        <Banner tone=Tone::Idle>
                            "This runs the published version. Changes of the draft take part once they are published."
                        </Banner>
                    }
                })}
            {free
                .then(|| {
                    view! { <p class="field__hint">"The workflow names no input schema, so it takes any JSON."</p> }
                })}
            <SchemaForm filled />
            <details class="start__more">
                <summary>"About, labels, mission"</summary>
                <More more tried own_about />
            </details>
        </div>
    }
    .into_any()
}

#[component]
fn More(more: More, tried: RwSignal<bool>, own_about: bool) -> AnyView {
    let query = Query::<Page<MissionRow>>::get(|| Some(missions::LIST.to_owned()));
    let choices = Signal::derive(move || {
        let mut all = vec![Choice::new("", "None")];
        if let Some(page) = query.data() {
            all.extend(
                page.items
                    .iter()
                    .map(|mission| Choice::new(mission.id.as_str(), mission.title.clone())),
            );
        }
        all
    });
    let about_error = Signal::derive(move || tried.get().then(|| more.about().err()).flatten());
    let labels_error = Signal::derive(move || {
        tried
            .get()
            .then(|| more.labels.with(|text| labels(text)).err())
            .flatten()
    });
    let hint = if own_about {
        "The workflow tells this from the input. Fill it in to say something else."
    } else {
        "The business record this run is about. It names the run in every list."
    };
    view! {
        <div class="start__fields">
            <div class="start__about">
                <TextField label="About: kind" value=more.about_type optional=true placeholder="RFQ" error=about_error />
                <TextField label="Id" value=more.about_id optional=true placeholder="2231" />
                <TextField label="Label" value=more.about_label optional=true placeholder="Metro Equipment" />
            </div>
            <p class="field__hint">{hint}</p>
            <TextArea
                label="Labels"
                value=more.labels
                rows=2
                optional=true
                mono=true
                placeholder="team: sales"
                hint="One key: value a line."
                error=labels_error
            />
            <Select label="Mission" value=more.mission choices on_change=move |to| more.mission.set(to) optional=true />
        </div>
    }
    .into_any()
}

/// The errors that belong to fields of the input, with pointers from the input.
fn input_errors(error: &ApiError) -> Vec<FieldError> {
    let ApiError::Problem(problem) = error else {
        return Vec::new();
    };
    let inside = problem.errors.iter().filter_map(|error| {
        let pointer = error.pointer.strip_prefix("/params/input")?.to_owned();
        Some(FieldError {
            pointer,
            ..error.clone()
        })
    });
    let found: Vec<FieldError> = inside.collect();
    if found.len() == problem.errors.len() {
        found
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::api::Problem;

    #[test]
    fn labels_are_lines() {
        let found = labels("team: sales\n\n priority = high \n").unwrap_or_default();
        assert_eq!(found.get("team").map(String::as_str), Some("sales"));
        assert_eq!(found.get("priority").map(String::as_str), Some("high"));
        for wrong in ["team", ": x", "a: 1\na: 2"] {
            assert!(labels(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn errors_of_the_input_go_to_their_fields_and_others_do_not() {
        let problem = |pointers: &[&str]| {
            let errors = pointers
                .iter()
                .map(|pointer| FieldError {
                    pointer: (*pointer).into(),
                    message: "Wrong.".into(),
                    suggestion: None,
                })
                .collect();
            ApiError::Problem(Box::new(Problem {
                status: 422,
                errors,
                ..Problem::default()
            }))
        };
        assert_eq!(
            input_errors(&problem(&["/params/input/rfq"]))[0].pointer,
            "/rfq"
        );
        assert!(input_errors(&problem(&["/params/input/rfq", "/params/mission"])).is_empty());
    }
}
