//! The pure heart of Signalbox. A run is a journal of events and one function folds it: the runtime folds it to decide, the
//! console folds the same journal to show and to plan. Nothing here reads a clock, a random number, a file or a network.
//!
//! ```text
//! Command ──decide──▶ events ──apply──▶ Run ──effects──▶ what should be in flight ──results──▶ Command
//! ```
//!
//! A host of large runs calls [`execute`] (no copy of the run) and then asks [`effect_of`] for the steps its events name,
//! and [`next_timer`], instead of deriving all [`effects`] after each command.

pub mod bulk;
pub mod bundle;
pub mod command;
pub mod effect;
pub mod expr;
pub mod replay;
pub mod snapshot;
pub mod state;
pub mod template;
pub mod view;

mod apply;
mod create;
mod derive;
mod effects;
mod execute;
mod graph;
mod import;
mod index;
mod legal;
mod moves;
mod plan;
mod scope;
mod validate;
mod why;

pub use apply::{apply, fold};
pub use command::{Command, CreateRun, Refusal};
pub use create::create;
pub use derive::{STALL_MS, is_stalled, needs_attention, primary_move, progress, row};
pub use effect::{Call, Effect, TimerKind};
pub use effects::{effect_of, effects, next_timer, queue_place};
pub use execute::{decide, execute};
pub use import::{Import, ImportError};
pub use legal::{by_status as may_move, check as check_move};
pub use moves::moves;
pub use plan::{plan, same_failure_twice};
pub use state::{Run, Sandbox, StepState};
pub use validate::{Catalog, LuaCheck, SchemaCheck, Tool, parse_workflow, validate};
pub use view::{QueueState, RunView, World};
pub use why::why;
