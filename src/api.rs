//! The typed client of the runtime's API: one file a resource over one transport, and the event stream.

pub mod access;
pub mod artifacts;
pub mod attention;
pub mod audit;
pub mod bulk;
pub mod channels;
pub mod chat;
pub mod error;
pub mod events;
pub mod face;
pub mod guides;
pub mod health;
pub mod missions;
pub mod notifications;
pub mod providers;
pub mod query;
pub mod queues;
pub mod removal;
pub mod report_file;
pub mod reports;
pub mod runs;
pub mod session;
pub mod source;
pub mod stream;
pub mod support;
pub mod tasks;
pub mod transport;
pub mod waitpoints;
pub mod wire;
pub mod workflows;

pub use error::ApiError;
pub use face::ErrorFace;
pub use query::Query;
pub use source::Source;
pub use transport::{ActionKey, Api};
