//! The report's file that this tab shows, if any. It stays in the tab: a reload shows it again.

use super::storage;
use crate::{api::report_file::ReportFile, routes::Area, ui::file};
use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use send_wrapper::SendWrapper;
use std::sync::Arc;

const NAME: &str = "signalbox.file.name";
const TEXT: &str = "signalbox.file.text";

#[derive(Debug, Clone, PartialEq)]
pub enum Opened {
    Nothing,
    Reading(String),
    /// The file's name, and why it cannot be shown.
    Failed(String, String),
    There(String, Arc<ReportFile>),
}

/// From context; lives as long as the page is loaded.
#[derive(Clone, Copy)]
pub struct OpenedFile {
    chosen: RwSignal<Option<SendWrapper<web_sys::File>>>,
    state: RwSignal<Opened>,
}

impl OpenedFile {
    pub fn provide() -> Self {
        let opened = Self {
            chosen: RwSignal::new(None),
            state: RwSignal::new(Opened::Nothing),
        };
        provide_context(opened);
        opened
    }

    pub fn get() -> Option<Self> {
        use_context()
    }

    /// Chooses the file that is to be shown; the screen of files reads it.
    pub fn choose(self, file: web_sys::File) {
        self.chosen.set(Some(SendWrapper::new(file)));
    }

    pub fn state(self) -> Opened {
        self.state.get()
    }

    /// The file that is shown.
    pub fn file(self) -> Option<Arc<ReportFile>> {
        self.state.with(|state| match state {
            Opened::There(_, file) => Some(file.clone()),
            Opened::Nothing | Opened::Reading(_) | Opened::Failed(..) => None,
        })
    }

    pub fn close(self) {
        storage::write_tab(NAME, None);
        storage::write_tab(TEXT, None);
        self.state.set(Opened::Nothing);
    }

    /// Reads what is chosen, now and whenever another is; else what this tab showed before a reload.
    pub fn follow(self) {
        if self.state.with_untracked(|state| *state == Opened::Nothing)
            && let (Some(name), Some(text)) = (storage::read_tab(NAME), storage::read_tab(TEXT))
        {
            self.show(name, &text);
        }
        Effect::new(move || {
            let Some(file) = self.chosen.get() else {
                return;
            };
            self.chosen.set(None);
            let name = file.name();
            self.state.set(Opened::Reading(name.clone()));
            leptos::task::spawn_local(async move {
                match file::text_of(&file).await {
                    Some(text) => {
                        self.show(name.clone(), &text);
                        storage::write_tab(NAME, Some(&name));
                        storage::write_tab(TEXT, Some(&text));
                    }
                    None => self.state.set(Opened::Failed(
                        name,
                        "The browser could not read it, or it is damaged or no text.".to_owned(),
                    )),
                }
            });
        });
    }

    fn show(self, name: String, text: &str) {
        self.state.set(match ReportFile::read(text) {
            Ok(file) => Opened::There(name, Arc::new(file)),
            Err(why) => Opened::Failed(name, why.to_string()),
        });
    }
}

/// Opens a report's file that is dropped anywhere; whether one is over the page now. A place that takes files itself
/// (the audit trail's check) keeps what is dropped on it.
pub fn take_dropped_files() -> RwSignal<bool> {
    let over = RwSignal::new(false);
    let Some(opened) = OpenedFile::get() else {
        return over;
    };
    let navigate = use_navigate();
    let has_file = |event: &ev::DragEvent| {
        let types = event.data_transfer().map(|data| data.types());
        types.is_some_and(|types| types.iter().any(|one| one == "Files"))
    };
    let moved = window_event_listener(ev::dragover, move |event| {
        let ours = !event.default_prevented() && has_file(&event);
        if ours {
            event.prevent_default();
        }
        if over.get_untracked() != ours {
            over.set(ours);
        }
    });
    let left = window_event_listener(ev::dragleave, move |event| {
        // Out of the window; from one element to the next it has somewhere to go.
        if event.related_target().is_none() {
            over.set(false);
        }
    });
    let dropped = window_event_listener(ev::drop, move |event| {
        over.set(false);
        if event.default_prevented() {
            return;
        }
        if let Some(file) = event.data_transfer().and_then(|data| data.files()?.get(0)) {
            event.prevent_default();
            opened.choose(file);
            navigate(Area::FILE, NavigateOptions::default());
        }
    });
    on_cleanup(move || {
        for listener in [moved, left, dropped] {
            listener.remove();
        }
    });
    over
}
