//! Refused attempts (401, 403) in the audit trail of whoever's tenant is known. One who is refused again and again for the same
//! reason leaves an entry at once, and then one a minute that says how often: a flood of requests is no flood of entries.

use super::context::Origin;
use super::problem::Error;
use super::{Api, Inner};
use crate::audit;
use crate::auth::{self, Caller};
use crate::host::Platform;
use crate::store::{ChangeSet, Place};
use axum::http::{HeaderMap, StatusCode};
use futures_util::FutureExt;
use model::{Actor, ProjectId};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// For how long further refusals are only counted.
const QUIET_MS: u64 = 60_000;
/// Refused callers that are counted at the same time; further ones leave no entry until others are quiet.
const MOST: usize = 1_000;

/// Who is being refused for what, and how often since the last entry.
#[derive(Default)]
pub(super) struct Refusals(Mutex<HashMap<Key, u64>>);

type Key = (Place, String, String);

/// Who was refused, in an answer's extensions, where a handler knows it and the headers do not tell.
#[derive(Debug, Clone)]
pub(super) struct Whose {
    pub(super) actor: Actor,
    pub(super) place: Place,
}

/// One refused request.
pub(super) struct Refused<'r> {
    pub(super) caller: Option<&'r Caller>,
    pub(super) whose: Option<&'r Whose>,
    pub(super) headers: &'r HeaderMap,
    /// Where the request was meant for, as far as it said.
    pub(super) place: Option<&'r Place>,
    /// `POST /v1/runs/run_01…/cancel`.
    pub(super) what: String,
    pub(super) origin: Origin,
    pub(super) error: &'r Error,
}

impl Refusals {
    fn counts(&self) -> MutexGuard<'_, HashMap<Key, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this is the first one for a while.
    fn is_first(&self, key: &Key) -> bool {
        let mut counts = self.counts();
        if let Some(further) = counts.get_mut(key) {
            *further += 1;
            return false;
        }
        if counts.len() >= MOST {
            return false;
        }
        counts.insert(key.clone(), 0);
        true
    }

    /// How often since the last entry; what was quiet is forgotten.
    fn further(&self, key: &Key) -> u64 {
        let mut counts = self.counts();
        match counts.remove(key) {
            None | Some(0) => 0,
            Some(further) => {
                counts.insert(key.clone(), 0);
                further
            }
        }
    }
}

/// Writes down that a request was refused, where it is known whose trail that belongs into.
pub(super) async fn note(api: &Api, refused: Refused<'_>) {
    let status = refused.error.status();
    if !matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        return;
    }
    let Some((actor, place)) = whose(api, &refused).await else {
        return;
    };
    let code = refused.error.code().to_owned();
    let key = (place.clone(), actor.id.clone(), code);
    if !api.inner.refusals.is_first(&key) {
        return;
    }
    let told = Told {
        actor,
        place,
        origin: refused.origin,
        what: refused.what,
        status: status.as_u16(),
        code: key.2.clone(),
        missing: refused.error.problem().missing.clone(),
    };
    told.write(api, 1).await;
    let follow = told.follow(Arc::clone(api.platform()), Arc::downgrade(&api.inner), key);
    api.platform().spawn(follow.boxed());
}

/// Who was refused, and in which tenant that is known. Another tenant's name never leads there.
async fn whose(api: &Api, refused: &Refused<'_>) -> Option<(Actor, Place)> {
    if let Some(Whose { actor, place }) = refused.whose {
        return Some((actor.clone(), place.clone()));
    }
    if let Some(caller) = refused.caller {
        let theirs = refused
            .place
            .filter(|place| caller.tenants().contains(&place.tenant));
        let place = match theirs {
            Some(place) => place.clone(),
            None => auth::people::home(api.store(), &caller.user).await.ok()?,
        };
        return Some((caller.actor.clone(), place));
    }
    let token = auth::presented(api.store(), refused.headers, &api.config().cookie).await?;
    let place = Place {
        tenant: token.tenant.clone(),
        project: token.project.clone().unwrap_or_else(|| ProjectId::new("-")),
    };
    Some((auth::actor_of(&token), place))
}

/// What an entry says.
struct Told {
    actor: Actor,
    place: Place,
    origin: Origin,
    what: String,
    status: u16,
    code: String,
    missing: Option<String>,
}

impl Told {
    async fn write(&self, api: &Api, times: u64) {
        let entry = audit::entry_of(
            api.host(),
            self.actor.clone(),
            &self.place,
            &self.origin,
            "request.refused",
            &self.what,
        )
        .after(json!({
            "status": self.status,
            "code": self.code,
            "missing": self.missing,
            "times": times,
        }));
        let set = ChangeSet::default().audited(entry);
        if let Err(error) = api.store().change(set).await {
            tracing::warn!(%error, "a refused request could not be recorded");
        }
    }

    /// Says how often it happened again, until it does not, or the runtime is gone.
    async fn follow(self, platform: Arc<dyn Platform>, inner: Weak<Inner>, key: Key) {
        loop {
            let until = platform.now().plus_ms(QUIET_MS);
            platform.sleep_until(until).await;
            let Some(inner) = inner.upgrade() else {
                return;
            };
            let api = Api { inner };
            match api.inner.refusals.further(&key) {
                0 => return,
                times => self.write(&api, times).await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        (Place::new("t", "p"), name.into(), "missing_role".into())
    }

    #[test]
    fn repeats_are_counted_until_it_is_quiet() {
        let refusals = Refusals::default();
        assert!(refusals.is_first(&key("a")));
        assert!(!refusals.is_first(&key("a")));
        assert!(!refusals.is_first(&key("a")));
        assert!(refusals.is_first(&key("b")));
        assert_eq!(refusals.further(&key("a")), 2);
        assert!(!refusals.is_first(&key("a")));
        assert_eq!(refusals.further(&key("a")), 1);
        assert_eq!(refusals.further(&key("a")), 0);
        assert!(refusals.is_first(&key("a")));
    }

    #[test]
    fn there_is_an_end_to_what_is_counted() {
        let refusals = Refusals::default();
        for at in 0..MOST {
            assert!(refusals.is_first(&key(&at.to_string())));
        }
        assert!(!refusals.is_first(&key("one more")));
    }
}
