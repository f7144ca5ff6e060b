//! Two texts by their lines, and what changed between them.

use super::{
    fmt,
    lines::{Change, changes, changes_slowly},
};
use std::{ops::Range, sync::Arc};

/// What changed from one text to the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    before: Text,
    after: Text,
    pub(super) all: Vec<Change>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Text {
    whole: Arc<str>,
    /// Where each line stands.
    places: Vec<Range<usize>>,
}

impl Text {
    fn new(whole: Arc<str>) -> Self {
        let start = whole.as_ptr() as usize;
        let place = |line: &str| {
            let from = line.as_ptr() as usize - start;
            from..from + line.len()
        };
        let places = whole.lines().map(place).collect();
        Self { whole, places }
    }

    fn lines(&self) -> Vec<&str> {
        self.whole.lines().collect()
    }

    fn line(&self, at: usize) -> Option<&str> {
        self.whole.get(self.places.get(at)?.clone())
    }
}

impl Difference {
    pub fn of(before: Arc<str>, after: Arc<str>) -> Self {
        let (before, after) = (Text::new(before), Text::new(after));
        let all = changes(&before.lines(), &after.lines());
        Self { before, after, all }
    }

    /// As [`Self::of`], for texts so large that finding it would hold up the page.
    pub async fn slowly(before: Arc<str>, after: Arc<str>) -> Self {
        let (before, after) = (Text::new(before), Text::new(after));
        let all = changes_slowly(&before.lines(), &after.lines()).await;
        Self { before, after, all }
    }

    pub fn is_same(&self) -> bool {
        self.before.whole == self.after.whole
    }

    /// "+18 −2"
    pub fn summary(&self) -> String {
        let count = |is: fn(&Change) -> bool| {
            fmt::count(self.all.iter().filter(|change| is(change)).count() as u64)
        };
        let added = count(|change| matches!(change, Change::Added { .. }));
        let removed = count(|change| matches!(change, Change::Removed { .. }));
        format!("+{added} −{removed}")
    }

    /// A line by its place in the old or the new text.
    pub(super) fn line(&self, old: Option<usize>, new: Option<usize>) -> &str {
        let before = old.and_then(|at| self.before.line(at));
        before
            .or_else(|| new.and_then(|at| self.after.line(at)))
            .unwrap_or_default()
    }
}
