//! The rows as a tree: loops fold and unfold by key.

use super::Drawing;
use crate::pages::run::folds::starred;
use leptos::prelude::*;
use model::StepPath;

impl Drawing {
    /// The row the keyboard is on: its step, and whether its loop is open.
    fn active(self) -> Option<(usize, StepPath, Option<bool>)> {
        let index = self.handle.active.get_untracked()?;
        self.lines.with_untracked(|lines| {
            let row = lines.rows.get(index)?;
            Some((index, row.path.clone(), row.open))
        })
    }

    /// As in a tree: opens a folded loop, goes into an open one. Whether there was something to do.
    pub(super) fn unfold(self) -> bool {
        match self.active() {
            Some((_, path, Some(false))) => self.selection.toggle(&starred(&path)),
            Some((index, path, Some(true))) => {
                let first = self.path_at(index + 1).and_then(|first| first.parent());
                if first.is_none_or(|(around, _)| around != path) {
                    return false;
                }
                self.handle.go(index + 1);
            }
            Some((_, _, None)) | None => return false,
        }
        true
    }

    /// As in a tree: folds an open loop, goes to the loop around a step.
    pub(super) fn fold(self) -> bool {
        match self.active() {
            Some((_, path, Some(true))) => self.selection.toggle(&starred(&path)),
            Some((_, path, Some(false) | None)) => {
                let around = path.parent().and_then(|(around, _)| self.find(&around));
                let Some(index) = around else {
                    return false;
                };
                self.handle.go(index);
            }
            None => return false,
        }
        true
    }
}
