//! Reading what the runtime sends.

use serde::{Deserialize, de::DeserializeOwned};

/// serde compiles the reading of a type anew for each kind of source it is read from. Flattened, every type inside is read
/// from the same kind as the tagged ones (events, steps), and so it is in the program once: a sixth of it is spared.
#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct Answer<T> {
    #[serde(flatten)]
    value: T,
}

/// Reads an object.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_str::<Answer<T>>(text).map(|answer| answer.value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use model::{
        EventKind,
        api::{Page, Problem},
    };

    #[test]
    fn an_answer_reads_as_it_would_directly() {
        let text = r#"{"items":[{"seq":1,"at":"2026-11-21T10:00:00Z","event":{"type":"run_dequeued","worker":"a"}}],
            "count":1,"count_is_exact":true}"#;
        let page: Page<model::Event> = read(text).unwrap();
        assert_eq!(page, serde_json::from_str(text).unwrap());
        assert!(matches!(page.items[0].event, EventKind::RunDequeued { .. }));
        assert!(read::<Problem>("<html>").is_err());
        assert!(read::<Problem>(r#"{"status":404}"#).is_err());
    }
}
