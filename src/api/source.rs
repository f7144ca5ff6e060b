//! Where the page of a run reads: from the runtime, or from a report's file.

use super::{error::ApiError, events::EventFilter, report_file::ReportFile, runs, transport::Api};
use crate::routes::with_query;
use leptos::prelude::*;
use model::api::{EventPage, TranscriptPage};
use model::{RunId, StepPath};
use serde::de::DeserializeOwned;
use std::sync::Arc;

#[derive(Clone, Copy)]
pub enum Source {
    Runtime(Api),
    File(StoredValue<Arc<ReportFile>>),
}

impl Source {
    pub const fn is_file(self) -> bool {
        matches!(self, Self::File(_))
    }

    /// How many of the run's first events cannot be had from here.
    pub fn events_before(self) -> u64 {
        match self {
            Self::Runtime(_) => 0,
            Self::File(file) => file.with_value(|file| file.events_before()),
        }
    }

    /// Events after `after` that fit, at most `limit`.
    pub fn events(
        self,
        run: &RunId,
        filter: &EventFilter,
        after: u64,
        limit: u64,
    ) -> Answer<EventPage> {
        match self {
            Self::Runtime(api) => Answer::Ask(api, filter.path(run, after, limit)),
            Self::File(file) => {
                Answer::Here(file.with_value(|file| file.events(filter, after, limit)))
            }
        }
    }

    /// What a step did, after the event `after`.
    pub fn transcript(self, run: &RunId, step: &StepPath, after: u64) -> Answer<TranscriptPage> {
        match self {
            Self::Runtime(api) => {
                let path = runs::step_part(run, step, "/transcript");
                let path = with_query(&path, &[("after", &after.to_string())]);
                Answer::Ask(api, path)
            }
            Self::File(file) => Answer::Here(file.with_value(|file| file.transcript(step))),
        }
    }
}

/// An answer that is here, or is to be asked for. Made while the page stands, it may be waited for beyond that.
pub enum Answer<T> {
    Ask(Api, String),
    Here(T),
}

impl<T: DeserializeOwned> Answer<T> {
    pub async fn get(self) -> Result<T, ApiError> {
        match self {
            Self::Ask(api, path) => api.load(&path).await,
            Self::Here(value) => Ok(value),
        }
    }
}
