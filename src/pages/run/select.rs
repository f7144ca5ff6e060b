//! Which step is looked at: the one in the address, or the one that matters most.

use super::folds::{Folds, starred};
use crate::{
    moves::Desk,
    routes::param::{Address, Step, param},
    state::{live_run::LiveRun, replay::LIVE},
    ui::toast::Toasts,
};
use engine::Run;
use leptos::prelude::*;
use model::{StepPath, StepStatus, WaitKind};

#[derive(Clone, Copy)]
pub struct Selection {
    /// The step looked at.
    pub step: Memo<Option<StepPath>>,
    /// The loops that are open: those in the address, else those around the step looked at.
    pub folds: Memo<Folds>,
    /// The inspector's tab in the address; empty for the one that fits the step.
    pub tab: Memo<String>,
    /// The place of Replay in the address; empty while it is closed.
    pub at: Memo<String>,
    address: StoredValue<Address>,
    // Taken while the page is built: an event handler has no context to take them from.
    pub desk: Option<Desk>,
    pub toasts: Option<Toasts>,
}

impl Selection {
    pub fn new(live: LiveRun) -> Self {
        let wanted = param("step");
        // Until a person chooses a step, what matters most follows the run as a whole: it fails, it waits. It does not
        // follow every step that begins.
        let stands = live.pick(|run| (run.status, run.failed_step.clone()));
        let first = Memo::new(move |_| {
            // Read, not only tracked: a memo that nobody reads does not learn that it changed.
            stands.get();
            live.now(most_important).flatten()
        });
        // A step that a person chose stays chosen at a moment at which it is not there yet.
        let known = live.part_live(|run| run.order.len());
        let step = Memo::new(move |_| {
            known.get();
            let wanted = wanted.get();
            if wanted.is_empty() {
                return first.get();
            }
            let path = StepPath::from(wanted.as_str());
            live.now_live(|run| run.steps.contains_key(&path))
                .unwrap_or(false)
                .then_some(path)
                .or_else(|| first.get())
        });
        let open = param("open");
        let folds = Memo::new(move |_| {
            open.with(|open| Folds::from_address(open))
                .unwrap_or_else(|| step.with(|step| usual(step.as_ref())))
        });
        Self {
            step,
            folds,
            tab: param("tab"),
            at: param("at"),
            address: StoredValue::new(Address::get()),
            desk: Desk::get(),
            toasts: Toasts::get(),
        }
    }

    /// Looks at another step, and opens the loops around it; its tab is the one that fits it.
    pub fn choose(self, path: &StepPath) {
        self.look_at(path, None, self.open_around(path));
    }

    /// Looks at a tab of a step.
    pub fn choose_tab(self, path: &StepPath, tab: &str) {
        self.look_at(path, Some(tab.to_owned()), self.open_around(path));
    }

    /// Looks at a loop, and opens or folds it.
    pub fn choose_and_toggle(self, path: &StepPath) {
        let folds = self.open_around(path).toggled(&starred(path));
        self.look_at(path, None, folds);
    }

    /// Opens or folds a loop, by [`starred`].
    pub fn toggle(self, id: &str) {
        let folds = self.folds.get_untracked().toggled(id);
        let usual = self.step.with_untracked(|step| usual(step.as_ref()));
        self.set(&[in_address(&folds, &usual)]);
    }

    fn open_around(self, path: &StepPath) -> Folds {
        self.folds.get_untracked().and(Folds::around(path))
    }

    fn look_at(self, path: &StepPath, tab: Option<String>, folds: Folds) {
        self.set(&[
            ("step", Some(path.as_str().to_owned())),
            ("tab", tab),
            in_address(&folds, &usual(Some(path))),
        ]);
    }

    /// Shows the run as it is, where Replay shows a moment of it.
    pub fn back_to_live(self) {
        if self.at.with_untracked(|at| !at.is_empty()) {
            self.set(&[("at", Some(LIVE.to_owned()))]);
        }
    }

    /// Opens Replay at the run as it is, or closes it.
    pub fn toggle_replay(self) {
        let open = self.at.with_untracked(|at| !at.is_empty());
        self.set(&[("at", (!open).then(|| LIVE.to_owned()))]);
    }

    /// Changes other parts of the address.
    pub fn set(self, changes: &[(&str, Option<String>)]) {
        self.address
            .with_value(|address| address.set(changes, Step::Replace));
    }
}

/// What is open while the address says nothing of it.
fn usual(step: Option<&StepPath>) -> Folds {
    step.map(Folds::around).unwrap_or_default()
}

fn in_address(folds: &Folds, usual: &Folds) -> (&'static str, Option<String>) {
    ("open", (folds != usual).then(|| folds.to_address()))
}

/// The failing step, else one that waits for a person, else the one at work, else the last that finished, else the first.
pub fn most_important(run: &Run) -> Option<StepPath> {
    if let Some(failed) = run
        .failed_step
        .clone()
        .filter(|path| run.steps.contains_key(path))
    {
        return Some(failed);
    }
    let find = |wanted: &dyn Fn(&engine::StepState) -> bool| {
        run.order
            .iter()
            .filter_map(|path| run.steps.get(path))
            .find(|step| wanted(step))
            .map(|step| step.path.clone())
    };
    let asks = |step: &engine::StepState| {
        step.status == StepStatus::Waiting
            && step.wait.as_ref().is_some_and(|wait| match wait.kind() {
                WaitKind::HumanTask
                | WaitKind::Checkpoint
                | WaitKind::Waitpoint
                | WaitKind::Chat => true,
                WaitKind::Timer | WaitKind::ChildRun => false,
            })
    };
    find(&asks)
        .or_else(|| find(&|step| step.status.is_in_flight()))
        .or_else(|| {
            let done = run
                .order
                .iter()
                .rev()
                .filter_map(|path| run.steps.get(path));
            done.filter(|step| step.status == StepStatus::Completed && step.path.parent().is_none())
                .max_by_key(|step| step.ended_at)
                .map(|step| step.path.clone())
        })
        .or_else(|| run.order.first().cloned())
}
