//! How a job and its runs are shown.

use crate::ui::{
    icon::Glyph,
    status::{Look, Tone},
};
use model::api::{BulkOutcome, BulkState};

pub const fn look(state: BulkState) -> Look {
    let (glyph, tone) = match state {
        BulkState::Running => (Glyph::Running, Tone::Run),
        BulkState::Completed => (Glyph::Success, Tone::Ok),
        BulkState::Stopped => (Glyph::Cancelled, Tone::Idle),
    };
    Look {
        glyph,
        tone,
        word: state.shown(),
    }
}

/// `stopped` says that nobody gets a turn any more.
pub const fn outcome_look(outcome: BulkOutcome, stopped: bool) -> Look {
    let (glyph, tone) = match outcome {
        BulkOutcome::Done => (Glyph::Success, Tone::Ok),
        BulkOutcome::Refused => (Glyph::Rejected, Tone::Fail),
        BulkOutcome::Waiting => (Glyph::Queued, Tone::Idle),
    };
    Look {
        glyph,
        tone,
        word: outcome_word(outcome, stopped),
    }
}

pub const fn outcome_word(outcome: BulkOutcome, stopped: bool) -> &'static str {
    match outcome {
        BulkOutcome::Waiting if stopped => "Left as it was",
        BulkOutcome::Done | BulkOutcome::Refused | BulkOutcome::Waiting => outcome.shown(),
    }
}
