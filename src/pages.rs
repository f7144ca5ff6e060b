//! The screens, one folder each. What only one screen uses lives inside it; what several use stands in `ui/`, `moves/` or
//! `state/`.

pub mod audit;
pub mod bulk;
pub mod command_center;
pub mod compare;
pub mod file;
pub mod health;
pub mod help;
pub mod mission;
pub mod missions;
pub mod new_report;
pub mod not_found;
pub mod notifications;
pub mod queues;
pub mod report;
pub mod reports;
pub mod run;
pub mod runs;
pub mod settings;
pub mod shell;
pub mod sign_in;
pub mod waitpoints;
pub mod workflow;
pub mod workflows;
