//! A graph of steps: where each stands ([`layout`]) and how it is shown ([`GraphView`]).

mod camera;
pub mod layout;
mod list;
mod node;
mod paint;
mod pointers;
mod scene;
mod types;
mod view;

pub use types::{EdgeKind, GraphEdge, GraphNode};
pub use view::GraphView;
