//! What is set up outside, as the page has it, and the lists that its forms choose from.

use crate::{
    api::{Query, health},
    moves::ask::Asked,
    state::follow::{follow_health, follow_runs},
    ui::{field::Choice, skeleton::Skeleton},
};
use leptos::prelude::*;
use model::CheckKind;
use model::api::{
    Check, Connection, Entity, Health, McpInstance, McpServer, Page, WorkflowOverrides,
};
use std::sync::Arc;

#[derive(Clone, Copy)]
pub struct Setup {
    pub standing: Query<Health>,
    pub connections: Query<Page<Connection>>,
    pub servers: Query<Page<McpServer>>,
    pub instances: Query<Page<McpInstance>>,
    pub entities: Query<Page<Entity>>,
    pub overrides: Query<Page<WorkflowOverrides>>,
    pub checks: Memo<Vec<Check>>,
    /// What is about to be deleted.
    pub asked: RwSignal<Option<Asked>>,
}

impl Setup {
    /// Loads all of it, and again when a check found something or somebody changed it.
    pub fn load() -> Self {
        let standing = Query::<Health>::get(|| Some(health::HEALTH.to_owned()));
        let setup = Self {
            standing,
            connections: Query::get(|| Some(health::CONNECTIONS.to_owned())),
            servers: Query::get(|| Some(health::SERVERS.to_owned())),
            instances: Query::get(|| Some(health::INSTANCES.to_owned())),
            entities: Query::get(|| Some(health::ENTITIES.to_owned())),
            overrides: Query::get(|| Some(health::OVERRIDES.to_owned())),
            checks: Memo::new(move |_| {
                standing
                    .data()
                    .map(|standing| standing.checks.clone())
                    .unwrap_or_default()
            }),
            asked: RwSignal::new(None),
        };
        follow_runs(move || standing.reload());
        follow_health(move || setup.reload());
        setup
    }

    pub fn reload(self) {
        self.standing.reload();
        self.connections.reload();
        self.servers.reload();
        self.instances.reload();
        self.entities.reload();
        self.overrides.reload();
    }

    /// Something was changed: all is loaded again. Gives back what is to be said of it.
    pub fn told(self, said: String) -> String {
        self.reload();
        said
    }

    /// The check of a kind that is about `subject`.
    pub fn check(self, kind: CheckKind, subject: &str) -> Memo<Option<Check>> {
        let subject = subject.to_owned();
        Memo::new(move |_| {
            self.checks.with(|all| {
                let of = |check: &&Check| check.kind == kind && check.subject == subject;
                all.iter().find(of).cloned()
            })
        })
    }

    /// The connections to choose from, after the words for none.
    pub fn connection_choices(self, none: &'static str) -> Signal<Vec<Choice>> {
        let names = move || items(self.connections).into_iter().map(|one| one.id);
        Signal::derive(move || choices(none, names()))
    }

    /// The servers and instances to choose from, after the words for none.
    pub fn server_choices(self, none: &'static str) -> Signal<Vec<Choice>> {
        Signal::derive(move || {
            let servers = items(self.servers).into_iter().map(|one| one.name);
            let instances = items(self.instances).into_iter().map(|one| one.name);
            choices(none, servers.chain(instances))
        })
    }
}

fn choices(none: &'static str, names: impl Iterator<Item = String>) -> Vec<Choice> {
    let first = std::iter::once(Choice::new("", none));
    first
        .chain(names.map(|name| Choice::new(name.clone(), name)))
        .collect()
}

/// The choices, and the one chosen where it is not among them any more.
pub fn with_chosen(choices: Signal<Vec<Choice>>, chosen: RwSignal<String>) -> Signal<Vec<Choice>> {
    Signal::derive(move || {
        let mut all = choices.get();
        let chosen = chosen.get();
        if !all.iter().any(|choice| choice.value == chosen) {
            all.push(Choice::new(chosen.clone(), format!("{chosen} (deleted)")));
        }
        all
    })
}

/// What is loaded of a list; nothing until it is.
pub fn items<T: Clone + Send + Sync + 'static>(query: Query<Page<T>>) -> Vec<T> {
    query
        .data()
        .map(|page| page.items.clone())
        .unwrap_or_default()
}

/// A list with the faces of loading, failing and being empty.
pub fn listed<T>(
    query: Query<Page<T>>,
    what: &'static str,
    empty: fn() -> AnyView,
    show: impl Fn(Signal<Vec<T>>) -> AnyView + Clone + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let wait = || view! { <Skeleton lines=2 rows=true /> }.into_any();
    let build = move |page: Memo<Option<Arc<Page<T>>>>| {
        let all = Memo::new(move |_| {
            page.with(|page| {
                page.as_ref()
                    .map(|page| page.items.clone())
                    .unwrap_or_default()
            })
        });
        let none = Memo::new(move |_| all.with(Vec::is_empty));
        let show = show.clone();
        let body = move || {
            if none.get() {
                empty()
            } else {
                untrack(|| show(all.into()))
            }
        };
        body.into_any()
    };
    query.live_view(what, wait, build)
}
