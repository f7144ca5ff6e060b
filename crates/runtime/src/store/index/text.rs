//! What people search for in runs, laid out so that a search is one pass over memory.

use memchr::memmem::Finder;

/// Runs of one block; a block is searched as a whole.
const BLOCK: usize = 1024;

/// The searchable text of each run, in the order of the runs.
#[derive(Default)]
pub(super) struct Text {
    blocks: Vec<Block>,
}

#[derive(Default)]
struct Block {
    /// Lower case, a line a run.
    text: String,
    /// Where each run's line ends.
    ends: Vec<u32>,
}

impl Text {
    pub(super) fn push(&mut self, line: &str) {
        if self
            .blocks
            .last()
            .is_none_or(|block| block.ends.len() == BLOCK)
        {
            self.blocks.push(Block::default());
        }
        let Some(block) = self.blocks.last_mut() else {
            return;
        };
        for part in line.lines() {
            for c in part.chars() {
                block.text.extend(c.to_lowercase());
            }
        }
        block.text.push('\n');
        block
            .ends
            .push(u32::try_from(block.text.len()).unwrap_or(u32::MAX));
        if block.ends.len() == BLOCK {
            block.text.shrink_to_fit();
        }
    }

    pub(super) fn search<'a>(&'a self, needle: &'a str) -> Search<'a> {
        Search {
            text: self,
            finder: Finder::new(needle),
            block: None,
            hits: Vec::new(),
        }
    }
}

/// A search in progress; ask for positions in descending order.
pub(super) struct Search<'a> {
    text: &'a Text,
    finder: Finder<'a>,
    /// The block `hits` belongs to.
    block: Option<usize>,
    /// Whether each run of the block matches.
    hits: Vec<bool>,
}

impl Search<'_> {
    /// Whether the run at `position` matches.
    pub(super) fn hit(&mut self, position: usize) -> bool {
        let number = position / BLOCK;
        if self.block != Some(number) {
            self.block = Some(number);
            self.hits = self
                .text
                .blocks
                .get(number)
                .map(|block| block.hits(&self.finder))
                .unwrap_or_default();
        }
        self.hits.get(position % BLOCK).copied().unwrap_or(false)
    }
}

impl Block {
    fn hits(&self, finder: &Finder<'_>) -> Vec<bool> {
        let mut hits = vec![false; self.ends.len()];
        let mut from = 0;
        while let Some(found) = finder.find(&self.text.as_bytes()[from..]) {
            let at = u32::try_from(from + found).unwrap_or(u32::MAX);
            let line = self.ends.partition_point(|end| *end <= at);
            let (Some(hit), Some(end)) = (hits.get_mut(line), self.ends.get(line)) else {
                break;
            };
            *hit = true;
            from = usize::try_from(*end).unwrap_or(usize::MAX);
        }
        hits
    }
}
