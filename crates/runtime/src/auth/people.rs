//! People, tenants, projects and tokens, as the command line and the first start make them.

use super::secret::{Kind, Random, Secret};
use crate::api::problem::{Error, Result};
use crate::store::record::{Membership, Project, Tenant, Token, User};
use crate::store::{Change, Place, Store};
use model::{ProjectId, Role, Scope, TenantId, Timestamp, TokenId, UserId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The name of the one who starts a runtime.
pub const OWNER: &str = "Owner";

/// Where what a person does outside of any project is recorded: their first project.
pub async fn home(store: &Arc<dyn Store>, user: &UserId) -> Result<Place> {
    for membership in super::memberships(store, user).await? {
        if let Some(project) = membership.project {
            return Ok(Place {
                tenant: membership.tenant,
                project,
            });
        }
        let projects = store
            .list::<Project>(membership.tenant.as_str(), None, 1)
            .await?;
        if let Some(project) = projects.into_iter().next() {
            return Ok(Place {
                tenant: project.value.tenant,
                project: project.value.id,
            });
        }
    }
    Err(Error::forbidden(
        "no_project",
        "role",
        "This person belongs to no project, so there is nothing to sign in to.",
    ))
}

pub fn tenant(id: TenantId, name: &str, now: Timestamp) -> Result<Change> {
    Ok(Change::create(&Tenant {
        id,
        name: name.to_owned(),
        created_at: now,
    })?)
}

pub fn project(place: &Place, name: &str, now: Timestamp) -> Result<Change> {
    Ok(Change::create(&Project {
        tenant: place.tenant.clone(),
        id: place.project.clone(),
        name: name.to_owned(),
        created_at: now,
    })?)
}

/// A person known by a name: the one who has it, or a new one under `id`.
pub async fn by_name(
    store: &Arc<dyn Store>,
    id: UserId,
    name: &str,
    now: Timestamp,
) -> Result<(UserId, Option<Change>)> {
    if let Some(found) = named(store, name).await? {
        return Ok((found.id, None));
    }
    let user = User {
        id: id.clone(),
        name: name.to_owned(),
        email: address(name),
        created_at: now,
    };
    Ok((id, Some(Change::create(&user)?)))
}

/// The person whom the command line and the first start know by that name.
pub async fn named(store: &Arc<dyn Store>, name: &str) -> Result<Option<User>> {
    let found = store.by_side::<User>(&address(name)).await?;
    Ok(found.into_iter().next().map(|stored| stored.value))
}

/// What the addresses of those end with who are no people.
pub(super) const TOKEN_MAIL: &str = "@token.local";

/// The person of its own that a token's role belongs to, so that one token's role is nobody else's.
pub fn bearer(id: UserId, name: &str, token: &TokenId, now: Timestamp) -> Result<Change> {
    Ok(Change::create(&User {
        id,
        name: name.to_owned(),
        email: format!("{token}{TOKEN_MAIL}"),
        created_at: now,
    })?)
}

/// People made on the command line have no mail; this stands for it and keeps names unique.
fn address(name: &str) -> String {
    let slug: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '-' })
        .collect();
    format!("{slug}@local")
}

/// A role in one project, or in every project of a tenant.
pub fn membership(
    user: UserId,
    tenant: TenantId,
    project: Option<ProjectId>,
    role: Role,
) -> Result<Change> {
    Ok(Change::put(&Membership {
        user,
        tenant,
        project,
        role,
    })?)
}

/// What a new token is to be.
pub struct NewToken {
    pub id: TokenId,
    pub user: UserId,
    pub tenant: TenantId,
    pub project: Option<ProjectId>,
    pub name: String,
    pub scopes: BTreeSet<Scope>,
    /// At most this role, whatever the user's.
    pub role: Option<Role>,
    /// An AI will use it.
    pub ai: bool,
    pub expires_at: Option<Timestamp>,
}

/// Makes a token; the secret is shown once and never again.
pub fn token(random: Random<'_>, new: NewToken, now: Timestamp) -> Result<(Secret, Change)> {
    let (secret, token) = new_token(random, new, now)?;
    let change = Change::create(&token)?;
    Ok((secret, change))
}

/// As [`token`], the record itself.
pub fn new_token(random: Random<'_>, new: NewToken, now: Timestamp) -> Result<(Secret, Token)> {
    let secret = Secret::generate(Kind::Token, random)?;
    let text = secret.reveal();
    let token = Token {
        id: new.id,
        user: new.user,
        tenant: new.tenant,
        project: new.project,
        name: new.name,
        hash: secret.hash(),
        hint: text[text.len() - 4..].to_owned(),
        scopes: new.scopes,
        role: new.role,
        ai: new.ai,
        created_at: now,
        expires_at: new.expires_at,
        revoked_at: None,
    };
    Ok((secret, token))
}

/// Whether a person has any role in a place.
pub async fn is_member(store: &Arc<dyn Store>, user: &UserId, place: &Place) -> Result<bool> {
    Ok(super::memberships(store, user).await?.iter().any(|member| {
        member.tenant == place.tenant
            && member
                .project
                .as_ref()
                .is_none_or(|project| *project == place.project)
    }))
}

/// A new person, whatever their name: who is invited never becomes somebody who is there already.
pub async fn new_person(
    store: &Arc<dyn Store>,
    id: UserId,
    name: &str,
    now: Timestamp,
) -> Result<User> {
    let email = address(name);
    let is_taken = !store.by_side::<User>(&email).await?.is_empty();
    Ok(User {
        email: if is_taken {
            format!("{id}@local").to_lowercase()
        } else {
            email
        },
        id,
        name: name.to_owned(),
        created_at: now,
    })
}
