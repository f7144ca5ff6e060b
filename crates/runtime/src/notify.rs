//! Telling people. What they are to hear of is written as a cause in the transaction of what happened; the notifier turns
//! causes into messages of inboxes, and those into e-mail and webhooks.

pub mod cause;
mod credentials;
mod fan_out;
pub mod layers;
mod notifier;
pub mod outbox;

pub use notifier::{Notifier, Told};
pub use outbox::Outbox;
