//! A graph of steps: where each stands and how it is shown ([`GraphView`]).

mod camera;
mod canvas;
mod faces;
mod find;
mod lay_out;
mod list;
mod minimap;
mod node;
mod paint;
mod pen;
mod plan;
mod pointers;
mod scene;
mod shape;
mod sheet;
mod steer;
mod strokes;
mod tools;
mod types;
mod view;

pub use types::{EdgeKind, Graph, GraphEdge, GraphNode, Mark, NodeState, NodeStates};
pub use view::GraphView;
