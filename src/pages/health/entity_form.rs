//! An entity: a backend, how it is looked at, and the tools that need it.

mod values;

use super::setup::{Setup, with_chosen};
use crate::{
    api::{ActionKey, Api, ApiError, health},
    moves::form::{self, Saving, form_dialog, text},
    ui::{
        field::{Choice, InlineSelect, Select, TextField, TextKind},
        lines::{Cell, LineList},
    },
};
use leptos::prelude::*;
use model::CheckState;
use model::api::{Changed, Check, CreateEntity, Entity};
use values::{Form, Tools};

/// What the dialog is about.
pub type Editing = form::Editing<Entity>;

pub fn entity_dialog(editing: RwSignal<Option<Editing>>, setup: Setup) -> AnyView {
    let title = |editing: &Editing| match editing {
        Editing::New => "New entity".to_owned(),
        Editing::Change(entity) => format!("Edit the entity {}", entity.id),
    };
    form_dialog(editing, title, move |editing, saving| {
        inside(editing, saving, setup)
    })
}

fn inside(editing: Editing, saving: Saving, setup: Setup) -> AnyView {
    let api = Api::get();
    let before = editing.before();
    let form = Form::new(before.as_ref().map(|before| &before.entity));
    let status = RwSignal::new(None::<String>);
    let id = saving.wrong("/id");
    let fields = view! {
        <div>
            {before
                .is_none()
                .then(|| view! { <TextField label="Name" value=form.id mono=true error=id hint="What people call it: erp. It cannot be changed." /> })}
            <TextField
                label="Wire test"
                value=form.wire
                mono=true
                error=saving.wrong("/wire")
                hint="https://erp.example.com/health is asked, tcp://db.example.com:5432 is connected to."
            />
            {asked_fields(form, status, saving, setup)}
            {tool_fields(form, saving, setup)}
        </div>
    };
    let save = move || {
        let wrong = untrack(|| form.status_error());
        status.set(wrong.clone());
        if wrong.is_some() {
            return saving.focus_wrong();
        }
        let (id, body, before) = (text(form.id), form.made(), before.clone());
        let work = |key: ActionKey| async move {
            let entity = match before {
                Some(before) if before.entity == body => before.id,
                Some(before) => {
                    health::change_entity(api, &before.id, &body, &key)
                        .await?
                        .value
                        .id
                }
                None => {
                    let body = CreateEntity { id, entity: body };
                    health::create_entity(api, &body, &key).await?.value.id
                }
            };
            let (check, key) = (format!("entity:{entity}"), ActionKey::fresh());
            let looked = health::recheck(api, &check, &key).await;
            Ok((entity, looked))
        };
        saving.send(work, move |(entity, looked)| {
            setup.told(said(&entity, looked))
        });
    };
    saving.form("this entity", fields.into_any(), save)
}

/// It is saved; then what the wire test found.
fn said(entity: &str, looked: Result<Changed<Check>, ApiError>) -> String {
    match looked.map(|looked| looked.value) {
        Ok(check) if check.state == CheckState::Passing => {
            format!(
                "Saved the entity {entity}. Its wire test passes: {}",
                check.message
            )
        }
        Ok(check) => format!(
            "Saved the entity {entity}. Its wire test does not pass: {}",
            check.message
        ),
        Err(error) => format!(
            "Saved the entity {entity}. Its wire test was not made: {}",
            error.line()
        ),
    }
}

/// What a wire test by HTTP can say besides.
fn asked_fields(
    form: Form,
    wrong: RwSignal<Option<String>>,
    saving: Saving,
    setup: Setup,
) -> AnyView {
    let http = Memo::new(move |_| form.is_http());
    let refused = saving.wrong("/expected_status");
    let wrong = Signal::derive(move || wrong.get().or_else(|| refused.get()));
    let connection = saving.wrong("/connection");
    let choices = with_chosen(setup.connection_choices("None"), form.connection);
    view! {
        <Show when=move || http.get()>
            <TextField
                label="Status of a good answer"
                value=form.status
                kind=TextKind::Number
                optional=true
                error=wrong
                hint="Any below 500 where this is empty."
            />
            <Select
                label="Credential"
                value=form.connection
                choices
                error=connection
                on_change=move |to| form.connection.set(to)
                hint="The connection whose credential goes with the wire test."
            />
        </Show>
    }
    .into_any()
}

fn tool_fields(form: Form, saving: Saving, setup: Setup) -> AnyView {
    let servers: Signal<Vec<Choice>> = setup.server_choices("Choose a server");
    let show = move |tools: Tools| {
        let choices = with_chosen(servers, tools.server);
        view! {
            <div class="lines__cells">
                <InlineSelect label="Server" value=tools.server choices on_change=move |to| tools.server.set(to) />
                <Cell name="Tools" value=tools.names placeholder="every tool" />
            </div>
        }
        .into_any()
    };
    view! {
        <LineList
            lines=form.tools
            legend="Needed by"
            optional=true
            hint="Steps that call these tools are held while the wire test fails. Several tools have commas between."
            error=saving.wrong("/tools")
            head=&["Server", "Tools"]
            add="Add tools"
            remove="Remove these tools"
            blank=Tools::blank
            show
        />
    }
    .into_any()
}
