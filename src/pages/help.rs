//! Help: guides to what stops runs, and what the words of the console mean.

mod codes;
mod guide;
mod guides;
mod index;
mod meaning;
mod text;

pub use codes::Codes;
pub use guide::GuidePage;
pub use index::Help;
