//! The topics of a stream: what it asks for, and whether it may have it.

use crate::api::Api;
use crate::api::context::Ctx;
use crate::api::problem::{Error, Result};
use crate::api::query::Query;
use crate::api::run::stored;
use crate::store::record::{DeliveryRecord, WebhookRecord};
use model::{Role, RunId, Scope};
use std::collections::BTreeSet;

/// Runs followed by one stream.
const RUNS: usize = 32;
const TOPICS: &str = "Topics are run:{id}, runs, command-center, notifications, health, audit, bulk, deliveries:{webhook} and deliveries:email.";
/// The log of what went out by e-mail.
const EMAIL: &str = "email";

/// What a stream carries.
#[derive(Debug, Clone, Default)]
pub(super) struct Topics {
    pub runs: Vec<RunId>,
    /// The other topics it names.
    pub words: BTreeSet<Word>,
    /// The log that [`Word::Deliveries`] is about.
    pub log: String,
}

/// A topic beside single runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Word {
    /// `runs` or `command-center`: both need every row.
    Rows,
    Notifications,
    Health,
    /// For those who may read the trail.
    Audit,
    /// `deliveries:{webhook}` or `deliveries:email`, for those who may read the log.
    Deliveries,
    Bulk,
}

impl Topics {
    pub fn has(&self, word: Word) -> bool {
        self.words.contains(&word)
    }

    /// What the query names.
    pub fn of(query: &Query) -> Result<Self> {
        let mut topics = Self::default();
        for word in query.all("topics") {
            match word.split_once(':') {
                Some(("run", id)) if !id.is_empty() => topics.runs.push(RunId::from(id)),
                Some(("deliveries", log)) if !log.is_empty() => {
                    topics.words.insert(Word::Deliveries);
                    log.clone_into(&mut topics.log);
                }
                None if word == "notifications" => drop(topics.words.insert(Word::Notifications)),
                None if word == "health" => drop(topics.words.insert(Word::Health)),
                None if word == "bulk" => drop(topics.words.insert(Word::Bulk)),
                None if word == "audit" => drop(topics.words.insert(Word::Audit)),
                None if word == "runs" || word == "command-center" => {
                    topics.words.insert(Word::Rows);
                }
                _ => {
                    return Err(Error::query(
                        "topics",
                        format!("{word:?} is not a topic."),
                        Some(TOPICS.into()),
                    ));
                }
            }
        }
        if topics.runs.is_empty() && topics.words.is_empty() {
            return Err(Error::query(
                "topics",
                "it names nothing to follow.",
                Some(TOPICS.into()),
            ));
        }
        if topics.runs.len() > RUNS {
            return Err(Error::query(
                "topics",
                format!("one stream follows at most {RUNS} runs."),
                None,
            ));
        }
        Ok(topics)
    }

    /// Refuses what the caller may not follow, and finds the log's name.
    pub async fn allow(&mut self, api: &Api, ctx: &Ctx) -> Result<()> {
        if self.has(Word::Audit) {
            ctx.access.allow(Role::ProjectViewer, Scope::AuditRead)?;
        }
        if self.has(Word::Deliveries) {
            self.log = delivery_log(api, ctx, &self.log).await?;
        }
        for run in &self.runs {
            stored(api, ctx, run).await?;
        }
        Ok(())
    }

    /// What is said at once: how the inbox stands; and, to whoever resumes, that what has no positions may have changed meanwhile.
    pub fn first_words(&self, resumes: bool) -> BTreeSet<Word> {
        let mut speak = self.words.clone();
        speak.retain(|word| match word {
            Word::Rows => false,
            Word::Notifications => true,
            Word::Health | Word::Audit | Word::Deliveries | Word::Bulk => resumes,
        });
        speak
    }
}

/// The name the store has for a log that the caller may read.
async fn delivery_log(api: &Api, ctx: &Ctx, log: &str) -> Result<String> {
    if log == EMAIL {
        ctx.access.allow(Role::TenantAdmin, Scope::WorkflowRun)?;
        return Ok(DeliveryRecord::email_log(&ctx.place.tenant));
    }
    ctx.access.allow(Role::ProjectAdmin, Scope::WorkflowRun)?;
    let webhook = api.store().get::<WebhookRecord>(log).await?;
    webhook
        .filter(|webhook| webhook.value.place == ctx.place)
        .map(|webhook| webhook.value.id.to_string())
        .ok_or_else(|| Error::not_found("webhook", log))
}
