//! Opening and ending sessions, and the links that open them.

use super::secret::{Kind, Random, Secret};
use super::{Proof, people, valid_token};
use crate::api::problem::{Error, Result};
use crate::store::record::{InvitationRecord, Session, SignInLink};
use crate::store::{Change, Place, Store, Stored};
use model::{Actor, ActorKind, ProjectId, Timestamp, UserId};
use std::sync::Arc;

/// How long a session lasts: thirty days.
const SESSION_S: u64 = 30 * 24 * 3600;
/// How long a sign-in link is good: fifteen minutes.
pub const LINK_S: u64 = 15 * 60;

/// What the audit trail calls the making of a sign-in link.
pub const LINK_MADE: &str = "sign_in_link.create";

/// How long an invitation is good: seven days.
pub const INVITATION_S: u64 = 7 * 24 * 3600;

/// A session about to be opened.
pub struct Opening {
    pub secret: Secret,
    pub session: Session,
    /// Who signs in, where they are new and cannot be read yet.
    pub joins: Option<Joins>,
    /// What has to be written with it; a link is used up in the same transaction.
    pub changes: Vec<Change>,
}

/// Somebody who accepts an invitation.
pub struct Joins {
    pub actor: Actor,
    pub place: Place,
    pub invitation: InvitationRecord,
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
        changes: Vec::new(),
        secret,
        session,
        joins: None,
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
        ],
        secret,
        session,
        joins: None,
    })
}

/// A session for somebody who was invited, as a new person with the role of the invitation. It is good once.
pub async fn with_invitation(
    store: &Arc<dyn Store>,
    random: Random<'_>,
    user: UserId,
    text: &str,
    now: Timestamp,
) -> Result<Opening> {
    let gone = || {
        Error::unauthorized(
            "unknown_invitation",
            "This invitation is not known here: it was used, taken back or has expired. Ask for a new one.",
        )
    };
    let code = Secret::parse(Kind::Invitation, text.trim()).ok_or_else(gone)?;
    let Stored {
        mut value,
        revision,
    } = store
        .get::<InvitationRecord>(&code.hash())
        .await?
        .filter(|stored| super::secret::same(&stored.value.hash, &code.hash()))
        .filter(|stored| stored.value.used_at.is_none() && stored.value.expires_at > now)
        .ok_or_else(gone)?;
    let person = people::new_person(store, user, &value.name, now).await?;
    let (secret, session) = new_session(random, person.id.clone(), now, now.plus_s(SESSION_S))?;
    value.used_at = Some(now);
    let place = Place {
        tenant: value.tenant.clone(),
        project: value.project.clone().unwrap_or_else(|| ProjectId::new("-")),
    };
    let changes = vec![
        // Two at once: the second one finds another revision and is refused.
        Change::update(&Stored {
            value: value.clone(),
            revision,
        })?,
        Change::create(&person)?,
        people::membership(
            person.id.clone(),
            value.tenant.clone(),
            value.project.clone(),
            value.role,
        )?,
    ];
    let actor = Actor {
        kind: ActorKind::Person,
        id: person.id.to_string(),
        name: person.name,
    };
    Ok(Opening {
        secret,
        session,
        joins: Some(Joins {
            actor,
            place,
            invitation: value,
        }),
        changes,
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
        agent: None,
        ip: None,
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

/// Who tried to sign in with `text`, and whose trail that belongs into, whether or not it counts. What nobody was given is
/// recorded where the owner of the runtime reads it, for it leads to no other tenant.
pub async fn attempted(store: &Arc<dyn Store>, text: &str) -> Option<(Actor, Place)> {
    if let Some(known) = known(store, text.trim()).await {
        return Some(known);
    }
    let owner = people::named(store, people::OWNER).await.ok()??;
    let place = people::home(store, &owner.id).await.ok()?;
    let actor = Actor {
        kind: ActorKind::Person,
        id: "unknown".into(),
        name: "Somebody unknown".into(),
    };
    Some((actor, place))
}

async fn known(store: &Arc<dyn Store>, text: &str) -> Option<(Actor, Place)> {
    if let Some(secret) = Secret::parse(Kind::Token, text) {
        let token = super::by_hash(store, &secret.hash()).await.ok()??;
        let place = Place {
            tenant: token.tenant.clone(),
            project: token.project.clone().unwrap_or_else(|| ProjectId::new("-")),
        };
        return Some((super::actor_of(&token), place));
    }
    if let Some(code) = Secret::parse(Kind::Invitation, text) {
        let found = store.get::<InvitationRecord>(&code.hash()).await.ok()??;
        let invitation = found.value;
        let actor = Actor {
            kind: ActorKind::Person,
            id: invitation.id,
            name: invitation.name,
        };
        let place = Place {
            tenant: invitation.tenant,
            project: invitation.project.unwrap_or_else(|| ProjectId::new("-")),
        };
        return Some((actor, place));
    }
    let code = Secret::parse(Kind::SignIn, text)?;
    let link = store.get::<SignInLink>(&code.hash()).await.ok()??.value;
    let user = super::user(store, &link.user).await.ok()?;
    let place = people::home(store, &user.id).await.ok()?;
    let actor = Actor {
        kind: ActorKind::Person,
        id: user.id.to_string(),
        name: user.name,
    };
    Some((actor, place))
}
