//! Words as numbers, so that a run's facets fit into a few bytes.

use std::collections::HashMap;
use std::sync::Arc;

/// Every word seen, numbered from 0.
#[derive(Default)]
pub(super) struct Words {
    by_word: HashMap<Arc<str>, u32>,
    words: Vec<Arc<str>>,
}

impl Words {
    pub(super) fn intern(&mut self, word: &str) -> u32 {
        if let Some(number) = self.by_word.get(word) {
            return *number;
        }
        let number = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        let word: Arc<str> = word.into();
        self.words.push(Arc::clone(&word));
        self.by_word.insert(word, number);
        number
    }

    pub(super) fn find(&self, word: &str) -> Option<u32> {
        self.by_word.get(word).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    pub(super) fn word(&self, number: u32) -> &str {
        self.words
            .get(usize::try_from(number).unwrap_or(usize::MAX))
            .map_or("", |word| word)
    }
}

/// Sets of words as numbers: most runs share their labels with many others.
#[derive(Default)]
pub(super) struct Sets {
    by_set: HashMap<Arc<[u32]>, u32>,
    sets: Vec<Arc<[u32]>>,
}

impl Sets {
    pub(super) fn intern(&mut self, mut set: Vec<u32>) -> u32 {
        set.sort_unstable();
        if let Some(number) = self.by_set.get(set.as_slice()) {
            return *number;
        }
        let number = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
        let set: Arc<[u32]> = set.into();
        self.sets.push(Arc::clone(&set));
        self.by_set.insert(set, number);
        number
    }

    pub(super) fn set(&self, number: u32) -> &[u32] {
        self.sets
            .get(usize::try_from(number).unwrap_or(usize::MAX))
            .map_or(&[], |set| set)
    }
}
