//! Connections that runs of this workflow depend on and that need a person.

use crate::{
    api::{Query, health},
    moves::reconnect::ReconnectBanner,
    routes::with_query,
    state::follow::follow_health,
};
use leptos::prelude::*;
use model::api::{Connection, Health, Page};
use model::{CheckKind, CheckState, WorkflowId};

#[component]
pub fn Outside(workflow: WorkflowId) -> AnyView {
    let path = with_query(health::HEALTH, &[("workflow", workflow.as_str())]);
    let standing = Query::<Health>::get(move || Some(path.clone()));
    follow_health(move || standing.reload());
    let failing = Memo::new(move |_| {
        let standing = standing.data()?;
        let failing = standing.checks.iter().find(|check| {
            matches!(check.kind, CheckKind::Credential | CheckKind::Connection)
                && check.state == CheckState::Failing
        })?;
        Some((failing.subject.clone(), failing.message.clone()))
    });
    // Only what is allowed elsewhere can be reconnected; a secret is replaced on Health.
    let connections = Query::<Page<Connection>>::get(move || {
        failing
            .with(Option::is_some)
            .then(|| health::CONNECTIONS.to_owned())
    });
    let shown = move || {
        let (connection, reason) = failing.get()?;
        let page = connections.data()?;
        let oauth = page
            .items
            .iter()
            .any(|one| one.id == connection && one.auth.is_oauth());
        oauth.then(|| view! { <ReconnectBanner connection reason /> })
    };
    shown.into_any()
}
