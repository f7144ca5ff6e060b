//! Messages of decisions that are past.

use super::{Batch, Draft};
use crate::store::StoreError;
use crate::store::record::{CauseRecord, NotificationRecord};
use model::UserId;

impl Batch<'_> {
    /// Nobody needs to decide it any more: once that holds for all that a message tells of, it is as good as read.
    pub(super) async fn settle(
        &mut self,
        cause: &CauseRecord,
        user: &UserId,
    ) -> Result<(), StoreError> {
        let Some(decision) = cause.decision() else {
            return Ok(());
        };
        let side = NotificationRecord::side_of(user, &cause.place, &cause.grouping());
        if !self.drafts.contains_key(&side) {
            let Some(draft) = self.kept(&side).await? else {
                return Ok(());
            };
            self.drafts.insert(side.clone(), draft);
        }
        if let Some(Draft { record, .. }) = self.drafts.get_mut(&side)
            && record.open.close(&decision)
        {
            let message = &mut record.notification;
            message.text.clone_from(&cause.text);
            message.settled_at = Some(cause.at);
            message.read_at = Some(self.now);
            message.desktop = false;
        }
        Ok(())
    }
}
