//! What the page of one workflow knows: the draft as it is written, how it differs from what is saved, and what is wrong
//! with it. It lives as long as the page, whichever tab is open.

use super::{
    document::{StepEntry, format, steps},
    kept,
    places::{Spot, byte_at, find, spots, step_at},
};
use crate::{
    api::{ActionKey, Api, ApiError, Query, workflows},
    routes::param::{Address, Step, param},
    state::session,
    ui::{
        code_editor::EditorHandle,
        toast::{Toast, Toasts},
    },
};
use leptos::prelude::*;
use model::api::{Issue, Report, WorkflowView};
use model::{Role, Scope, Timestamp, WorkflowId};
use serde_json::Value;
use std::sync::Arc;

/// What was last loaded or saved: the text goes on from it.
#[derive(Debug, Clone, PartialEq)]
struct Base {
    revision: u64,
    text: String,
    draft: Value,
}

/// What the runtime found, and in which document.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    pub document: Arc<Value>,
    pub report: Report,
    pub at: Timestamp,
}

/// Somebody else's draft, saved while this one was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    pub revision: u64,
    pub draft: Value,
    pub by: String,
}

/// The text as a document, or where it stops being JSON.
pub type Read = Result<Arc<Value>, (usize, String)>;

/// The state of the page; `Copy`, made once.
#[derive(Clone, Copy)]
pub struct Studio {
    pub id: StoredValue<WorkflowId>,
    pub query: Query<WorkflowView>,
    pub text: RwSignal<String>,
    pub read: Memo<Read>,
    pub spots: Memo<Arc<Vec<Spot>>>,
    /// The steps of the text; of the last one that was JSON where it is none now.
    pub steps: Memo<Arc<Vec<StepEntry>>>,
    pub editor: EditorHandle,
    /// The pointer of the chosen step: `/steps/2`.
    pub chosen: Memo<Option<String>>,
    pub checked: RwSignal<Option<Checked>>,
    pub checking: RwSignal<bool>,
    pub saving: RwSignal<bool>,
    pub conflict: RwSignal<Option<Conflict>>,
    /// The text was found in this browser: an earlier visit left it unsaved.
    pub restored: RwSignal<bool>,
    /// Why this person may not change the workflow now.
    pub locked: Signal<Option<String>>,
    base: RwSignal<Option<Base>>,
    address: StoredValue<Address>,
    api: Api,
    toasts: Option<Toasts>,
}

impl Studio {
    pub fn new(id: WorkflowId) -> Self {
        let path = workflows::path(&id);
        let query = Query::<WorkflowView>::get(move || Some(path.clone()));
        let text = RwSignal::new(String::new());
        let read = Memo::new(move |_| text.with(|text| parse(text)));
        let spots = Memo::new(move |_| text.with(|text| Arc::new(spots(text))));
        let entries =
            Memo::new(
                move |before: Option<&Arc<Vec<StepEntry>>>| match (read.get(), before) {
                    (Ok(document), _) => Arc::new(steps(&document)),
                    (Err(_), Some(before)) => before.clone(),
                    (Err(_), None) => Arc::default(),
                },
            );
        let wanted = param("step");
        let chosen = Memo::new(move |_| {
            let id = wanted.get();
            let found = entries.with(|all| {
                all.iter()
                    .find(|step| step.id == id)
                    .map(|step| step.pointer.clone())
            });
            found.or_else(|| super::places::is_step(&id).then_some(id))
        });
        let denied = session::denied(Role::ProjectContributor, Scope::WorkflowRun);
        let archived = Memo::new(move |_| query.data().is_some_and(|view| view.row.archived));
        let locked = Signal::derive(move || {
            denied.get().or_else(|| {
                archived
                    .get()
                    .then(|| "The workflow is archived. Bring it back to change it.".to_owned())
            })
        });
        let studio = Self {
            id: StoredValue::new(id),
            query,
            text,
            read,
            spots,
            steps: entries,
            editor: EditorHandle::new(),
            chosen,
            checked: RwSignal::new(None),
            checking: RwSignal::new(false),
            saving: RwSignal::new(false),
            conflict: RwSignal::new(None),
            restored: RwSignal::new(false),
            locked,
            base: RwSignal::new(None),
            address: StoredValue::new(Address::get()),
            api: Api::get(),
            toasts: Toasts::get(),
        };
        studio.follow_runtime();
        studio.keep_unsaved();
        studio.follow_caret();
        studio
    }

    /// Takes over what the runtime has, where nothing written here stands against it.
    fn follow_runtime(self) {
        Effect::new(move || {
            let Some(view) = self.query.data() else {
                return;
            };
            let now = self.base.get_untracked();
            if now
                .as_ref()
                .is_some_and(|base| base.revision == view.revision)
            {
                return;
            }
            let fresh = Base {
                revision: view.revision,
                text: format(&view.draft),
                draft: view.draft.clone(),
            };
            match now {
                None => {
                    let kept = self
                        .id
                        .with_value(kept::read)
                        .filter(|kept| kept.text != fresh.text);
                    let (text, base) = match kept {
                        // Written on top of an earlier revision: saving finds out whether that matters.
                        Some(kept) => {
                            self.restored.set(true);
                            (
                                kept.text,
                                Base {
                                    revision: kept.revision,
                                    ..fresh
                                },
                            )
                        }
                        None => (fresh.text.clone(), fresh),
                    };
                    self.base.set(Some(base));
                    self.text.set(text);
                }
                // Published or archived: the draft itself is the same.
                Some(base) if base.draft == view.draft => {
                    self.base.set(Some(Base {
                        revision: view.revision,
                        ..base
                    }));
                }
                Some(_) if self.is_dirty_untracked() => {}
                Some(_) => {
                    self.text.set(fresh.text.clone());
                    self.base.set(Some(fresh));
                }
            }
        });
    }

    /// Unsaved text outlives the page: it is kept in this browser until it is saved or thrown away.
    fn keep_unsaved(self) {
        Effect::new(move || {
            let dirty = self.is_dirty();
            let revision = self
                .base
                .with(|base| base.as_ref().map(|base| base.revision));
            let Some(revision) = revision else { return };
            self.id.with_value(|id| {
                if dirty {
                    self.text.with(|text| kept::write(id, revision, text));
                } else {
                    kept::forget(id);
                }
            });
            if !dirty {
                self.restored.set(false);
            }
        });
        let guard = window_event_listener(leptos::ev::beforeunload, move |event| {
            if self.base.try_get_untracked().is_some() && self.is_dirty_untracked() {
                event.prevent_default();
            }
        });
        on_cleanup(move || guard.remove());
    }

    /// The step around the caret is the chosen one.
    fn follow_caret(self) {
        Effect::new(move |before: Option<usize>| {
            let caret = self.editor.caret.get();
            if before.is_some_and(|before| before != caret) {
                let pointer = self
                    .spots
                    .with_untracked(|spots| step_at(spots, caret).map(top_level));
                if let Some(pointer) = pointer {
                    self.choose(&pointer);
                }
            }
            caret
        });
    }

    /// Chooses a step by its pointer; the address names it by its id.
    pub fn choose(self, pointer: &str) {
        if self.chosen.get_untracked().as_deref() == Some(pointer) {
            return;
        }
        let id = self.steps.with_untracked(|all| {
            all.iter()
                .find(|step| step.pointer == pointer)
                .map(|step| step.id.clone())
        });
        self.address
            .with_value(|address| address.set(&[("step", id)], Step::Replace));
    }

    /// Shows where a pointer stands in the text; with `focus` the keyboard goes there.
    pub fn show(self, pointer: &str, focus: bool) {
        let range = self
            .spots
            .with_untracked(|spots| find(spots, pointer).map(|spot| (spot.start, spot.end)));
        if let Some((start, end)) = range {
            self.editor
                .go(start, if focus { end } else { start }, focus);
        }
    }

    pub fn is_dirty(self) -> bool {
        self.base.with(|base| {
            base.as_ref()
                .is_some_and(|base| self.text.with(|text| *text != base.text))
        })
    }

    pub fn is_dirty_untracked(self) -> bool {
        untrack(|| self.is_dirty())
    }

    /// Why the text cannot be saved as it is.
    pub fn unsavable(self) -> Option<String> {
        let (line, why) = match self.read.get() {
            Ok(document) if document.is_object() => return None,
            Ok(_) => return Some("A workflow is a JSON object.".to_owned()),
            Err((byte, why)) => (self.line_of(byte), why),
        };
        Some(format!("The text is no JSON. Line {}: {why}.", line + 1))
    }

    fn line_of(self, byte: usize) -> usize {
        self.text.with(|text| {
            text.bytes()
                .take(byte)
                .filter(|letter| *letter == b'\n')
                .count()
        })
    }

    /// Rewrites the text in the usual form; nothing is lost or moved.
    pub fn format(self) {
        if let Ok(document) = self.read.get_untracked() {
            let new = format(&document);
            if self.text.with_untracked(|text| *text != new) {
                self.text.set(new);
            }
        }
    }

    /// Throws away what is not saved.
    pub fn discard(self) {
        if let Some(view) = self.query.data() {
            let fresh = Base {
                revision: view.revision,
                text: format(&view.draft),
                draft: view.draft.clone(),
            };
            self.text.set(fresh.text.clone());
            self.base.set(Some(fresh));
        }
        self.restored.set(false);
    }

    /// Saves the text, then does what comes after.
    pub fn save(self, after: Option<Callback<()>>) {
        let (Some(base), Ok(document)) = (self.base.get_untracked(), self.read.get_untracked())
        else {
            return;
        };
        if self.saving.get_untracked() {
            return;
        }
        self.send((*document).clone(), base.revision, after);
    }

    /// Saves the text over what somebody else saved.
    pub fn save_over(self, revision: u64) {
        if let Ok(document) = self.read.get_untracked() {
            self.conflict.set(None);
            self.send((*document).clone(), revision, None);
        }
    }

    fn send(self, draft: Value, seen: u64, after: Option<Callback<()>>) {
        let text = self.text.get_untracked();
        let Some(id) = self.id.try_get_value() else {
            return;
        };
        self.saving.set(true);
        leptos::task::spawn_local(async move {
            let answer = workflows::save(self.api, &id, draft, &ActionKey::fresh(), seen).await;
            self.saving.try_set(false);
            match answer {
                Ok(saved) => {
                    let view = saved.value;
                    let base = Base {
                        revision: view.revision,
                        text,
                        draft: view.draft.clone(),
                    };
                    if self.base.try_set(Some(base)).is_none() {
                        self.query.set(view);
                        if let Some(after) = after {
                            after.run(());
                        }
                    }
                }
                Err(error) => match conflict(&error) {
                    Some(conflict) => drop(self.conflict.try_set(Some(conflict))),
                    None => self.complain(&error),
                },
            }
        });
    }

    /// Takes over what somebody else saved; what is written here is thrown away.
    pub fn take_theirs(self, theirs: &Conflict) {
        self.conflict.set(None);
        let base = Base {
            revision: theirs.revision,
            text: format(&theirs.draft),
            draft: theirs.draft.clone(),
        };
        self.text.set(base.text.clone());
        self.base.set(Some(base));
        self.query.reload();
    }

    /// Asks the runtime what is wrong with the text, and says how it went.
    pub fn validate(self) {
        let Ok(document) = self.read.get_untracked() else {
            return;
        };
        let Some(id) = self.id.try_get_value() else {
            return;
        };
        self.checking.set(true);
        leptos::task::spawn_local(async move {
            let answer = workflows::validate(self.api, &id, (*document).clone()).await;
            self.checking.try_set(false);
            match answer {
                Ok(report) => {
                    self.checked.try_set(Some(Checked {
                        document,
                        report,
                        at: crate::ui::time::present(),
                    }));
                }
                Err(error) => match not_a_workflow(&error) {
                    Some(report) => {
                        self.checked.try_set(Some(Checked {
                            document,
                            report,
                            at: crate::ui::time::present(),
                        }));
                    }
                    None => self.complain(&error),
                },
            }
        });
    }

    pub fn complain(self, error: &ApiError) {
        if let Some(toasts) = self.toasts {
            toasts.push(Toast::failed(error.line()));
        }
    }

    pub fn say(self, toast: Toast) {
        if let Some(toasts) = self.toasts {
            toasts.push(toast);
        }
    }

    pub fn api(self) -> Api {
        self.api
    }

    /// The revision the text goes on from.
    pub fn revision(self) -> Option<u64> {
        self.base
            .with(|base| base.as_ref().map(|base| base.revision))
    }
}

fn parse(text: &str) -> Read {
    serde_json::from_str(text).map(Arc::new).map_err(|error| {
        let said = error.to_string();
        let why = said
            .rsplit_once(" at line ")
            .map_or(said.as_str(), |(why, _)| why)
            .to_owned();
        (byte_at(text, error.line(), error.column()), why)
    })
}

/// `/steps/2/steps/0` → `/steps/2`: the canvas shows the steps of the top level.
fn top_level(pointer: &str) -> String {
    pointer.split('/').take(3).collect::<Vec<_>>().join("/")
}

/// What stands in the runtime after a lost race.
fn conflict(error: &ApiError) -> Option<Conflict> {
    let ApiError::Problem(problem) = error else {
        return None;
    };
    if problem.status != 409 {
        return None;
    }
    let current = problem.current.as_ref()?;
    Some(Conflict {
        revision: current.get("revision")?.as_u64()?,
        draft: current.get("draft")?.clone(),
        by: current
            .pointer("/row/updated_by/name")
            .and_then(Value::as_str)
            .unwrap_or("somebody")
            .to_owned(),
    })
}

/// What a document that is no workflow lacks, as a report.
fn not_a_workflow(error: &ApiError) -> Option<Report> {
    let ApiError::Problem(problem) = error else {
        return None;
    };
    if problem.status != 422 || problem.errors.is_empty() {
        return None;
    }
    let errors = problem.errors.iter().map(|error| Issue {
        code: problem.code.clone(),
        // The pointer is from the body that was sent or from the document, as the runtime read it.
        pointer: error
            .pointer
            .strip_prefix("/document")
            .unwrap_or(&error.pointer)
            .to_owned(),
        step: None,
        message: error.message.clone(),
        suggestion: error.suggestion.clone(),
    });
    Some(Report {
        errors: errors.collect(),
        warnings: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::api::Problem;
    use serde_json::json;

    #[test]
    fn what_is_no_json_says_where_it_stops() {
        assert_eq!(
            parse("{\n  \"a\": }"),
            Err((9, "expected value".to_owned()))
        );
        assert!(parse("{}").is_ok());
    }

    #[test]
    fn a_lost_race_carries_the_other_draft() {
        let current = json!({ "revision": 7, "draft": { "name": "x" }, "row": { "updated_by": { "name": "Ana" } } });
        let lost = Problem {
            status: 409,
            current: Some(current),
            ..Problem::default()
        };
        let found = conflict(&ApiError::Problem(Box::new(lost)));
        assert_eq!(
            found.map(|found| (found.revision, found.by)),
            Some((7, "Ana".to_owned()))
        );
        let taken = Problem {
            status: 409,
            code: "name_taken".into(),
            ..Problem::default()
        };
        assert_eq!(conflict(&ApiError::Problem(Box::new(taken))), None);
    }

    #[test]
    fn a_step_in_a_loop_belongs_to_its_loop() {
        assert_eq!(top_level("/steps/2/steps/0"), "/steps/2");
        assert_eq!(top_level("/steps/2"), "/steps/2");
    }
}
