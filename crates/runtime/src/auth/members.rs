//! Who belongs to a tenant.

use crate::store::record::{Membership, Token, User};
use crate::store::{Store, StoreError};
use model::{Role, TenantId, UserId};
use std::collections::BTreeSet;
use std::sync::Arc;

type Result<T> = std::result::Result<T, StoreError>;

const ALL: usize = 10_000;

/// Every role anybody has in a tenant.
pub async fn of(store: &Arc<dyn Store>, tenant: &TenantId) -> Result<Vec<Membership>> {
    let found = store.by_side::<Membership>(tenant.as_str()).await?;
    Ok(found.into_iter().map(|stored| stored.value).collect())
}

/// Everybody with a role in a tenant, each once.
pub async fn users(store: &Arc<dyn Store>, tenant: &TenantId) -> Result<BTreeSet<UserId>> {
    let members = of(store, tenant).await?;
    Ok(members.into_iter().map(|member| member.user).collect())
}

/// A person's tokens in a tenant.
pub async fn tokens(
    store: &Arc<dyn Store>,
    user: &UserId,
    tenant: &TenantId,
) -> Result<Vec<Token>> {
    let found = store.list::<Token>(user.as_str(), None, ALL).await?;
    Ok(found
        .into_iter()
        .map(|stored| stored.value)
        .filter(|token| token.tenant == *tenant)
        .collect())
}

/// A person's name; the id of one who is gone.
pub async fn name(store: &Arc<dyn Store>, user: &UserId) -> Result<String> {
    let found = store.get::<User>(user.as_str()).await?;
    Ok(found.map_or_else(|| user.to_string(), |stored| stored.value.name))
}

/// Whether somebody besides `user` is an admin of the tenant and can sign in.
pub async fn another_admin(
    store: &Arc<dyn Store>,
    tenant: &TenantId,
    user: &UserId,
) -> Result<bool> {
    for member in of(store, tenant).await? {
        if member.role == Role::TenantAdmin
            && member.user != *user
            && is_person(store, &member.user).await?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether this is a person, and not what carries the role of one token.
pub async fn is_person(store: &Arc<dyn Store>, user: &UserId) -> Result<bool> {
    let found = store.get::<User>(user.as_str()).await?;
    Ok(found.is_some_and(|stored| !stored.value.email.ends_with(super::people::TOKEN_MAIL)))
}
