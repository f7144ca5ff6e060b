//! The layout as a program of its own, for a Web Worker of the console (`public/layout.js` loads it).

use layout::{Metrics, wire};
use wasm_bindgen::prelude::wasm_bindgen;

/// Lays out `count` nodes joined by `edges`, pairs of node indexes one after the other, and answers as
/// [`wire::unpack`] reads it.
#[wasm_bindgen]
pub fn lay_out(count: u32, edges: &[u32]) -> Vec<f32> {
    let edges = wire::pairs(edges);
    wire::pack(&layout::layout(count as usize, &edges, &Metrics::default()))
}
