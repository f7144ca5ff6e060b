#![allow(clippy::unwrap_used)]
//! Model calls over real HTTP, and Mock Mode.

#[path = "../support/provider.rs"]
mod provider;
#[path = "../support/step.rs"]
mod step;

mod answers;
mod asking;
mod check;
mod mock;
mod refusals;
