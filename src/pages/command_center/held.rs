//! A list that does not move under the pointer: what comes waits to be let in, what leaves keeps its place while somebody
//! is on the list.

use model::api::AttentionItem;

/// What stands on the page, and what waits.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Held {
    /// In the order shown; `gone` ones have left the list and keep their place.
    pub shown: Vec<Place>,
    /// How many new ones wait.
    pub waiting: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    pub item: AttentionItem,
    pub gone: bool,
}

/// An item this person has dealt with, and how far its run was then.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    pub id: String,
    pub seq: u64,
}

/// A run that has moved on since may need a person again.
fn is_done(item: &AttentionItem, done: &[Done]) -> bool {
    done.iter()
        .any(|done| done.id == item.id && item.run.seq <= done.seq)
}

impl Held {
    /// Takes in the list as it is now. `hold` keeps what left in its place; `done` are items this person has dealt with,
    /// which go at once.
    pub fn update(&self, now: &[AttentionItem], hold: bool, done: &[Done]) -> Self {
        let find = |id: &str| {
            now.iter()
                .find(|item| item.id == id && !is_done(item, done))
        };
        let mut shown: Vec<Place> = self
            .shown
            .iter()
            .filter_map(|place| match find(&place.item.id) {
                Some(item) => Some(Place {
                    item: item.clone(),
                    gone: false,
                }),
                None if hold && !is_done(&place.item, done) => Some(Place {
                    item: place.item.clone(),
                    gone: true,
                }),
                None => None,
            })
            .collect();
        let is_shown = |id: &str| shown.iter().any(|place| place.item.id == id);
        let new: Vec<&AttentionItem> = now
            .iter()
            .filter(|item| !is_shown(&item.id) && !is_done(item, done))
            .collect();
        // Into an empty place nothing can push anything away.
        if shown.is_empty() {
            shown = new
                .into_iter()
                .map(|item| Place {
                    item: item.clone(),
                    gone: false,
                })
                .collect();
            return Self { shown, waiting: 0 };
        }
        Self {
            shown,
            waiting: new.len(),
        }
    }

    /// The list as it is, in its own order.
    pub fn all(now: &[AttentionItem], done: &[Done]) -> Self {
        let shown = now.iter().filter(|item| !is_done(item, done));
        Self {
            shown: shown
                .map(|item| Place {
                    item: item.clone(),
                    gone: false,
                })
                .collect(),
            waiting: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn items(ids: &[&str]) -> Vec<AttentionItem> {
        ids.iter()
            .map(|id| {
                serde_json::from_value(json!({
                    "id": id, "since": "2026-11-20T22:11:40Z",
                    "run": {
                        "id": id, "title": id, "workflow_id": "wf_1", "workflow_name": "W", "workflow_version": 1,
                        "status": "failed", "steps_done": 1, "steps_total": 2, "attempt": 1, "queue": "default",
                        "environment": "production", "trigger": "manual",
                        "created_by": {"kind": "person", "id": "usr_1", "name": "A"},
                        "created_at": "2026-11-20T22:11:40Z", "updated_at": "2026-11-20T22:11:40Z",
                        "primary_move": "retry", "seq": 9
                    }
                }))
                .unwrap()
            })
            .collect()
    }

    fn ids(held: &Held) -> Vec<(&str, bool)> {
        held.shown
            .iter()
            .map(|place| (place.item.id.as_str(), place.gone))
            .collect()
    }

    #[test]
    fn the_first_list_is_shown_as_it_is() {
        let held = Held::default().update(&items(&["a", "b"]), true, &[]);
        assert_eq!(ids(&held), [("a", false), ("b", false)]);
    }

    #[test]
    fn new_ones_wait_until_they_are_let_in() {
        let held = Held::all(&items(&["a", "b"]), &[]).update(&items(&["c", "a", "b"]), false, &[]);
        assert_eq!(ids(&held), [("a", false), ("b", false)]);
        assert_eq!(held.waiting, 1);
        assert_eq!(ids(&Held::all(&items(&["c", "a", "b"]), &[])).len(), 3);
    }

    #[test]
    fn what_leaves_keeps_its_place_while_somebody_is_on_the_list() {
        let before = Held::all(&items(&["a", "b"]), &[]);
        let held = before.update(&items(&["b"]), true, &[]);
        assert_eq!(ids(&held), [("a", true), ("b", false)]);
        assert_eq!(
            ids(&held.update(&items(&["b"]), false, &[])),
            [("b", false)]
        );
    }

    #[test]
    fn what_this_person_dealt_with_goes_at_once_and_does_not_come_back() {
        let before = Held::all(&items(&["a", "b"]), &[]);
        let done = [Done {
            id: "a".to_owned(),
            seq: 9,
        }];
        assert_eq!(
            ids(&before.update(&items(&["a", "b"]), true, &done)),
            [("b", false)]
        );
        assert_eq!(ids(&Held::all(&items(&["a", "b"]), &done)), [("b", false)]);
    }

    #[test]
    fn a_run_that_moved_on_may_need_a_person_again() {
        let done = [Done {
            id: "a".to_owned(),
            seq: 8,
        }];
        assert_eq!(ids(&Held::all(&items(&["a"]), &done)), [("a", false)]);
    }
}
