//! Quiet hours, in the clock of the person who wants them.

use crate::time::Timestamp;
use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use serde::{Deserialize, Serialize};

/// The hours of each day in which nothing but the inbox and webhooks speaks. `from` after `to` goes over midnight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// `22:00`.
    pub from: String,
    /// `07:00`.
    pub to: String,
    /// The IANA name of the time zone, whose summer time is followed: `Europe/Berlin`.
    pub zone: String,
}

/// Why quiet hours cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuietMistake {
    #[error("{0:?} is not a time of day. Write it as 22:00.")]
    Time(String),
    #[error("Quiet hours that begin and end at the same time would be none.")]
    Empty,
    #[error("{0:?} is not a time zone. Name one of the IANA list, such as Europe/Berlin or UTC.")]
    Zone(String),
}

impl QuietHours {
    /// When the quiet at `now` ends; `None` while nothing is quiet. `zone` is what [`QuietHours::zone`] names.
    pub fn until<Z: TimeZone>(
        &self,
        zone: &Z,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, QuietMistake> {
        let (from, to) = (time(&self.from)?, time(&self.to)?);
        if from == to {
            return Err(QuietMistake::Empty);
        }
        let Some(utc) = DateTime::<Utc>::from_timestamp_millis(now.millis()) else {
            return Ok(None);
        };
        let local = utc.with_timezone(zone).naive_local();
        let quiet = if from < to {
            local.time() >= from && local.time() < to
        } else {
            local.time() >= from || local.time() < to
        };
        if !quiet {
            return Ok(None);
        }
        let tomorrow = from > to && local.time() >= from;
        let day = if tomorrow {
            local.date().succ_opt().unwrap_or(NaiveDate::MAX)
        } else {
            local.date()
        };
        Ok(Some(moment(zone, day.and_time(to)).max(now.plus_ms(1))))
    }
}

/// A local time as a moment: the earlier one when clocks were set back, the first that exists when they were set forward.
fn moment<Z: TimeZone>(zone: &Z, local: NaiveDateTime) -> Timestamp {
    (0..=8)
        .find_map(|quarter| {
            zone.from_local_datetime(&(local + Duration::minutes(15 * quarter)))
                .earliest()
        })
        .map_or_else(
            || Timestamp::from_millis(local.and_utc().timestamp_millis()),
            |at| Timestamp::from_millis(at.timestamp_millis()),
        )
}

fn time(text: &str) -> Result<NaiveTime, QuietMistake> {
    NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| QuietMistake::Time(text.to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::FixedOffset;

    fn hours(from: &str, to: &str) -> QuietHours {
        QuietHours {
            from: from.into(),
            to: to.into(),
            zone: "Etc/GMT-2".into(),
        }
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn a_night_ends_in_the_morning_of_the_persons_own_clock() {
        let zone = FixedOffset::east_opt(2 * 3600).unwrap();
        let night = hours("22:00", "07:00");
        let until = |text: &str| night.until(&zone, at(text)).unwrap();
        // 23:30 on their clock.
        assert_eq!(
            until("2026-11-20T21:30:00Z"),
            Some(at("2026-11-21T05:00:00Z"))
        );
        // 03:00 on their clock, the next day already.
        assert_eq!(
            until("2026-11-21T01:00:00Z"),
            Some(at("2026-11-21T05:00:00Z"))
        );
        assert_eq!(until("2026-11-21T05:00:00Z"), None);
        assert_eq!(until("2026-11-21T19:59:59Z"), None);
        assert!(until("2026-11-21T20:00:00Z").is_some());
    }

    #[test]
    fn a_quiet_noon_stays_in_its_day() {
        let zone = FixedOffset::east_opt(0).unwrap();
        let noon = hours("12:00", "13:00");
        assert_eq!(
            noon.until(&zone, at("2026-11-20T12:30:00Z")).unwrap(),
            Some(at("2026-11-20T13:00:00Z"))
        );
        assert_eq!(noon.until(&zone, at("2026-11-20T13:00:00Z")).unwrap(), None);
    }

    #[test]
    fn nonsense_is_named() {
        let zone = FixedOffset::east_opt(0).unwrap();
        let now = at("2026-11-20T12:30:00Z");
        assert_eq!(
            hours("25:00", "07:00").until(&zone, now),
            Err(QuietMistake::Time("25:00".into()))
        );
        assert_eq!(
            hours("07:00", "07:00").until(&zone, now),
            Err(QuietMistake::Empty)
        );
    }
}
