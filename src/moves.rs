//! The domain pieces around moves that several screens show: the sentence of why, the plan, the dialog before a move, the
//! forms of a decision, of a waitpoint and of a message to an agent; and what every form and every question before a deletion has. A page uses them; they
//! know no page.

pub mod act;
pub mod ask;
pub mod buttons;
pub mod chat;
pub mod decision;
pub mod desk;
mod dialog;
pub mod fixed;
pub mod form;
mod options;
pub mod plan_view;
pub mod reconnect;
mod send;
pub mod waitpoint;
pub mod why_line;
mod words;

pub use desk::{Ask, Desk};
pub use words::{icon, is_destructive, on_many};
