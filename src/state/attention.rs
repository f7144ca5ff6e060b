//! What needs a person, for the rail's counts and the Command Center: one list, loaded once and kept current.

use crate::api::{
    Query, attention,
    stream::{About, Stream},
};
use leptos::prelude::*;
use model::api::CommandCenter;
use std::time::Duration;

/// Changes come in bursts; one load answers for all of a burst.
const GATHER: Duration = Duration::from_millis(400);

#[derive(Clone, Copy)]
pub struct Attention {
    pub center: Query<CommandCenter>,
    /// All failed runs that nobody has settled, not only those of the last 24 hours.
    pub unresolved: RwSignal<bool>,
}

impl Attention {
    pub fn provide() -> Self {
        let unresolved = RwSignal::new(false);
        let center = Query::<CommandCenter>::get(move || Some(attention::path(unresolved.get())));
        let state = Self { center, unresolved };
        provide_context(state);
        if let Some(stream) = Stream::get() {
            state.keep_current(stream);
        }
        state
    }

    pub fn get() -> Option<Self> {
        use_context()
    }

    fn keep_current(self, stream: Stream) {
        let planned = StoredValue::new(false);
        let plan = move || {
            if planned.try_get_value() == Some(false) {
                planned.set_value(true);
                set_timeout(
                    move || {
                        if planned.try_set_value(false).is_none() {
                            self.center.reload();
                        }
                    },
                    GATHER,
                );
            }
        };
        // The stream goes on from where the first answer was read; without one it begins now.
        let listening = StoredValue::new(false);
        let owner = Owner::current();
        Effect::new(move || {
            let Some(position) = self.center.data().map(|center| center.position) else {
                return;
            };
            if listening.get_value() {
                return;
            }
            listening.set_value(true);
            let listen = || {
                stream.listen("command-center", Some(position), move |messages| {
                    if messages.iter().any(|message| message.about == About::Runs) {
                        plan();
                    }
                });
            };
            match &owner {
                Some(owner) => owner.with(listen),
                None => listen(),
            }
        });
        Effect::new(move |before: Option<u64>| {
            let epoch = stream.epoch.get();
            if before.is_some_and(|before| before != epoch) {
                self.center.reload();
            }
            epoch
        });
    }
}
