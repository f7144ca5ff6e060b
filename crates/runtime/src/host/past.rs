//! A run as it was when one of its attempts ended.

use super::{Host, HostError};
use crate::store::Place;
use engine::Run;
use model::RunId;
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
        let next = now.attempts.iter().find(|next| next.attempt == attempt + 1);
        let Some(next) = next.filter(|_| attempt > 0) else {
            return Ok(None);
        };
        let (run, _) = self.inner.fold(id, Some(next.seq)).await?;
        Ok(Some(Arc::new(run)))
    }
}
