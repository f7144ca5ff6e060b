//! What changed between two texts, line by line (Myers, *An O(ND) difference algorithm*, 1986).

use crate::ui::slices::Slices;

/// Beyond this many changed lines the middle is shown as removed and added as a whole: still true, no longer the shortest.
const MOST: usize = 1_500;

/// A line of a difference, with its index in the old text, in the new one, or in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Same { old: usize, new: usize },
    Removed { old: usize },
    Added { new: usize },
}

/// The lines of both texts in the order in which a reader sees them change; removed ones stand before added ones.
pub fn changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    let mut search = Search::new(old, new);
    loop {
        if let Some(all) = search.round() {
            return all;
        }
    }
}

/// As [`changes`], in slices: the page goes on meanwhile.
pub async fn changes_slowly(old: &[&str], new: &[&str]) -> Vec<Change> {
    let (mut search, mut slices) = (Search::new(old, new), Slices::begin());
    loop {
        if let Some(all) = search.round() {
            return all;
        }
        slices.breathe().await;
    }
}

/// How many lines are the same at both ends, and how many there are.
#[derive(Clone, Copy)]
struct Ends {
    head: usize,
    tail: usize,
    old: usize,
    new: usize,
}

impl Ends {
    fn of(old: &[&str], new: &[&str]) -> Self {
        let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
        let (left, right) = (&old[head..], &new[head..]);
        let pairs = left.iter().rev().zip(right.iter().rev());
        Self {
            head,
            tail: pairs.take_while(|(a, b)| a == b).count(),
            old: old.len(),
            new: new.len(),
        }
    }

    /// The whole of it; the middle is replaced where it has too many changes.
    fn around(self, middle: Found) -> Vec<Change> {
        let Self { head, tail, .. } = self;
        let (old_end, new_end) = (self.old - tail, self.new - tail);
        let mut out: Vec<Change> = (0..head)
            .map(|at| Change::Same { old: at, new: at })
            .collect();
        match middle {
            Found::Shortest(middle) => out.extend(middle.into_iter().map(|change| match change {
                Change::Same { old, new } => Change::Same {
                    old: old + head,
                    new: new + head,
                },
                Change::Removed { old } => Change::Removed { old: old + head },
                Change::Added { new } => Change::Added { new: new + head },
            })),
            Found::TooMany => {
                out.extend((head..old_end).map(|old| Change::Removed { old }));
                out.extend((head..new_end).map(|new| Change::Added { new }));
            }
        }
        out.extend((0..tail).map(|at| Change::Same {
            old: old_end + at,
            new: new_end + at,
        }));
        out
    }
}

enum Found {
    /// The fewest removals and additions.
    Shortest(Vec<Change>),
    /// There are more than [`MOST`].
    TooMany,
}

/// Looks for the fewest changes between both ends: in each round with one more.
struct Search<'a> {
    ends: Ends,
    old: &'a [&'a str],
    new: &'a [&'a str],
    most: usize,
    count: isize,
    /// For each diagonal, how far down the old text a path with so many changes gets.
    far: Vec<isize>,
    trace: Vec<Vec<isize>>,
}

impl<'a> Search<'a> {
    fn new(old: &'a [&'a str], new: &'a [&'a str]) -> Self {
        let ends = Ends::of(old, new);
        let old = &old[ends.head..ends.old - ends.tail];
        let new = &new[ends.head..ends.new - ends.tail];
        let most = (old.len() + new.len()).min(MOST);
        Self {
            ends,
            old,
            new,
            most,
            count: 0,
            far: vec![0_isize; 2 * most + 3],
            trace: Vec::new(),
        }
    }

    /// All changes, once they are found.
    fn round(&mut self) -> Option<Vec<Change>> {
        let (old, new) = (self.old, self.new);
        let (rows, columns) = (old.len() as isize, new.len() as isize);
        let (count, middle) = (self.count, self.most as isize + 1);
        if count > self.most as isize {
            return Some(self.ends.around(Found::TooMany));
        }
        let far = &mut self.far;
        self.trace
            .push(far[(middle - count) as usize..=(middle + count) as usize].to_vec());
        for diagonal in (-count..=count).step_by(2) {
            let at = (middle + diagonal) as usize;
            let down = diagonal == -count || (diagonal != count && far[at - 1] < far[at + 1]);
            let mut x = if down { far[at + 1] } else { far[at - 1] + 1 };
            let mut y = x - diagonal;
            while x < rows && y < columns && old[x as usize] == new[y as usize] {
                (x, y) = (x + 1, y + 1);
            }
            far[at] = x;
            if x >= rows && y >= columns {
                let found = Found::Shortest(walk_back(&self.trace, rows, columns));
                return Some(self.ends.around(found));
            }
        }
        self.count += 1;
        None
    }
}

/// Follows the paths from the end to the start. `trace[count]` holds the diagonals −count to count as they were before the
/// step with `count` changes.
fn walk_back(trace: &[Vec<isize>], rows: isize, columns: isize) -> Vec<Change> {
    let (mut x, mut y) = (rows, columns);
    let mut out = Vec::new();
    for (count, far) in trace.iter().enumerate().rev() {
        let count = count as isize;
        let reach = |diagonal: isize| {
            usize::try_from(diagonal + count)
                .ok()
                .and_then(|at| far.get(at))
                .copied()
        };
        let diagonal = x - y;
        let down =
            diagonal == -count || (diagonal != count && reach(diagonal - 1) < reach(diagonal + 1));
        let (from_x, from_y) = if count == 0 {
            (0, 0)
        } else {
            let before = if down { diagonal + 1 } else { diagonal - 1 };
            let from = reach(before).unwrap_or(0);
            (from, from - before)
        };
        while x > from_x && y > from_y {
            (x, y) = (x - 1, y - 1);
            out.push(Change::Same {
                old: x as usize,
                new: y as usize,
            });
        }
        if count > 0 {
            if down {
                y -= 1;
                out.push(Change::Added { new: y as usize });
            } else {
                x -= 1;
                out.push(Change::Removed { old: x as usize });
            }
        }
    }
    out.reverse();
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(old: &str, new: &str) -> String {
        let (old, new): (Vec<&str>, Vec<&str>) =
            (old.split(' ').collect(), new.split(' ').collect());
        let show = |change: &Change| match *change {
            Change::Same { old: at, .. } => old[at].to_owned(),
            Change::Removed { old: at } => format!("-{}", old[at]),
            Change::Added { new: at } => format!("+{}", new[at]),
        };
        changes(&old, &new)
            .iter()
            .map(show)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn equal_texts_have_no_changes() {
        assert_eq!(of("a b c", "a b c"), "a b c");
    }

    #[test]
    fn one_line_changed() {
        assert_eq!(of("a b c", "a x c"), "a -b +x c");
    }

    #[test]
    fn lines_added_and_removed() {
        assert_eq!(of("a b c d", "b c e d f"), "-a b c +e d +f");
        assert_eq!(changes(&[], &["a"]), [Change::Added { new: 0 }]);
        assert_eq!(changes(&["a"], &[]), [Change::Removed { old: 0 }]);
    }

    #[test]
    fn texts_with_nothing_in_common_are_replaced() {
        let old: Vec<String> = (0..4_000).map(|i| format!("old {i}")).collect();
        let new: Vec<String> = (0..4_000).map(|i| format!("new {i}")).collect();
        let (old, new): (Vec<&str>, Vec<&str>) = (
            old.iter().map(String::as_str).collect(),
            new.iter().map(String::as_str).collect(),
        );
        assert_eq!(changes(&old, &new).len(), 8_000);
    }

    proptest! {
        #[test]
        fn the_changes_lead_from_the_old_text_to_the_new(
            old in prop::collection::vec("[abc]", 0..30),
            new in prop::collection::vec("[abc]", 0..30),
        ) {
            let (old, new): (Vec<&str>, Vec<&str>) =
                (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
            let all = changes(&old, &new);
            let left: Vec<&str> = all.iter().filter_map(|change| match *change {
                Change::Same { old: at, .. } | Change::Removed { old: at } => Some(old[at]),
                Change::Added { .. } => None,
            }).collect();
            let right: Vec<&str> = all.iter().filter_map(|change| match *change {
                Change::Same { new: at, .. } | Change::Added { new: at } => Some(new[at]),
                Change::Removed { .. } => None,
            }).collect();
            prop_assert_eq!(left, old.clone());
            prop_assert_eq!(right, new.clone());
            let agree = |change: &Change| match *change {
                Change::Same { old: a, new: b } => old[a] == new[b],
                Change::Removed { .. } | Change::Added { .. } => true,
            };
            prop_assert!(all.iter().all(agree));
            // No longer than leaving out what a common subsequence keeps.
            let kept = all.iter().filter(|change| matches!(change, Change::Same { .. })).count();
            prop_assert_eq!(kept, common(&old, &new));
        }
    }

    /// The length of the longest common subsequence, the slow and simple way.
    fn common(old: &[&str], new: &[&str]) -> usize {
        let mut row = vec![0; new.len() + 1];
        for a in old {
            let mut corner = 0;
            for (at, b) in new.iter().enumerate() {
                let above = row[at + 1];
                row[at + 1] = if a == b {
                    corner + 1
                } else {
                    above.max(row[at])
                };
                corner = above;
            }
        }
        row[new.len()]
    }
}
