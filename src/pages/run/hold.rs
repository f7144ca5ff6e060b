//! The keyboard of a list of steps: it stays on its step while rows come, go and fold, and goes to the step that is chosen.

use super::folds::outer;
use crate::ui::virtual_list::ListHandle;
use leptos::prelude::*;
use model::StepPath;

/// `find` gives the place of a step among the rows, `path_at` the step at a place; `changed` is followed and says when
/// there are other rows.
pub fn hold(
    handle: ListHandle,
    chosen: Memo<Option<StepPath>>,
    changed: impl Fn() + 'static,
    find: impl Fn(&StepPath) -> Option<usize> + Copy + 'static,
    path_at: impl Fn(usize) -> Option<StepPath> + Copy + 'static,
) {
    // Where its row is folded away, the loop around it stands for it.
    let shown =
        move |path: &StepPath| find(path).or_else(|| outer(path).find_map(|path| find(&path)));
    let on = StoredValue::new(None::<StepPath>);
    let go = move |path: &StepPath| {
        if let Some(index) = shown(path) {
            on.set_value(path_at(index));
            if handle.active.get_untracked() != Some(index) {
                handle.go(index);
            }
        }
    };
    Effect::new(move || {
        if let Some(path) = chosen.get() {
            go(&path);
        }
    });
    Effect::new(move || {
        if let Some(path) = handle.active.get().and_then(path_at) {
            on.set_value(Some(path));
        }
    });
    Effect::new(move || {
        changed();
        match (on.get_value(), chosen.get_untracked()) {
            (Some(path), _) => {
                if let Some(index) = shown(&path)
                    && handle.active.get_untracked() != Some(index)
                {
                    handle.active.set(Some(index));
                }
            }
            // The chosen step has only now come.
            (None, Some(path)) => go(&path),
            (None, None) => {}
        }
    });
}
