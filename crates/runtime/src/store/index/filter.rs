//! A filter made ready: words as numbers, choices as bits.

use super::words::{Sets, Words};
use super::{Entry, PART, PlaceIndex, failure_code};
use model::api::RunFilter;
use model::{RunStatus, Timestamp};
use std::collections::HashMap;

pub(super) struct Ready<'a> {
    statuses: u32,
    triggers: u32,
    failures: u32,
    workflows: Option<Vec<u32>>,
    queues: Option<Vec<u32>>,
    actors: Option<Vec<u32>>,
    labels: Option<Vec<u32>>,
    /// `u32::MAX` for one that no run belongs to.
    mission: Option<u32>,
    since: i64,
    until: i64,
    unresolved: bool,
    hide_handled_at: Option<i64>,
    sets: &'a Sets,
    snoozed: &'a HashMap<u64, i64>,
}

/// Failed, interrupted, blocked or waiting.
const UNRESOLVED: u32 = bit(RunStatus::Failed as u8)
    | bit(RunStatus::Interrupted as u8)
    | bit(RunStatus::Blocked as u8)
    | bit(RunStatus::Waiting as u8);

const fn bit(n: u8) -> u32 {
    1 << n
}

fn bits<T: Copy>(all: &[T], code: impl Fn(T) -> u8) -> u32 {
    if all.is_empty() {
        u32::MAX
    } else {
        all.iter().fold(0, |bits, one| bits | bit(code(*one)))
    }
}

fn numbers<T: AsRef<str>>(words: &Words, wanted: &[T]) -> Option<Vec<u32>> {
    (!wanted.is_empty()).then(|| {
        wanted
            .iter()
            .filter_map(|word| words.find(word.as_ref()))
            .collect()
    })
}

fn among(wanted: Option<&Vec<u32>>, number: u32) -> bool {
    wanted.is_none_or(|wanted| wanted.contains(&number))
}

impl<'a> Ready<'a> {
    pub(super) fn new(
        filter: &RunFilter,
        hide_handled_at: Option<i64>,
        words: &Words,
        sets: &'a Sets,
        place: &'a PlaceIndex,
    ) -> Self {
        Self {
            statuses: bits(&filter.status, |status| status as u8)
                & if filter.unresolved {
                    UNRESOLVED
                } else {
                    u32::MAX
                },
            triggers: bits(&filter.trigger, |trigger| trigger as u8),
            failures: bits(&filter.failure_code, |code| failure_code(Some(code))),
            workflows: numbers(words, &filter.workflow),
            queues: numbers(words, &filter.queue),
            actors: numbers(words, &filter.actor),
            labels: numbers(words, &filter.label),
            mission: filter
                .mission
                .as_ref()
                .map(|mission| words.find(mission.as_str()).unwrap_or(u32::MAX)),
            since: filter.since.map_or(i64::MIN, Timestamp::millis),
            until: filter.until.map_or(i64::MAX, Timestamp::millis),
            unresolved: filter.unresolved,
            hide_handled_at,
            sets,
            snoozed: &place.snoozed,
        }
    }

    pub(super) fn matches(&self, entry: &Entry) -> bool {
        entry.status != PART
            && self.statuses & bit(entry.status) != 0
            && self.triggers & bit(entry.trigger) != 0
            && self.failures & bit(entry.failure) != 0
            && entry.created >= self.since
            && entry.created <= self.until
            && among(self.workflows.as_ref(), entry.workflow)
            && among(self.queues.as_ref(), entry.queue)
            && among(self.actors.as_ref(), entry.actor)
            && self.mission.is_none_or(|mission| mission == entry.mission)
            && self.labels.as_ref().is_none_or(|wanted| {
                let set = self.sets.set(entry.labels);
                wanted.iter().any(|label| set.contains(label))
            })
            && !self.is_hidden(entry)
    }

    fn is_hidden(&self, entry: &Entry) -> bool {
        (self.unresolved && entry.dismissed)
            || self.hide_handled_at.is_some_and(|now| {
                entry.dismissed
                    || self
                        .snoozed
                        .get(&entry.num)
                        .is_some_and(|until| *until > now)
            })
    }
}
