//! Tokens that run out soon, told to their owners once.

use super::cause::{self, Ending};
use super::outbox::all;
use crate::auth::people;
use crate::host::Host;
use crate::store::record::{CredentialMark, Recipients, Token, User};
use crate::store::{Change, ChangeSet, Place, StoreError};
use model::NotificationId;

/// How long before its end a credential is spoken of.
const AHEAD_MS: u64 = 7 * 24 * 3_600_000;
/// More tokens than anyone has.
const TOKENS: usize = 1_000;

/// Writes a cause for each token that ends within a week and was not spoken of.
pub(super) async fn look(host: &Host) -> Result<(), StoreError> {
    let (store, now) = (host.store(), host.now());
    for user in all::<User>(store).await? {
        for token in store.list::<Token>(user.id.as_str(), None, TOKENS).await? {
            let token = token.value;
            let Some(expires_at) = token
                .expires_at
                .filter(|at| *at > now && at.since(now) <= AHEAD_MS && token.revoked_at.is_none())
            else {
                continue;
            };
            let key = CredentialMark::key_of(token.id.as_str(), expires_at);
            if store.get::<CredentialMark>(&key).await?.is_some() {
                continue;
            }
            let project = match &token.project {
                Some(project) => Some(project.clone()),
                None => people::home(store, &user.id)
                    .await
                    .ok()
                    .filter(|home| home.tenant == token.tenant)
                    .map(|home| home.project),
            };
            let Some(project) = project else {
                continue;
            };
            let place = Place {
                tenant: token.tenant.clone(),
                project,
            };
            let told = cause::credential(
                NotificationId::new(host.new_id(NotificationId::PREFIX)),
                place,
                Recipients::Person(user.id.clone()),
                now,
                &Ending {
                    credential: token.id.as_str(),
                    name: &format!("The token “{}”", token.name),
                    expires_at,
                    remedy: "Replace it before that.",
                },
            )?;
            let mark = Change::put(&CredentialMark {
                credential: token.id.to_string(),
                expires_at,
            })?;
            store.change(ChangeSet::new(told).and(mark)).await?;
        }
    }
    Ok(())
}
