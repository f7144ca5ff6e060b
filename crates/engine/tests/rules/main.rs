//! The rules of runs, one by one.

#![allow(clippy::unwrap_used)]

mod agents;
mod attempts;
mod bench;
mod bulk;
mod creation;
mod failure;
mod graph;
mod loops;
mod moves;
mod plans;
mod recovery;
mod replay;
mod stops;
mod timing;
mod waits;
mod why;
