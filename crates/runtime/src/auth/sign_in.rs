//! Opening and ending sessions, and the links that open them.

use super::secret::{Kind, Random, Secret};
use super::{Proof, valid_token};
use crate::api::problem::{Error, Result};
use crate::store::record::{Session, SignInLink};
use crate::store::{Change, Store, Stored};
use model::{Timestamp, UserId};
use std::sync::Arc;

/// How long a session lasts: thirty days.
const SESSION_S: u64 = 30 * 24 * 3600;
/// How long a sign-in link is good: fifteen minutes.
pub const LINK_S: u64 = 15 * 60;

/// A session about to be opened.
pub struct Opening {
    pub secret: Secret,
    pub session: Session,
    /// What has to be written for it; a link is used up in the same transaction.
    pub changes: Vec<Change>,
}

/// A session for whoever a token belongs to. It ends with the token.
pub async fn with_token(
    store: &Arc<dyn Store>,
    random: Random<'_>,
    text: &str,
    now: Timestamp,
) -> Result<Opening> {
    let secret = Secret::parse(Kind::Token, text.trim()).ok_or_else(|| {
        Error::unauthorized(
            "malformed_credentials",
            "This is not a token: a token is pat_ and 32 letters or digits. Check that it was copied whole.",
        )
        .missing("token")
    })?;
    let token = valid_token(store, &secret, now).await?;
    let end = now.plus_s(SESSION_S);
    let end = token.expires_at.map_or(end, |expires| expires.min(end));
    let (secret, mut session) = new_session(random, token.user, now, end)?;
    session.token = Some(token.id);
    Ok(Opening {
        changes: vec![Change::create(&session)?],
        secret,
        session,
    })
}

/// A session for whom a sign-in link was made. The link is good once.
pub async fn with_code(
    store: &Arc<dyn Store>,
    random: Random<'_>,
    text: &str,
    now: Timestamp,
) -> Result<Opening> {
    let unknown = || {
        Error::unauthorized(
            "unknown_link",
            "This sign-in link is not known here. Make a new one with `signalbox sign-in-link`.",
        )
    };
    let code = Secret::parse(Kind::SignIn, text.trim()).ok_or_else(unknown)?;
    let Stored {
        mut value,
        revision,
    } = store
        .get::<SignInLink>(&code.hash())
        .await?
        .filter(|stored| super::secret::same(&stored.value.hash, &code.hash()))
        .ok_or_else(unknown)?;
    if let Some(at) = value.used_at {
        return Err(Error::unauthorized(
            "link_used",
            format!(
                "This sign-in link was used at {at}; each is good once. Make a new one with `signalbox sign-in-link`."
            ),
        ));
    }
    if value.expires_at <= now {
        return Err(Error::unauthorized(
            "link_expired",
            format!(
                "This sign-in link expired at {}. Make a new one with `signalbox sign-in-link`.",
                value.expires_at
            ),
        ));
    }
    let (secret, session) = new_session(random, value.user.clone(), now, now.plus_s(SESSION_S))?;
    value.used_at = Some(now);
    Ok(Opening {
        changes: vec![
            // Two at once: the second one finds another revision and is refused.
            Change::update(&Stored { value, revision })?,
            Change::create(&session)?,
        ],
        secret,
        session,
    })
}

/// Two browsers opened the same link at once; the other one was first.
pub fn used_a_moment_ago() -> Error {
    Error::unauthorized(
        "link_used",
        "This sign-in link was used a moment ago; each is good once. Make a new one with `signalbox sign-in-link`.",
    )
}

fn new_session(
    random: Random<'_>,
    user: UserId,
    now: Timestamp,
    end: Timestamp,
) -> Result<(Secret, Session)> {
    let secret = Secret::generate(Kind::Session, random)?;
    let session = Session {
        hash: secret.hash(),
        user,
        token: None,
        created_at: now,
        expires_at: end,
        ended_at: None,
    };
    Ok((secret, session))
}

/// What ends a session; `None` when the caller came with a token.
pub async fn end(store: &Arc<dyn Store>, proof: &Proof, now: Timestamp) -> Result<Option<Change>> {
    let Proof::Session(hash) = proof else {
        return Ok(None);
    };
    let Some(mut session) = store.get::<Session>(hash).await? else {
        return Ok(None);
    };
    session.value.ended_at = Some(now);
    Ok(Some(Change::put(&session.value)?))
}

/// A link that signs `user` in once.
pub fn link(random: Random<'_>, user: UserId, now: Timestamp) -> Result<(Secret, SignInLink)> {
    let secret = Secret::generate(Kind::SignIn, random)?;
    let link = SignInLink {
        hash: secret.hash(),
        user,
        created_at: now,
        expires_at: now.plus_s(LINK_S),
        used_at: None,
    };
    Ok((secret, link))
}
