//! What a queue's numbers mean, in words.

use crate::ui::{
    icon::Glyph,
    status::{Look, Tone},
};
use model::api::QueueRow;

/// How a queue stands.
pub fn verdict(row: &QueueRow) -> (Look, String) {
    let say = |glyph, tone, words: String| {
        (
            Look {
                glyph,
                tone,
                word: "",
            },
            words,
        )
    };
    if let Some(by) = &row.paused_by {
        return say(Glyph::Paused, Tone::Wait, format!("Paused by {}", by.name));
    }
    match (row.depth, row.in_use) {
        (0, 0) => say(Glyph::Success, Tone::Ok, "Idle".into()),
        (0, _) => say(Glyph::Running, Tone::Run, "Nothing waits".into()),
        (_, in_use) if in_use >= row.limit => {
            say(Glyph::Waiting, Tone::Wait, "At its limit".into())
        }
        (_, 0) => say(Glyph::Blocked, Tone::Block, "No worker is pulling".into()),
        (_, _) => say(Glyph::Running, Tone::Run, "Moving".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Actor;

    fn row(depth: u64, in_use: u32) -> QueueRow {
        QueueRow {
            name: "default".into(),
            limit: 4,
            in_use,
            depth,
            delayed: 0,
            paused_by: None,
            paused_at: None,
            last_dequeue_at: None,
        }
    }

    #[test]
    fn numbers_become_words() {
        let words = |row: &QueueRow| verdict(row).1;
        assert_eq!(words(&row(0, 0)), "Idle");
        assert_eq!(words(&row(0, 3)), "Nothing waits");
        assert_eq!(words(&row(9, 4)), "At its limit");
        assert_eq!(words(&row(9, 0)), "No worker is pulling");
        assert_eq!(words(&row(1, 2)), "Moving");
        let paused = QueueRow {
            paused_by: Some(Actor::system()),
            ..row(9, 4)
        };
        assert_eq!(words(&paused), "Paused by Signalbox");
    }
}
