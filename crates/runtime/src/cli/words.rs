//! The options that the small commands share.

use super::CliError;
use lexopt::Arg::{Long, Value};
use lexopt::ValueExt;
use model::id::is_slug;
use model::{ProjectId, Role, Scope, TenantId};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What was said on the command line.
#[derive(Debug, Default)]
pub struct Words {
    data: Option<PathBuf>,
    pub id: Option<String>,
    pub name: Option<String>,
    role: Option<String>,
    scopes: Vec<String>,
    tenant: Option<String>,
    project: Option<String>,
    pub expires_in_days: Option<u64>,
    pub port: Option<u16>,
}

/// Takes the second word of a command that has several: one of `known`.
pub fn one_of<'k>(
    args: &mut lexopt::Parser,
    command: &str,
    known: &[&'k str],
) -> Result<&'k str, CliError> {
    let found = match args.next()? {
        Some(Value(found)) => known.iter().find(|word| found == **word).copied(),
        _ => None,
    };
    found.ok_or_else(|| {
        CliError::Usage(format!(
            "{command:?} is followed by {}.",
            known
                .iter()
                .map(|word| format!("{word:?}"))
                .collect::<Vec<_>>()
                .join(" or ")
        ))
    })
}

/// Takes the second word of a command such as `token create`.
pub fn sub(args: &mut lexopt::Parser, command: &str, word: &str) -> Result<Words, CliError> {
    match args.next()? {
        Some(Value(found)) if found.to_string_lossy() == word => Words::read_on(args),
        _ => Err(CliError::Usage(format!(
            "{command:?} is followed by {word:?}."
        ))),
    }
}

impl Words {
    pub fn read(mut args: lexopt::Parser) -> Result<Self, CliError> {
        Self::read_on(&mut args)
    }

    pub fn read_on(args: &mut lexopt::Parser) -> Result<Self, CliError> {
        let mut words = Self::default();
        while let Some(arg) = args.next()? {
            match arg {
                Long("data") => words.data = Some(args.value()?.into()),
                Long("id") => words.id = Some(args.value()?.string()?),
                Long("name") => words.name = Some(args.value()?.string()?),
                Long("role") => words.role = Some(args.value()?.string()?),
                Long("scope") => words.scopes.push(args.value()?.string()?),
                Long("tenant") => words.tenant = Some(args.value()?.string()?),
                Long("project") => words.project = Some(args.value()?.string()?),
                Long("expires-in") => words.expires_in_days = Some(args.value()?.parse()?),
                Long("port") => words.port = Some(args.value()?.parse()?),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(words)
    }

    pub fn data(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(default_data)
    }

    pub fn needed_name(&self) -> Result<&str, CliError> {
        self.name
            .as_deref()
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .ok_or_else(|| CliError::Usage("--name is missing.".into()))
    }

    pub fn needed_id(&self) -> Result<&str, CliError> {
        let id = self
            .id
            .as_deref()
            .ok_or_else(|| CliError::Usage("--id is missing.".into()))?;
        slug("--id", id)
    }

    pub fn role(&self) -> Result<Option<Role>, CliError> {
        self.role
            .as_deref()
            .map(|text| {
                Role::parse(text).ok_or_else(|| {
                    let known: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
                    CliError::Usage(format!(
                        "{text:?} is not a role; roles are {}.",
                        known.join(", ")
                    ))
                })
            })
            .transpose()
    }

    pub fn needed_role(&self) -> Result<Role, CliError> {
        self.role()?
            .ok_or_else(|| CliError::Usage("--role is missing.".into()))
    }

    /// Every scope when none was named.
    pub fn scopes(&self) -> Result<BTreeSet<Scope>, CliError> {
        if self.scopes.is_empty() {
            return Ok(Scope::ALL.iter().copied().collect());
        }
        self.scopes
            .iter()
            .flat_map(|text| text.split(','))
            .map(|text| {
                Scope::parse(text).ok_or_else(|| {
                    let known: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
                    CliError::Usage(format!(
                        "{text:?} is not a scope; scopes are {}.",
                        known.join(", ")
                    ))
                })
            })
            .collect()
    }

    pub fn tenant(&self) -> Result<TenantId, CliError> {
        let text = self
            .tenant
            .as_deref()
            .unwrap_or(crate::serve::first_start::TENANT);
        slug("--tenant", text).map(TenantId::new)
    }

    pub fn project(&self) -> Result<Option<ProjectId>, CliError> {
        self.project
            .as_deref()
            .map(|text| slug("--project", text).map(ProjectId::new))
            .transpose()
    }
}

/// Where the data is when nothing else is said.
pub fn default_data() -> PathBuf {
    PathBuf::from("data")
}

fn slug<'t>(option: &str, text: &'t str) -> Result<&'t str, CliError> {
    if is_slug(text) {
        Ok(text)
    } else {
        Err(CliError::Usage(format!(
            "{option} is {text:?}, but an id is 1 to 64 letters, digits, _ and -, a letter first."
        )))
    }
}
