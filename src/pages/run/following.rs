//! *Tell me when this changes*.

use crate::{
    api::{ActionKey, Api, Query, notifications},
    state::live_run::LiveRun,
    ui::toast::{Toast, Toasts},
};
use leptos::prelude::*;
use model::RunId;
use model::notify::Watch;

/// Whether the person follows this run.
#[derive(Clone, Copy)]
pub struct Following {
    api: Api,
    run: StoredValue<RunId>,
    query: Query<Watch>,
    toasts: Option<Toasts>,
}

impl Following {
    pub fn open(live: LiveRun) -> Self {
        let run = live.id();
        let path = notifications::watch_path(&run);
        Self {
            api: Api::get(),
            run: StoredValue::new(run),
            query: Query::get(move || Some(path.clone())),
            toasts: Toasts::get(),
        }
    }

    pub fn on(self) -> bool {
        self.query.data().is_some_and(|watch| watch.watching)
    }

    pub fn toggle(self) {
        let watching = !untrack(|| self.on());
        let run = self.run.get_value();
        leptos::task::spawn_local(async move {
            let answer = notifications::watch(self.api, &run, watching, &ActionKey::fresh()).await;
            let toast = match answer {
                Ok(Watch { watching: true }) => {
                    Toast::done("You are told when this run changes, until it has ended.")
                }
                Ok(Watch { watching: false }) => Toast::done("You no longer follow this run."),
                Err(error) => Toast::failed(error.line()),
            };
            if let Some(toasts) = self.toasts {
                toasts.push(toast);
            }
            self.query.reload();
        });
    }
}
