//! A message of the stream.

use crate::api::wire;
use model::RunId;
use serde::{Deserialize, de::DeserializeOwned};

/// What a message is about. The stream itself reads no further: whoever listens reads the rest, so that a screen without a
/// run does not bring along how events are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// `run:{id}`: the run's next events, in order.
    Run(RunId),
    /// `run:{id}`: what a model has said so far in an answer that is still coming.
    Saying(RunId),
    /// `runs` and `command-center`: a run changed.
    Runs,
    /// `health`: a check or what is set up changed.
    Health,
    /// `notifications`: how the person's inbox stands.
    Notifications,
    /// `audit`: the tenant's trail has new entries.
    Audit,
    /// `deliveries:{log}`: a message of the log is new, or came further.
    Deliveries,
    /// `bulk`: a bulk job came further.
    Bulk,
    /// The position asked for is too old: load again.
    Reset,
    /// A topic this console does not know.
    Unknown,
}

/// A message as it came. Its shape is `model::api::StreamMessage`.
#[derive(Debug, Clone)]
pub struct Message {
    pub about: About,
    data: String,
}

#[derive(Deserialize)]
struct Head {
    topic: String,
    run: Option<RunId>,
}

impl Message {
    /// `None` for what is no message.
    pub fn parse(data: String) -> Option<Self> {
        let head: Head = wire::read(&data).ok()?;
        let about = match (head.topic.as_str(), head.run) {
            ("run", Some(run)) => About::Run(run),
            ("saying", Some(run)) => About::Saying(run),
            ("runs", _) => About::Runs,
            ("health", _) => About::Health,
            ("notifications", _) => About::Notifications,
            ("audit", _) => About::Audit,
            ("deliveries", _) => About::Deliveries,
            ("bulk", _) => About::Bulk,
            ("reset", _) => About::Reset,
            _ => About::Unknown,
        };
        Some(Self { about, data })
    }

    /// The message's own fields; `None` where they are of another build's shape.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        wire::read(&self.data).ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use model::api::{SoFar, StreamMessage};
    use model::event::TryKey;

    #[test]
    fn every_message_of_the_runtime_is_told_apart() {
        let of = |message: &StreamMessage| {
            Message::parse(serde_json::to_string(message).unwrap())
                .unwrap()
                .about
        };
        let run = RunId::new("run_1");
        let events = StreamMessage::Run {
            run: run.clone(),
            events: Vec::new(),
        };
        assert_eq!(of(&events), About::Run(run.clone()));
        let saying = StreamMessage::Saying {
            run: run.clone(),
            key: TryKey {
                path: "plan".into(),
                attempt: 1,
                try_no: 1,
            },
            so_far: SoFar::default(),
        };
        assert_eq!(of(&saying), About::Saying(run));
        assert_eq!(of(&StreamMessage::Health), About::Health);
        assert_eq!(of(&StreamMessage::Audit), About::Audit);
        assert_eq!(of(&StreamMessage::Deliveries), About::Deliveries);
        let inbox = StreamMessage::Notifications {
            unread: 0,
            newest: None,
        };
        assert_eq!(of(&inbox), About::Notifications);
        assert_eq!(of(&StreamMessage::Bulk { job: None }), About::Bulk);
        assert_eq!(of(&StreamMessage::Reset), About::Reset);
        let other = Message::parse(r#"{"topic":"weather","run":null}"#.to_owned());
        assert_eq!(other.unwrap().about, About::Unknown);
        assert!(Message::parse("gone".to_owned()).is_none());
    }
}
