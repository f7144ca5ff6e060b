//! What is being written, and what would go with it: as the runtime says, or, while it does not answer, of what this tab has.

use crate::{
    api::{Api, ApiError, reports},
    state::{seen::Seen, session::Session},
    ui::time,
};
use engine::bundle::{Parts, bundle, step_of};
use leptos::prelude::*;
use model::RunId;
use model::report::{
    Attachment, Bundle, Client, ReportBody, ReportCategory, ReportForm, ReportPreview,
    ReportSeverity,
};
use std::collections::BTreeSet;

#[derive(Clone, Copy)]
pub struct Draft {
    pub api: Api,
    seen: Option<Seen>,
    run: StoredValue<RunId>,
    client: StoredValue<Client>,
    pub subject: RwSignal<String>,
    pub expected: RwSignal<String>,
    pub category: RwSignal<ReportCategory>,
    pub severity: RwSignal<ReportSeverity>,
    pub contact: RwSignal<String>,
    pub leave_out: RwSignal<BTreeSet<Attachment>>,
    pub preview: RwSignal<Option<ReportPreview>>,
    pub error: RwSignal<Option<ApiError>>,
    /// The runtime does not answer: what is attached is what this tab has seen.
    pub offline: RwSignal<bool>,
}

impl Draft {
    pub fn new(run: RunId) -> Self {
        let build = Session::get()
            .and_then(Session::me)
            .map_or_else(String::new, |me| me.build.clone());
        let window = window();
        let client = Client {
            build,
            browser: window.navigator().user_agent().unwrap_or_default(),
            page: window.location().pathname().unwrap_or_default(),
        };
        Self {
            api: Api::get(),
            seen: Seen::get(),
            run: StoredValue::new(run),
            client: StoredValue::new(client),
            subject: RwSignal::new(String::new()),
            expected: RwSignal::new(String::new()),
            category: RwSignal::new(ReportCategory::Failure),
            severity: RwSignal::new(ReportSeverity::Normal),
            contact: RwSignal::new(String::new()),
            leave_out: RwSignal::new(BTreeSet::new()),
            preview: RwSignal::new(None),
            error: RwSignal::new(None),
            offline: RwSignal::new(false),
        }
    }

    pub fn body(self) -> ReportBody {
        let text = |signal: RwSignal<String>| signal.with_untracked(|text| text.trim().to_owned());
        ReportBody {
            run: self.run.get_value(),
            form: ReportForm {
                subject: text(self.subject),
                expected: text(self.expected),
                category: self.category.get_untracked(),
                severity: self.severity.get_untracked(),
                contact: text(self.contact),
            },
            step: None,
            leave_out: self.leave_out.get_untracked(),
            client: Some(self.client.get_value()),
        }
    }

    /// Asks what would be sent as it stands.
    pub fn look(self) {
        let body = self.body();
        leptos::task::spawn_local(async move {
            let (preview, offline) = self.made(&body).await;
            // An answer to an earlier question is none to this one.
            if self.leave_out.try_get_untracked().as_ref() != Some(&body.leave_out) {
                return;
            }
            match preview {
                Ok(preview) => {
                    if self.subject.with_untracked(String::is_empty) {
                        self.subject.set(subject(&preview));
                    }
                    self.offline.set(offline);
                    self.error.set(None);
                    self.preview.set(Some(preview));
                }
                Err(error) => self.error.set(Some(error)),
            }
        });
    }

    /// What goes with `body`, and whether this tab had to make it because the runtime does not answer.
    pub async fn made(self, body: &ReportBody) -> (Result<ReportPreview, ApiError>, bool) {
        match reports::preview(self.api, body).await {
            Err(ApiError::Unreachable { asked }) => (
                self.of_tab(body).ok_or(ApiError::Unreachable { asked }),
                true,
            ),
            answer => (answer, false),
        }
    }

    /// What the runtime would attach, made of what this tab has seen; `None` where it has not seen the run.
    fn of_tab(self, body: &ReportBody) -> Option<ReportPreview> {
        let seen = self.seen?.find(&body.run)?;
        let (run, world) = seen.run.clone()?;
        let step = step_of(&run);
        let transcript = step.as_ref().map(|step| seen.transcript(step));
        let bundle = bundle(Parts {
            run: &run,
            world,
            step,
            journal: &seen.journal(),
            transcript: &transcript.unwrap_or_default(),
            // Checks are the runtime's to tell.
            health: Vec::new(),
            client: body.client.clone(),
            form: body.form.clone(),
            leave_out: &body.leave_out,
            report: None,
            made_at: time::present(),
            made_by: Bundle::BY_CONSOLE,
        });
        Some(ReportPreview {
            bundle,
            duplicates: Vec::new(),
            to: None,
        })
    }
}

/// A first proposal: "`LLM_REQUEST_FAILED` at Draft quote".
fn subject(preview: &ReportPreview) -> String {
    let attached = &preview.bundle.attached;
    let what = attached.failure.as_ref().map_or_else(
        || {
            attached
                .run
                .as_ref()
                .map_or_else(String::new, |run| run.title.clone())
        },
        |failure| failure.code.to_string(),
    );
    match &attached.step {
        Some(step) => format!("{what} at {}", step.name),
        None => what,
    }
}
