//! `signalbox token …`: tokens made, listed and taken back.

use super::access::{self, with};
use super::words::{Words, one_of};
use super::{CliError, words};
use crate::auth::members;
use crate::host::native::now;
use crate::store::record::Token;
use crate::store::{Change, ChangeSet};
use lexopt::Arg::Value;
use model::TenantId;
use std::process::ExitCode;

pub fn run(args: &mut lexopt::Parser) -> Result<ExitCode, CliError> {
    match one_of(args, "token", &["create", "list", "revoke"])? {
        "create" => access::token(Words::read_on(args)?),
        "list" => list(Words::read_on(args)?),
        _ => {
            let Some(Value(id)) = args.next()? else {
                return Err(CliError::Usage(
                    "The id of the token is missing: `signalbox token list` shows it.".into(),
                ));
            };
            revoke(
                id.to_string_lossy().into_owned(),
                words::Words::read_on(args)?,
            )
        }
    }
}

/// One token a line: its id, how it stands, its last characters, its owner, its name.
fn list(words: Words) -> Result<ExitCode, CliError> {
    with(words, async |desk| {
        let tenant = desk.words.tenant()?;
        desk.known_tenant(&tenant).await?;
        for owner in members::users(&desk.store, &tenant).await? {
            let name = members::name(&desk.store, &owner).await?;
            for token in members::tokens(&desk.store, &owner, &tenant).await? {
                println!(
                    "{}\t{}\t…{}\t{name}\t{}",
                    token.id,
                    standing(&token),
                    token.hint,
                    token.name
                );
            }
        }
        Ok(())
    })
}

fn standing(token: &Token) -> String {
    match (token.revoked_at, token.expires_at) {
        (Some(at), _) => format!("revoked {at}"),
        (None, Some(at)) if at <= now() => format!("expired {at}"),
        (None, Some(at)) => format!("good until {at}"),
        (None, None) => "good".to_owned(),
    }
}

fn revoke(id: String, words: Words) -> Result<ExitCode, CliError> {
    with(words, async |desk| {
        let mut stored = desk.store.get::<Token>(&id).await?.ok_or_else(|| {
            CliError::Wrong(format!(
                "There is no token {id} here. `signalbox token list` shows those there are."
            ))
        })?;
        if let Some(at) = stored.value.revoked_at {
            return Err(CliError::Wrong(format!(
                "The token {id} was revoked at {at} already."
            )));
        }
        let tenant: TenantId = stored.value.tenant.clone();
        stored.value.revoked_at = Some(now());
        let entry = desk
            .entry(&tenant, "token.revoke", &id)?
            .before(serde_json::json!({ "revoked_at": null }))
            .after(serde_json::json!({ "revoked_at": stored.value.revoked_at }));
        desk.store
            .change(ChangeSet::new(Change::update(&stored)?).audited(entry))
            .await?;
        Ok(())
    })
}
