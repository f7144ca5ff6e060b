//! A JSON document as rows: one for each part that is open to see.

use super::{
    doc::{Child, Doc, unescaped},
    picture::{decoded, picture},
    scan::STRETCH,
};
use crate::ui::fmt;
use std::collections::HashSet;

/// Longer texts are cut in their row, in characters.
pub(super) const CUT: usize = 240;
/// Levels do not open beyond this many rows; what a person opens by hand does.
const MOST: usize = 20_000;

/// What a row is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// The whole.
    Root,
    /// Of a field: where its name begins.
    Field(usize),
    Item(usize),
    /// Children from this place on, as a row that opens.
    Stretch(usize),
}

/// A row of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    pub depth: usize,
    pub name: Name,
    /// Where its value begins; of a stretch, the value it is a part of.
    pub at: usize,
    /// Whether it is open; absent for what has no inside.
    pub open: Option<bool>,
}

/// What opens and closes: a part, or a stretch of it.
pub(super) type Key = (usize, Option<usize>);

impl Row {
    pub(super) fn key(&self) -> Key {
        match self.name {
            Name::Stretch(from) => (self.at, Some(from)),
            Name::Root | Name::Field(_) | Name::Item(_) => (self.at, None),
        }
    }

    pub(super) const fn is_stretch(&self) -> bool {
        matches!(self.name, Name::Stretch(_))
    }
}

/// The rows of a document. Everything down to `levels` is open, unless it is long; what is in `turned` is the other way round.
pub(super) fn rows(doc: &Doc, levels: usize, turned: &HashSet<Key>) -> Vec<Row> {
    let mut out = Vec::new();
    Walk {
        doc,
        levels,
        turned,
        out: &mut out,
    }
    .value(doc.root(), Name::Root, 0);
    out
}

/// Opens the way to the part that holds a byte; answers with the row that is to be shown.
pub(super) fn open_way(doc: &Doc, levels: usize, turned: &mut HashSet<Key>, byte: usize) -> Key {
    let (mut at, mut depth) = (doc.root(), 0);
    for (place, child) in doc.way_to(byte) {
        let count = doc.count(at);
        let mut open = |key: Key, usual: bool| {
            if usual == turned.contains(&key) {
                turned.remove(&key);
                if !usual {
                    turned.insert(key);
                }
            }
        };
        open((at, None), usually_open(depth, levels, count));
        depth += 1;
        if count > STRETCH {
            open((at, Some(place / STRETCH * STRETCH)), false);
            depth += 1;
        }
        at = child.at;
    }
    (at, None)
}

const fn usually_open(depth: usize, levels: usize, count: usize) -> bool {
    depth < levels && count > 0 && (count <= STRETCH || depth == 0)
}

struct Walk<'a> {
    doc: &'a Doc,
    levels: usize,
    turned: &'a HashSet<Key>,
    out: &'a mut Vec<Row>,
}

impl Walk<'_> {
    fn value(&mut self, at: usize, name: Name, depth: usize) {
        let has_inside = matches!(self.doc.byte(at), b'{' | b'[');
        let mut row = Row {
            depth,
            name,
            at,
            open: None,
        };
        if !has_inside {
            self.out.push(row);
            return;
        }
        let count = self.doc.count(at);
        let usual = usually_open(depth, self.levels, count) && self.out.len() < MOST;
        let open = usual != self.turned.contains(&(at, None));
        row.open = Some(open);
        self.out.push(row);
        if !open {
            return;
        }
        if count <= STRETCH {
            self.part(at, 0, count, depth + 1);
            return;
        }
        for from in (0..count).step_by(STRETCH) {
            let open = self.turned.contains(&(at, Some(from)));
            self.out.push(Row {
                depth: depth + 1,
                name: Name::Stretch(from),
                at,
                open: Some(open),
            });
            if open {
                self.part(at, from, from + STRETCH, depth + 2);
            }
        }
    }

    fn part(&mut self, at: usize, from: usize, to: usize, depth: usize) {
        let children = self.doc.children(at, from..to);
        for (place, Child { name, at }) in (from..).zip(children) {
            let name = name.map_or(Name::Item(place), Name::Field);
            self.value(at, name, depth);
        }
    }
}

/// What a row shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// Something with an inside: its braces, and what it holds in words.
    Inside(&'static str, String),
    Text(String),
    /// The beginning of a long text and its size.
    Cut(String, String),
    /// A picture inside a text: its media type and its size.
    Picture(&'static str, String),
    Number(String),
    Word(String),
}

pub(super) fn what(doc: &Doc, row: Row) -> What {
    if row.is_stretch() {
        return What::Inside("", String::new());
    }
    let count = || doc.count(row.at) as u64;
    match doc.byte(row.at) {
        b'[' => What::Inside("[]", fmt::plural(count(), "item", "items")),
        b'{' => What::Inside("{}", fmt::plural(count(), "field", "fields")),
        b'"' => text(doc.raw(row.at)),
        b'-' | b'0'..=b'9' => What::Number(doc.raw(row.at).to_owned()),
        _ => What::Word(doc.raw(row.at).to_owned()),
    }
}

fn text(raw: &str) -> What {
    let size = || fmt::bytes(raw.len().saturating_sub(2) as u64);
    if let Some((media_type, data)) = picture(raw) {
        return What::Picture(media_type, fmt::bytes(decoded(data)));
    }
    let shown = unescaped(raw, CUT + 1);
    match shown.char_indices().nth(CUT) {
        Some((end, _)) => What::Cut(shown[..end].replace('\n', "⏎"), size()),
        None => What::Text(shown.replace('\n', "⏎")),
    }
}

#[cfg(test)]
mod tests;
