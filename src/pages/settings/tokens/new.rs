//! A new token: what it may do, where, until when; then its secret, this once.

use crate::{
    api::{Api, access},
    moves::form::{Form, Sending, text},
    pages::settings::secret::SecretOnce,
    routes::Place,
    state::session::{self, Session},
    ui::{
        code::CodeBlock,
        dialog::Dialog,
        field::{Checkbox, Choice, Select, TextField},
    },
};
use leptos::prelude::*;
use model::api::{CreatePat, NewPat};
use model::{ProjectId, Role, Scope};
use std::collections::BTreeSet;

/// Days, and how they are said.
const LIVES: [(&str, &str); 5] = [
    ("7", "7 days"),
    ("30", "30 days"),
    ("90", "90 days"),
    ("365", "1 year"),
    ("", "Never"),
];

#[component]
pub fn NewDialog(open: RwSignal<bool>, #[prop(into)] on_done: Callback<()>) -> AnyView {
    view! {
        <Dialog open title="New token" stays=true>
            <Inside open on_done />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Inside(open: RwSignal<bool>, on_done: Callback<()>) -> AnyView {
    let api = Api::get();
    let place = session::place();
    let made = RwSignal::new(None::<NewPat>);
    let sending = Sending::new();
    let wanted = Wanted::new();
    let create = move || {
        let Some(body) = wanted.body() else { return };
        sending.send(
            |key| async move { access::create_pat(api, &body, &key).await },
            move |answer| {
                made.try_set(Some(answer.value));
                on_done.try_run(());
            },
        );
    };
    let shown = move || match made.get() {
        None => view! {
            <Form sending what="this token" verb="Create" open on_submit=move |()| create()>
                {wanted.fields(sending)}
            </Form>
        }
        .into_any(),
        Some(made) => {
            let line = usage(&origin(), &place, &made);
            view! {
                <SecretOnce secret=made.token name="Token" lost="Revoke it and create another one." open>
                    <p class="dim">"A request with it:"</p>
                    <CodeBlock text=line label="A request with the token" />
                </SecretOnce>
            }
            .into_any()
        }
    };
    shown.into_any()
}

fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// The runs of the project that the token is for, asked for with curl.
fn usage(origin: &str, place: &Place, made: &NewPat) -> String {
    let project = made.pat.project.as_ref().unwrap_or(&place.project);
    let token = made.token.as_deref().unwrap_or_default();
    format!(
        "curl -H 'Authorization: Bearer {token}' -H 'X-Tenant-Id: {}' -H 'X-Project-Id: {project}' {origin}/v1/runs",
        place.tenant
    )
}

/// What stands in the form.
#[derive(Clone, Copy)]
struct Wanted {
    name: RwSignal<String>,
    scopes: RwSignal<BTreeSet<Scope>>,
    role: RwSignal<String>,
    project: RwSignal<String>,
    days: RwSignal<String>,
    ai: RwSignal<bool>,
    /// A try was made that lacks something.
    tried: RwSignal<bool>,
}

impl Wanted {
    fn new() -> Self {
        Self {
            name: RwSignal::new(String::new()),
            scopes: RwSignal::new([Scope::WorkflowRead].into()),
            role: RwSignal::new(String::new()),
            project: RwSignal::new(String::new()),
            days: RwSignal::new("90".to_owned()),
            ai: RwSignal::new(false),
            tried: RwSignal::new(false),
        }
    }

    fn body(self) -> Option<CreatePat> {
        self.tried.set(true);
        let (name, scopes) = (text(self.name), self.scopes.get_untracked());
        if name.is_empty() || scopes.is_empty() {
            return None;
        }
        Some(CreatePat {
            name,
            scopes,
            role: Role::parse(&text(self.role)),
            project: Some(text(self.project))
                .filter(|project| !project.is_empty())
                .map(ProjectId::new),
            expires_in_days: text(self.days).parse().ok(),
            ai: self.ai.get_untracked(),
        })
    }

    fn fields(self, sending: Sending) -> AnyView {
        let missing = move |there: bool, say: &'static str| {
            (self.tried.get() && !there).then(|| say.to_owned())
        };
        let no_name = Signal::derive(move || {
            let there = self.name.with(|name| !name.trim().is_empty());
            missing(there, "Say what it is for: “Nightly import”.")
                .or_else(|| sending.wrong("/name").get())
        });
        let no_scope = move || {
            let there = self.scopes.with(|scopes| !scopes.is_empty());
            missing(there, "Choose at least one scope.").or_else(|| sending.wrong("/scopes").get())
        };
        let lives = LIVES.map(|(days, label)| Choice::new(days, label)).to_vec();
        view! {
            <TextField label="Name" value=self.name error=no_name placeholder="Nightly import" />
            <fieldset class="field pick">
                <legend class="field__label">"It may"</legend>
                {Scope::ALL.iter().map(|scope| self.scope(*scope)).collect_view()}
                {move || no_scope().map(|text| view! { <p class="field__error" role="alert">{text}</p> })}
            </fieldset>
            <div class="form__two">
                <Select label="Project" value=self.project choices=projects() on_change=move |to| self.project.set(to) />
                <Select label="At most as" value=self.role choices=roles() on_change=move |to| self.role.set(to) />
            </div>
            <Select
                label="Expires after"
                value=self.days
                choices=lives
                on_change=move |to| self.days.set(to)
                hint="You are told a week before it expires."
            />
            <div class="field">
                <Checkbox
                    label="An AI will use it"
                    checked=self.ai
                    on_change=move |on| self.ai.set(on)
                    hint="What is done with it is marked as done by an AI, here and in the audit trail."
                />
            </div>
        }
        .into_any()
    }

    fn scope(self, scope: Scope) -> AnyView {
        let access = session::access();
        let checked = Signal::derive(move || self.scopes.with(|scopes| scopes.contains(&scope)));
        let on_change = move |on: bool| {
            self.scopes.update(|scopes| {
                if on {
                    scopes.insert(scope);
                } else {
                    scopes.remove(&scope);
                }
            });
        };
        let disabled = Signal::derive(move || {
            let has = access.get()?.scopes.contains(&scope);
            (!has).then(|| "What you signed in with lacks this scope.".to_owned())
        });
        let mut label = scope.shown().to_owned();
        if let Some(first) = label.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        view! {
            <div class="pick__scope">
                <Checkbox label checked disabled on_change />
                <code class="scope">{scope.as_str()}</code>
            </div>
        }
        .into_any()
    }
}

/// Every project of this tenant in which the person has a role.
fn projects() -> Signal<Vec<Choice>> {
    let (session, place) = (Session::get(), session::place());
    Signal::derive(move || {
        let mut all = vec![Choice::new("", "Every project")];
        if let Some(me) = session.and_then(Session::me) {
            let here = me.tenants.iter().find(|tenant| tenant.id == place.tenant);
            all.extend(
                here.iter()
                    .flat_map(|tenant| &tenant.projects)
                    .map(|project| Choice::new(project.id.as_str(), project.name.clone())),
            );
        }
        all
    })
}

/// The roles up to the person's own here.
fn roles() -> Signal<Vec<Choice>> {
    let access = session::access();
    Signal::derive(move || {
        let own = access.get().map(|access| access.role);
        let below = Role::ALL
            .iter()
            .rev()
            .filter(move |role| own.is_some_and(|own| **role <= own));
        std::iter::once(Choice::new("", "Your own role"))
            .chain(below.map(|role| Choice::new(role.as_str(), role.shown())))
            .collect()
    })
}
