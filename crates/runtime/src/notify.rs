//! Telling people. What they are to hear of is written as a cause in the transaction of what happened; the notifier turns
//! causes into messages of inboxes, and those into e-mail and webhooks.

pub mod cause;
pub mod courier;
mod credentials;
mod deliver;
mod fan_out;
pub mod layers;
mod notifier;
pub mod outbox;
mod outgoing;

pub use notifier::{Notifier, Told};
pub use outbox::Outbox;
