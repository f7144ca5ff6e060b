//! Which loops are open: in the list of steps, on the canvas and on the timeline alike, and in the address.

use model::StepPath;
use std::collections::BTreeSet;

/// In the address: every loop is folded. No step's id begins so.
const NONE: &str = "-";
const ROUNDS: &str = "[*].";

/// The loops that are open, as [`starred`] names them: a loop inside a loop is open in every round of it, or in none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folds(BTreeSet<String>);

impl Folds {
    /// The loops that a step stands in.
    pub fn around(path: &StepPath) -> Self {
        Self(outer(path).map(|path| starred(&path)).collect())
    }

    /// "each,each.inner"; `None` where the address says nothing of it.
    pub fn from_address(text: &str) -> Option<Self> {
        match text {
            "" => None,
            NONE => Some(Self::default()),
            ids => {
                let ids = ids.split(',').filter(|id| !id.is_empty());
                Some(Self(ids.map(|id| id.replace('.', ROUNDS)).collect()))
            }
        }
    }

    pub fn to_address(&self) -> String {
        if self.0.is_empty() {
            return NONE.to_owned();
        }
        let ids: Vec<String> = self.0.iter().map(|id| id.replace(ROUNDS, ".")).collect();
        ids.join(",")
    }

    pub fn is_open(&self, id: &str) -> bool {
        self.0.contains(id)
    }

    pub fn toggled(mut self, id: &str) -> Self {
        if !self.0.remove(id) {
            self.0.insert(id.to_owned());
        }
        self
    }

    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Whether every loop around the step is open.
    pub fn show(&self, path: &StepPath) -> bool {
        // Most steps of a large run stand in loops that nobody opened.
        !path.as_str().contains('[')
            || (!self.0.is_empty() && outer(path).all(|path| self.is_open(&starred(&path))))
    }
}

/// The loops around a step, the innermost first.
pub fn outer(path: &StepPath) -> impl Iterator<Item = StepPath> {
    let around = |path: &StepPath| path.parent().map(|(outer, _)| outer);
    std::iter::successors(around(path), move |path| around(path))
}

/// `outer[3].leaf` to `outer[*].leaf`.
pub fn starred(path: &StepPath) -> String {
    match path.parent() {
        Some((outer, _)) => format!("{}{ROUNDS}{}", starred(&outer), path.step()),
        None => path.as_str().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folds(ids: &[&str]) -> Folds {
        Folds(ids.iter().map(|id| (*id).to_owned()).collect())
    }

    #[test]
    fn a_step_in_loops_is_known_by_its_loops_and_not_by_its_rounds() {
        assert_eq!(
            starred(&"outer[3].inner[0].leaf".into()),
            "outer[*].inner[*].leaf"
        );
        assert_eq!(starred(&"plain".into()), "plain");
    }

    #[test]
    fn the_address_names_what_is_open_and_that_nothing_is() {
        let open = folds(&["each", "each[*].inner"]);
        assert_eq!(open.to_address(), "each,each.inner");
        for folds in [open, Folds::default()] {
            assert_eq!(Folds::from_address(&folds.to_address()), Some(folds));
        }
        assert_eq!(Folds::from_address(""), None);
    }

    #[test]
    fn a_step_shows_when_every_loop_around_it_is_open() {
        let leaf = StepPath::from("each[3].inner[0].leaf");
        assert!(!folds(&["each[*].inner"]).show(&leaf));
        assert!(!folds(&["each"]).show(&leaf));
        assert!(folds(&["each"]).show(&"each[9].inner".into()));
        let around = Folds::around(&leaf);
        assert!(around.show(&leaf));
        assert!(!around.toggled("each").show(&leaf));
        assert!(folds(&[]).show(&"plain".into()));
    }
}
