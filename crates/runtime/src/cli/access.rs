//! Commands that say who may do what: tokens, people, tenants, projects, sign-in links.

use super::words::Words;
use super::{CliError, data};
use crate::auth::{people, sign_in};
use crate::host::native::now;
use crate::serve::services::random;
use crate::store::record::{Project, Tenant};
use crate::store::{AuditEntry, Change, ChangeSet, Place, Store};
use model::{Actor, AuditId, ProjectId, Role, TenantId, TokenId, UserId};
use std::process::ExitCode;
use std::sync::Arc;
use ulid::Ulid;

type Result<T> = std::result::Result<T, CliError>;

/// What the data folder's commands share.
pub(super) struct Desk {
    pub(super) store: Arc<dyn Store>,
    pub(super) words: Words,
}

/// Runs `work` with the data folder that was named.
pub(super) fn with<F>(words: Words, work: impl FnOnce(Desk) -> F) -> Result<ExitCode>
where
    F: Future<Output = Result<()>>,
{
    let desk = Desk {
        store: data::beside(&words.data())?,
        words,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::Wrong(format!("No runtime could be started: {error}.")))?;
    runtime.block_on(work(desk))?;
    Ok(ExitCode::SUCCESS)
}

pub fn token(words: Words) -> Result<ExitCode> {
    with(words, async |desk| {
        let name = desk.words.needed_name()?;
        let role = desk.words.needed_role()?;
        let scopes = desk.words.scopes()?;
        let (tenant, project) = desk.place().await?;
        let expires_at = desk
            .words
            .expires_in_days
            .map(|days| now().plus_s(days.saturating_mul(24 * 3600)));
        // A person of its own carries the token's role, so that one token's role is nobody else's.
        let token_id = TokenId::new(id(TokenId::PREFIX));
        let user = UserId::new(id(UserId::PREFIX));
        let bearer = people::bearer(user.clone(), name, &token_id, now())?;
        let token = people::NewToken {
            id: token_id.clone(),
            user: user.clone(),
            tenant: tenant.clone(),
            project: project.clone(),
            name: name.to_owned(),
            scopes,
            role: None,
            ai: false,
            expires_at,
        };
        let (secret, token) = people::token(&random, token, now())?;
        let changes = vec![
            bearer,
            people::membership(user, tenant.clone(), reach(role, project), role)?,
            token,
        ];
        desk.write(changes, &tenant, "token.create", token_id.as_str())
            .await?;
        println!("{}", secret.reveal());
        Ok(())
    })
}

pub fn user(words: Words) -> Result<ExitCode> {
    with(words, async |desk| {
        let name = desk.words.needed_name()?.to_owned();
        let role = desk.words.needed_role()?;
        let user = desk.person(&name, Some(role)).await?;
        println!("{user}");
        Ok(())
    })
}

pub fn sign_in_link(words: Words) -> Result<ExitCode> {
    with(words, async |desk| {
        let name = desk
            .words
            .name
            .clone()
            .unwrap_or_else(|| people::OWNER.to_owned());
        let user = desk.person(&name, desk.words.role()?).await?;
        let Place { tenant, project } = people::home(&desk.store, &user).await?;
        let mut entry = desk.entry(&tenant, sign_in::LINK_MADE, user.as_str())?;
        entry.place.project = project;
        let (secret, link) = sign_in::link(&random, user, now())?;
        desk.store
            .change(ChangeSet::new(Change::create(&link)?).audited(entry))
            .await?;
        let port = desk
            .words
            .port
            .or_else(|| super::serve::port_of(&desk.words.data()));
        match port {
            Some(port) => println!("{}", super::serve::link(port, secret.reveal())),
            None => {
                return Err(CliError::Wrong(
                    "No runtime is running on this data folder, so there is nothing to sign in to. Start `signalbox serve`, or \
                     name its --port."
                        .into(),
                ));
            }
        }
        Ok(())
    })
}

pub fn tenant(words: Words) -> Result<ExitCode> {
    with(words, async |desk| {
        let tenant = TenantId::new(desk.words.needed_id()?);
        let name = desk
            .words
            .name
            .clone()
            .unwrap_or_else(|| tenant.to_string());
        let change = people::tenant(tenant.clone(), &name, now())?;
        desk.write(vec![change], &tenant, "tenant.create", tenant.as_str())
            .await
    })
}

pub fn project(words: Words) -> Result<ExitCode> {
    with(words, async |desk| {
        let project = ProjectId::new(desk.words.needed_id()?);
        let tenant = desk.words.tenant()?;
        desk.known_tenant(&tenant).await?;
        let name = desk
            .words
            .name
            .clone()
            .unwrap_or_else(|| project.to_string());
        let place = Place {
            tenant: tenant.clone(),
            project: project.clone(),
        };
        let change = people::project(&place, &name, now())?;
        desk.write(vec![change], &tenant, "project.create", project.as_str())
            .await
    })
}

impl Desk {
    /// The person of that name; with a role, made or given it.
    async fn person(&self, name: &str, role: Option<Role>) -> Result<UserId> {
        let (user, new) =
            people::by_name(&self.store, UserId::new(id(UserId::PREFIX)), name, now()).await?;
        match role {
            Some(role) => {
                let (tenant, project) = self.place().await?;
                let mut changes: Vec<Change> = new.into_iter().collect();
                changes.push(people::membership(
                    user.clone(),
                    tenant.clone(),
                    reach(role, project),
                    role,
                )?);
                self.write(changes, &tenant, "user.create", user.as_str())
                    .await?;
            }
            None if new.is_some() => {
                return Err(CliError::Wrong(format!(
                    "Nobody is named {name:?} here. Give --role, --tenant and --project to make this person."
                )));
            }
            None => {}
        }
        Ok(user)
    }

    /// The tenant and project that were named; both must be there.
    async fn place(&self) -> Result<(TenantId, Option<ProjectId>)> {
        let tenant = self.words.tenant()?;
        self.known_tenant(&tenant).await?;
        let project = self.words.project()?;
        if let Some(project) = &project {
            let place = Place {
                tenant: tenant.clone(),
                project: project.clone(),
            };
            if self.store.get::<Project>(&place.group()).await?.is_none() {
                return Err(CliError::Wrong(format!(
                    "The tenant {tenant} has no project {project}. Make it with `signalbox project create --tenant {tenant} --id \
                     {project}`."
                )));
            }
        }
        Ok((tenant, project))
    }

    pub(super) async fn known_tenant(&self, tenant: &TenantId) -> Result<()> {
        match self.store.get::<Tenant>(tenant.as_str()).await? {
            Some(_) => Ok(()),
            None => Err(CliError::Wrong(format!(
                "There is no tenant {tenant} here. Make it with `signalbox tenant create --id {tenant}`, or start `signalbox serve` \
                 once for the first one."
            ))),
        }
    }

    async fn write(
        &self,
        changes: Vec<Change>,
        tenant: &TenantId,
        action: &str,
        object: &str,
    ) -> Result<()> {
        let audit = self.entry(tenant, action, object)?;
        self.store
            .change(ChangeSet {
                changes,
                audit: Some(audit),
            })
            .await?;
        Ok(())
    }

    /// The audit entry of what the command line does.
    pub(super) fn entry(
        &self,
        tenant: &TenantId,
        action: &str,
        object: &str,
    ) -> Result<AuditEntry> {
        let place = Place {
            tenant: tenant.clone(),
            project: self.words.project()?.unwrap_or_else(|| ProjectId::new("-")),
        };
        let actor = Actor {
            id: "command-line".into(),
            name: "The command line".into(),
            ..Actor::system()
        };
        let entry = AuditId::new(id(AuditId::PREFIX));
        Ok(AuditEntry::new(entry, now(), place, actor, action, object))
    }
}

/// A tenant's admin is one in every project.
fn reach(role: Role, project: Option<ProjectId>) -> Option<ProjectId> {
    match role {
        Role::TenantAdmin => None,
        Role::ProjectViewer | Role::ProjectContributor | Role::ProjectAdmin => project,
    }
}

fn id(prefix: &str) -> String {
    format!(
        "{prefix}{}",
        Ulid::from_parts(now().millis().unsigned_abs(), chance())
    )
}

/// Ids made here must differ from those the runtime makes at the same moment; nothing more hangs on it.
fn chance() -> u128 {
    let mut bytes = [0; 16];
    match random(&mut bytes) {
        Ok(()) => u128::from_le_bytes(bytes),
        Err(_) => u128::from(std::process::id()),
    }
}
