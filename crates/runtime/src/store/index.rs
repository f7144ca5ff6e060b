//! Every run's facets in memory, 64 bytes and its title a run. Any combination of filters over a million runs is one pass over
//! an array of a few milliseconds, where an index in the database for each combination would have to be kept on every write.

mod filter;
mod text;
mod words;

use super::change::Attention;
use super::record::Place;
use filter::Ready;
use model::api::{RunFilter, RunRow};
use model::{FailureCode, MissionId, RunStatus, WorkflowId};
use std::collections::{BTreeMap, HashMap};
use text::Text;
use ulid::Ulid;
use words::{Sets, Words};

use super::{MissionCount, MissionCounts};

/// How far a list counts.
pub const COUNT_TO: u64 = 1_000;

/// The facets of all runs.
#[derive(Default)]
pub struct RunIndex {
    places: HashMap<Place, PlaceIndex>,
    words: Words,
    label_sets: Sets,
}

/// One project's runs, in the order of their numbers.
#[derive(Default)]
struct PlaceIndex {
    entries: Vec<Entry>,
    ids: Vec<u128>,
    text: Text,
    /// Until when, in milliseconds, by run.
    snoozed: HashMap<u64, i64>,
}

/// One run. `num` is the store's number of it, in the order of creation.
struct Entry {
    num: u64,
    created: i64,
    workflow: u32,
    workflow_name: u32,
    queue: u32,
    actor: u32,
    mission: u32,
    labels: u32,
    status: u8,
    trigger: u8,
    /// [`failure_code`].
    failure: u8,
    /// By a person, or because nobody here can do anything about it.
    dismissed: bool,
}

/// Stands for the status of a run of which only a part is there.
const PART: u8 = 31;

/// 0 for none.
fn failure_code(code: Option<FailureCode>) -> u8 {
    code.map_or(0, |code| code as u8 + 1)
}

/// What a search found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// The runs' numbers, newest first.
    pub nums: Vec<u64>,
    /// There are more behind the last one.
    pub more: bool,
    /// How many match in all, up to [`COUNT_TO`].
    pub count: u64,
    pub count_is_exact: bool,
}

impl RunIndex {
    /// Takes in how a run stands now. A dismissal and a snooze end when the status changes. A run of which only a part is
    /// there has its place, and is not found.
    pub fn put(&mut self, place: &Place, num: u64, row: &RunRow, whole: bool) {
        let failure = failure_code(row.failure.as_ref().map(|failure| failure.code));
        let status = if whole { row.status as u8 } else { PART };
        if !self.places.contains_key(place) {
            self.places.insert(place.clone(), PlaceIndex::default());
        }
        let Some(index) = self.places.get_mut(place) else {
            return;
        };
        if let Some(entry) = index.entry(num) {
            entry.failure = failure;
            if entry.status != status {
                entry.status = status;
                entry.dismissed = row.imported;
                index.snoozed.remove(&num);
            }
            return;
        }
        let labels = row
            .labels
            .iter()
            .flat_map(|(key, value)| [key.clone(), format!("{key}:{value}")])
            .map(|label| self.words.intern(&label))
            .collect();
        let entry = Entry {
            num,
            created: row.created_at.millis(),
            workflow: self.words.intern(row.workflow_id.as_str()),
            workflow_name: self.words.intern(&row.workflow_name),
            queue: self.words.intern(&row.queue),
            actor: self.words.intern(&row.created_by.id),
            mission: self
                .words
                .intern(row.mission.as_ref().map_or("", MissionId::as_str)),
            labels: self.label_sets.intern(labels),
            status,
            trigger: row.trigger as u8,
            failure,
            dismissed: row.imported,
        };
        index.push(entry, row);
    }

    pub fn attention(&mut self, place: &Place, num: u64, attention: &Attention) {
        let Some(index) = self.places.get_mut(place) else {
            return;
        };
        match attention.snoozed_until {
            Some(until) => index.snoozed.insert(num, until.millis()),
            None => index.snoozed.remove(&num),
        };
        if let Some(entry) = index.entry(num) {
            entry.dismissed = attention.dismissed.is_some();
        }
    }

    /// The runs that match, newest first, from behind `before`.
    pub fn search(
        &self,
        place: &Place,
        filter: &RunFilter,
        hide_handled_at: Option<i64>,
        before: Option<u64>,
        limit: usize,
    ) -> Hits {
        let mut hits = Hits {
            count_is_exact: true,
            ..Hits::default()
        };
        let Some(index) = self.places.get(place) else {
            return hits;
        };
        let ready = Ready::new(
            filter,
            hide_handled_at,
            &self.words,
            &self.label_sets,
            index,
        );
        let needle = filter
            .q
            .as_deref()
            .map(|q| q.trim().to_lowercase())
            .filter(|q| !q.is_empty());
        let mut query = needle
            .as_deref()
            .map(|needle| Query::new(needle, index, &self.words));
        for (position, entry) in index.entries.iter().enumerate().rev() {
            if !ready.matches(entry)
                || !query
                    .as_mut()
                    .is_none_or(|query| query.hit(position, entry))
            {
                continue;
            }
            if hits.count < COUNT_TO {
                hits.count += 1;
            } else {
                hits.count_is_exact = false;
            }
            if before.is_none_or(|before| entry.num < before) {
                if hits.nums.len() < limit {
                    hits.nums.push(entry.num);
                } else {
                    hits.more = true;
                }
            }
            if hits.more && !hits.count_is_exact {
                break;
            }
        }
        hits
    }

    /// The newest run of each workflow.
    pub fn last_runs(&self, place: &Place) -> BTreeMap<WorkflowId, u64> {
        let mut newest: HashMap<u32, u64> = HashMap::new();
        if let Some(index) = self.places.get(place) {
            for entry in index.whole().rev() {
                newest.entry(entry.workflow).or_insert(entry.num);
            }
        }
        newest
            .into_iter()
            .map(|(workflow, num)| (WorkflowId::new(self.words.word(workflow)), num))
            .collect()
    }

    pub fn mission_counts(&self, place: &Place) -> MissionCounts {
        let mut counts: HashMap<u32, MissionCount> = HashMap::new();
        if let Some(index) = self.places.get(place) {
            for entry in index.whole() {
                let count = counts.entry(entry.mission).or_default();
                count.runs += 1;
                count.last_run_at = model::Timestamp::from_millis(entry.created);
                if let Some(status) = RunStatus::ALL
                    .iter()
                    .find(|status| **status as u8 == entry.status)
                {
                    *count.by_status.entry(*status).or_default() += 1;
                }
            }
        }
        counts
            .into_iter()
            .map(|(mission, count)| (MissionId::new(self.words.word(mission)), count))
            .filter(|(mission, _)| !mission.as_str().is_empty())
            .collect()
    }
}

impl PlaceIndex {
    fn whole(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.status != PART)
    }

    fn entry(&mut self, num: u64) -> Option<&mut Entry> {
        let at = self
            .entries
            .binary_search_by_key(&num, |entry| entry.num)
            .ok()?;
        self.entries.get_mut(at)
    }

    fn push(&mut self, entry: Entry, row: &RunRow) {
        let mut line = row.title.clone();
        if let Some(about) = &row.about {
            for part in [Some(&about.kind), Some(&about.id), about.label.as_ref()]
                .into_iter()
                .flatten()
            {
                if !line.contains(part.as_str()) {
                    line.push(' ');
                    line.push_str(part);
                }
            }
        }
        let ulid = row
            .id
            .as_str()
            .strip_prefix(model::RunId::PREFIX)
            .and_then(|text| Ulid::from_string(text).ok());
        if ulid.is_none() {
            line.push(' ');
            line.push_str(row.id.as_str());
        }
        self.text.push(&line);
        self.ids.push(ulid.map_or(0, |ulid| ulid.0));
        self.entries.push(entry);
    }
}

/// A text search in progress.
struct Query<'a> {
    search: text::Search<'a>,
    /// Whether the text is in a workflow's name, by its number, as far as they were met. Asked for every run: an array.
    names: Vec<Option<bool>>,
    words: &'a Words,
    needle: &'a str,
    id: Option<IdPart>,
    ids: &'a [u128],
}

impl<'a> Query<'a> {
    fn new(needle: &'a str, index: &'a PlaceIndex, words: &'a Words) -> Self {
        Self {
            search: index.text.search(needle),
            names: vec![None; words.len()],
            words,
            needle,
            id: IdPart::parse(needle),
            ids: &index.ids,
        }
    }

    fn hit(&mut self, position: usize, entry: &Entry) -> bool {
        self.in_name(entry.workflow_name)
            || self.search.hit(position)
            || self
                .id
                .is_some_and(|id| self.ids.get(position).is_some_and(|ulid| id.is_in(*ulid)))
    }

    fn in_name(&mut self, name: u32) -> bool {
        let (words, needle) = (self.words, self.needle);
        let is_in = || words.word(name).to_lowercase().contains(needle);
        self.names
            .get_mut(name as usize)
            .is_some_and(|known| *known.get_or_insert_with(is_in))
    }
}

/// The beginning or the end of an id: 5 bits a letter, compared as numbers, since every run is asked. `run_` alone begins
/// every id.
#[derive(Clone, Copy)]
struct IdPart {
    value: u128,
    letters: u32,
    /// `run_01…` begins an id.
    only_begins: bool,
}

impl IdPart {
    const LETTERS: u32 = 26;
    const ALPHABET: &'static [u8] = b"0123456789abcdefghjkmnpqrstvwxyz";

    /// `needle` in lower case; `None` where it cannot be part of an id.
    fn parse(needle: &str) -> Option<Self> {
        let rest = needle.strip_prefix(model::RunId::PREFIX);
        let text = rest.unwrap_or(needle);
        let letters = u32::try_from(text.len()).ok()?;
        // Short words would match the ids of runs nobody asked for.
        if letters > Self::LETTERS || (rest.is_none() && letters < 6) {
            return None;
        }
        let mut value = 0;
        for letter in text.bytes() {
            let digit = Self::ALPHABET.iter().position(|own| *own == letter)?;
            value = (value << 5) | digit as u128;
        }
        Some(Self {
            value,
            letters,
            only_begins: rest.is_some(),
        })
    }

    fn is_in(self, id: u128) -> bool {
        let behind = 5 * (Self::LETTERS - self.letters);
        let begins = id.checked_shr(behind).unwrap_or(0) == self.value;
        // 26 letters hold 130 bits: all of an id is its beginning.
        begins
            || !self.only_begins
                && self.letters < Self::LETTERS
                && id & ((1 << (5 * self.letters)) - 1) == self.value
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_id_is_found_by_its_beginning_and_by_its_end() {
        let text = "01k7m3x2q9vte0w5b8zhnrc4da";
        let id = Ulid::from_string(text).unwrap().0;
        let finds = |needle: &str| IdPart::parse(needle).is_some_and(|part| part.is_in(id));
        for letters in 0..=26 {
            assert!(finds(&format!("run_{}", &text[..letters])), "{letters}");
        }
        for letters in 6..=26 {
            assert!(finds(&text[..letters]), "first {letters}");
            assert!(finds(&text[26 - letters..]), "last {letters}");
        }
        for other in [
            "01k7",
            "run_rc4da",
            "01k7m4",
            "m3x2q9",
            "zhnrc4dau",
            "metro equipment",
            "",
        ] {
            assert!(!finds(other), "{other}");
        }
    }
}
