//! How a token stands: good, about to end, or over.

use crate::ui::{
    icon::{Glyph, StatusGlyph},
    status::Tone,
};
use leptos::prelude::*;
use model::Timestamp;
use model::api::Pat;

/// How long before its end a token is pointed out; the notification comes at the same time.
const SOON_MS: u64 = 7 * 24 * 3_600 * 1_000;
/// How a token stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Good,
    /// It ends within [`SOON_MS`].
    Ending,
    Expired,
    Revoked,
}

impl Standing {
    /// It lets nobody in any more.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Expired | Self::Revoked)
    }
}

pub fn standing(pat: &Pat, now: Timestamp) -> Standing {
    match (pat.revoked_at, pat.expires_at) {
        (Some(_), _) => Standing::Revoked,
        (None, Some(at)) if at <= now => Standing::Expired,
        (None, Some(at)) if at <= now.plus_ms(SOON_MS) => Standing::Ending,
        (None, _) => Standing::Good,
    }
}

/// The badge of one that is not simply good.
pub fn mark(stands: Standing) -> Option<AnyView> {
    let (tone, glyph, word) = match stands {
        Standing::Good => return None,
        Standing::Ending => (Tone::Wait, Glyph::Expired, "Expires soon"),
        Standing::Expired => (Tone::Idle, Glyph::Expired, "Expired"),
        Standing::Revoked => (Tone::Idle, Glyph::Cancelled, "Revoked"),
    };
    Some(
        view! {
            <span class=format!("badge badge--m {}", tone.class())>
                <StatusGlyph glyph />
                <span class="badge__word">{word}</span>
            </span>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn pat(expires_ms: Option<i64>, revoked_ms: Option<i64>) -> Pat {
        Pat {
            id: "tok_1".into(),
            name: "Nightly import".into(),
            hint: "abcd".into(),
            scopes: BTreeSet::new(),
            role: None,
            project: None,
            ai: false,
            owner: "usr_1".into(),
            owner_name: "Ann".into(),
            created_at: Timestamp::from_millis(0),
            expires_at: expires_ms.map(Timestamp::from_millis),
            revoked_at: revoked_ms.map(Timestamp::from_millis),
            last_used_at: None,
            last_used_ip: None,
        }
    }

    #[test]
    fn a_token_is_pointed_out_a_week_before_its_end() {
        let now = Timestamp::from_millis(1_000);
        let week = 1_000 + SOON_MS as i64;
        for (expires, revoked, expected) in [
            (None, None, Standing::Good),
            (Some(week + 1), None, Standing::Good),
            (Some(week), None, Standing::Ending),
            (Some(1_000), None, Standing::Expired),
            (Some(week), Some(900), Standing::Revoked),
            (Some(500), Some(900), Standing::Revoked),
        ] {
            assert_eq!(standing(&pat(expires, revoked), now), expected);
        }
    }
}
