//! A run as it was when one of its attempts ended.

use super::{Host, HostError};
use crate::store::{EventQuery, Place};
use engine::Run;
use model::{EventKind, RunId};
use std::sync::Arc;

impl Host {
    /// The fold of the journal up to the end of an attempt; up to now for the current one. `None` where there is no such attempt.
    pub async fn at_end_of(
        &self,
        place: &Place,
        id: &RunId,
        attempt: u32,
    ) -> Result<Option<Arc<Run>>, HostError> {
        let now = self.snapshot(place, id).await?.run;
        if attempt == now.attempt {
            return Ok(Some(now));
        }
        let next = self
            .inner
            .store
            .events(EventQuery {
                types: vec!["attempt_started".to_owned()],
                ..EventQuery::all(id.clone())
            })
            .await?
            .into_iter()
            .find(|event| {
                matches!(&event.event, EventKind::AttemptStarted { attempt: begun, .. } if *begun == attempt + 1)
            })
            .filter(|_| attempt > 0);
        let Some(next) = next else { return Ok(None) };
        let run = self.inner.fold(id, Some(next.seq)).await?;
        Ok(Some(Arc::new(run)))
    }
}
