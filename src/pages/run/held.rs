//! A run that a connection holds: which one, and the button that mends it.

use crate::{
    api::{Query, health},
    moves::reconnect::ReconnectBanner,
    state::live_run::LiveRun,
};
use engine::Run;
use leptos::prelude::*;
use model::api::{Connection, Page};
use model::{BlockedBy, RunStatus};

/// The connection whose check holds the run, and why.
fn holding(run: &Run) -> Option<(String, String)> {
    let block = run.block.as_ref().filter(|block| {
        run.status == RunStatus::Blocked && block.by == BlockedBy::Credential && !block.cleared
    })?;
    let (_, connection) = block.check.as_ref()?.split_once(':')?;
    Some((connection.to_owned(), block.reason.clone()))
}

#[component]
pub fn Held(live: LiveRun) -> AnyView {
    let held = live.part_live(holding);
    // Only what is allowed elsewhere can be reconnected; a secret is replaced on Health.
    let connections = Query::<Page<Connection>>::get(move || {
        held.with(Option::is_some)
            .then(|| health::CONNECTIONS.to_owned())
    });
    let shown = move || {
        let (connection, reason) = held.get()?;
        let page = connections.data()?;
        let oauth = page
            .items
            .iter()
            .any(|one| one.id == connection && one.auth.is_oauth());
        oauth.then(|| view! { <ReconnectBanner connection reason=format!("{reason}.") /> })
    };
    shown.into_any()
}
