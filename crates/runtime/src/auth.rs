//! Who is asking, and where they may: tokens, sessions, sign-in links, memberships.

mod caller;
pub mod members;
pub mod people;
pub mod secret;
pub mod sign_in;

pub use caller::{Caller, Proof};

use crate::api::problem::{Error, Result};
use crate::store::record::{Membership, Project, Session, Token, User};
use crate::store::{Place, Store, StoreError, Stored};
use axum::http::{HeaderMap, StatusCode, header};
use model::{Actor, ActorKind, Role, Scope, Timestamp, UserId};
use secret::{Kind, Secret};
use std::sync::Arc;

/// What the name of every session cookie begins with. The rest tells the data folder: browsers do not keep the cookies of two
/// ports apart, and two runtimes on one machine must not sign each other out.
pub const COOKIE: &str = "signalbox_session";
/// More memberships than anyone has.
const ALL: usize = 10_000;

/// Every project this caller has a role in, with the role.
pub async fn projects(store: &Arc<dyn Store>, caller: &Caller) -> Result<Vec<(Project, Role)>> {
    let mut found = Vec::new();
    for tenant in caller.tenants() {
        for Stored { value, .. } in store.list::<Project>(tenant.as_str(), None, ALL).await? {
            let place = Place {
                tenant: value.tenant.clone(),
                project: value.id.clone(),
            };
            if let Some(role) = caller.role(&place) {
                found.push((value, role));
            }
        }
    }
    Ok(found)
}

/// Finds out who sent these headers. A token in `Authorization` counts before a cookie.
pub async fn authenticate(
    store: &Arc<dyn Store>,
    headers: &HeaderMap,
    cookie_name: &str,
    now: Timestamp,
) -> Result<Caller> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let text = value.to_str().unwrap_or_default();
        let Some(secret) = bearer(text).and_then(|text| Secret::parse(Kind::Token, text)) else {
            return Err(Error::unauthorized(
                "malformed_credentials",
                "The Authorization header is not of the form `Bearer pat_…`: a token is pat_ and 32 letters or digits.",
            )
            .missing("Authorization"));
        };
        let token = valid_token(store, &secret, now).await?;
        return of_token(store, token).await;
    }
    let Some(cookie) = cookie(headers, cookie_name) else {
        return Err(Error::unauthorized(
            "no_credentials",
            "Nobody is signed in: there is no Authorization header and no session cookie. Sign in, or send `Authorization: \
             Bearer pat_…`.",
        )
        .missing("Authorization"));
    };
    let unknown = || {
        Error::unauthorized(
            "unknown_session",
            "This session is not known here. Sign in again.",
        )
    };
    let secret = Secret::parse(Kind::Session, cookie).ok_or_else(unknown)?;
    let hash = secret.hash();
    let session = store
        .get::<Session>(&hash)
        .await?
        .map(|stored| stored.value)
        .filter(|session| secret::same(&session.hash, &hash))
        .ok_or_else(unknown)?;
    of_session(store, session, now).await
}

/// Whether what proved a caller still does; asked again and again while a stream is open.
pub async fn still_valid(store: &Arc<dyn Store>, proof: &Proof, now: Timestamp) -> bool {
    let refused = match proof {
        Proof::Token(id) => match store.get::<Token>(id.as_str()).await {
            Ok(Some(token)) => check_token(&token.value, now).err(),
            Ok(None) => return false,
            Err(error) => Some(error.into()),
        },
        Proof::Session(hash) => match store.get::<Session>(hash).await {
            Ok(Some(session)) => of_session(store, session.value, now).await.err(),
            Ok(None) => return false,
            Err(error) => Some(error.into()),
        },
    };
    // A store that cannot answer at this moment says nothing about the caller.
    refused.is_none_or(|error| error.status() != StatusCode::UNAUTHORIZED)
}

/// The token a secret belongs to, or a 401 that says why it does not count.
pub async fn valid_token(store: &Arc<dyn Store>, secret: &Secret, now: Timestamp) -> Result<Token> {
    let token = by_hash(store, &secret.hash()).await?.ok_or_else(|| {
        Error::unauthorized(
            "unknown_token",
            "This token is not known here. Check that it was copied whole and belongs to this runtime.",
        )
    })?;
    check_token(&token, now)?;
    Ok(token)
}

fn check_token(token: &Token, now: Timestamp) -> Result<()> {
    if let Some(at) = token.revoked_at {
        return Err(Error::unauthorized(
            "token_revoked",
            format!(
                "The token {:?} was revoked at {at}. Create a new one.",
                token.name
            ),
        ));
    }
    match token.expires_at {
        Some(at) if at <= now => Err(Error::unauthorized(
            "token_expired",
            format!(
                "The token {:?} expired at {at}. Create a new one.",
                token.name
            ),
        )),
        _ => Ok(()),
    }
}

/// The token that stands in `Authorization`, or behind the session in the cookie, whether or not it still counts: for saying
/// whose request was refused.
pub async fn presented(
    store: &Arc<dyn Store>,
    headers: &HeaderMap,
    cookie_name: &str,
) -> Option<Token> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let secret = Secret::parse(Kind::Token, bearer(value.to_str().ok()?)?)?;
        return by_hash(store, &secret.hash()).await.ok()?;
    }
    let hash = Secret::parse(Kind::Session, cookie(headers, cookie_name)?)?.hash();
    let session = store.get::<Session>(&hash).await.ok()??.value;
    let token = store.get::<Token>(session.token?.as_str()).await.ok()??;
    Some(token.value)
}

async fn by_hash(
    store: &Arc<dyn Store>,
    hash: &str,
) -> std::result::Result<Option<Token>, StoreError> {
    Ok(store
        .by_side::<Token>(hash)
        .await?
        .into_iter()
        .map(|stored| stored.value)
        .find(|token| secret::same(&token.hash, hash)))
}

/// A token as the one who acts.
pub fn actor_of(token: &Token) -> Actor {
    Actor {
        kind: if token.ai {
            ActorKind::Ai
        } else {
            ActorKind::Token
        },
        id: token.id.to_string(),
        name: token.name.clone(),
    }
}

async fn of_token(store: &Arc<dyn Store>, token: Token) -> Result<Caller> {
    Ok(Caller {
        actor: actor_of(&token),
        user: token.user.clone(),
        proof: Proof::Token(token.id.clone()),
        scopes: token.scopes.clone(),
        memberships: memberships(store, &token.user).await?,
        confined: Some(token),
    })
}

/// Who opened a session, if it still counts.
pub async fn of_session(
    store: &Arc<dyn Store>,
    session: Session,
    now: Timestamp,
) -> Result<Caller> {
    if let Some(at) = session.ended_at {
        return Err(Error::unauthorized(
            "session_ended",
            format!("This session was ended at {at}. Sign in again."),
        ));
    }
    if session.expires_at <= now {
        return Err(Error::unauthorized(
            "session_expired",
            format!(
                "This session expired at {}. Sign in again.",
                session.expires_at
            ),
        ));
    }
    let token = match &session.token {
        Some(id) => {
            let token = store
                .get::<Token>(id.as_str())
                .await?
                .ok_or_else(|| {
                    Error::unauthorized(
                        "unknown_token",
                        "The token this session was opened with is gone. Sign in again.",
                    )
                })?
                .value;
            check_token(&token, now)?;
            Some(token)
        }
        None => None,
    };
    let user = user(store, &session.user).await?;
    Ok(Caller {
        actor: Actor {
            kind: if token.as_ref().is_some_and(|token| token.ai) {
                ActorKind::Ai
            } else {
                ActorKind::Person
            },
            id: user.id.to_string(),
            name: user.name,
        },
        scopes: token.as_ref().map_or_else(
            || Scope::ALL.iter().copied().collect(),
            |token| token.scopes.clone(),
        ),
        memberships: memberships(store, &user.id).await?,
        user: user.id,
        proof: Proof::Session(session.hash),
        confined: token,
    })
}

async fn user(store: &Arc<dyn Store>, id: &UserId) -> Result<User> {
    store
        .get::<User>(id.as_str())
        .await?
        .map(|stored| stored.value)
        .ok_or_else(|| {
            Error::unauthorized(
                "unknown_user",
                "The person this session belongs to is no longer known here.",
            )
        })
}

async fn memberships(
    store: &Arc<dyn Store>,
    user: &UserId,
) -> std::result::Result<Vec<Membership>, StoreError> {
    Ok(store
        .list::<Membership>(user.as_str(), None, ALL)
        .await?
        .into_iter()
        .map(|stored| stored.value)
        .collect())
}

fn bearer(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| rest.trim())
}

fn cookie<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            "a=b; signalbox_session_1=ses_x; signalbox_session_2=ses_y; c=d"
                .parse()
                .unwrap(),
        );
        assert_eq!(cookie(&headers, "signalbox_session_2"), Some("ses_y"));
        assert_eq!(cookie(&headers, "signalbox_session"), None);
        headers.insert(header::COOKIE, "xsignalbox_session_1=s".parse().unwrap());
        assert_eq!(cookie(&headers, "signalbox_session_1"), None);
    }

    #[test]
    fn only_a_bearer_token_is_read() {
        assert_eq!(bearer("Bearer pat_x"), Some("pat_x"));
        assert_eq!(bearer("bearer  pat_x"), Some("pat_x"));
        assert_eq!(bearer("Basic pat_x"), None);
        assert_eq!(bearer("pat_x"), None);
    }
}
