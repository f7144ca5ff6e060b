#![allow(clippy::float_cmp, reason = "positions are whole pixels, equal or not")]

use super::*;
use proptest::prelude::*;

fn laid(count: usize, edges: &[(usize, usize)]) -> Layout {
    layout(count, edges, &Metrics::default())
}

fn overlap(layout: &Layout) -> Option<(usize, usize)> {
    let metrics = Metrics::default();
    let mut by_x: Vec<usize> = (0..layout.nodes.len()).collect();
    by_x.sort_by(|a, b| layout.nodes[*a].x.total_cmp(&layout.nodes[*b].x));
    for (i, &a) in by_x.iter().enumerate() {
        for &b in &by_x[i + 1..] {
            let (p, q) = (layout.nodes[a], layout.nodes[b]);
            if q.x - p.x >= metrics.node_width {
                break;
            }
            if (p.y - q.y).abs() < metrics.node_height {
                return Some((a, b));
            }
        }
    }
    None
}

#[test]
fn nothing_is_laid_out_as_nothing() {
    assert_eq!(laid(0, &[]), Layout::default());
}

#[test]
fn a_chain_is_one_straight_line() {
    let layout = laid(5, &[(0, 1), (1, 2), (2, 3), (3, 4)]);
    assert!(
        layout
            .nodes
            .windows(2)
            .all(|pair| pair[0].y == pair[1].y && pair[0].x < pair[1].x)
    );
}

#[test]
fn branches_keep_the_order_in_which_they_are_written() {
    let layout = laid(5, &[(0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 4)]);
    assert!(layout.nodes[1].y < layout.nodes[2].y && layout.nodes[2].y < layout.nodes[3].y);
    assert_eq!(layout.nodes[0].y, layout.nodes[2].y);
    assert_eq!(layout.nodes[4].y, layout.nodes[2].y);
}

#[test]
fn a_long_edge_passes_the_nodes_it_skips() {
    let layout = laid(4, &[(0, 1), (1, 2), (2, 3), (0, 3)]);
    let Some(Route::Forward(points)) = &layout.routes[3] else {
        panic!("not a forward route")
    };
    for passed in [1, 2] {
        let node = layout.nodes[passed];
        let inside = |p: &Point| {
            p.x == node.x && p.y > node.y && p.y < node.y + Metrics::default().node_height
        };
        assert!(!points.iter().any(inside));
    }
}

#[test]
fn a_cycle_has_one_edge_back() {
    let layout = laid(3, &[(0, 1), (1, 2), (2, 0)]);
    assert!(matches!(layout.routes[2], Some(Route::Back(..))));
    assert!(layout.nodes[0].x < layout.nodes[1].x && layout.nodes[1].x < layout.nodes[2].x);
}

#[test]
fn loops_repetitions_and_unknown_ends_do_no_harm() {
    let layout = laid(2, &[(0, 0), (0, 1), (0, 1), (0, 9), (7, 1)]);
    assert!(matches!(layout.routes[0], Some(Route::Loop(_))));
    assert!(matches!(layout.routes[1], Some(Route::Forward(_))));
    assert_eq!(layout.routes[2..], [None, None, None]);
}

#[test]
fn parts_stand_below_each_other() {
    let layout = laid(4, &[(0, 1), (2, 3)]);
    assert!(layout.nodes[2].y >= layout.nodes[0].y + Metrics::default().node_height);
    assert_eq!(overlap(&layout), None);
}

#[test]
fn two_crossing_edges_are_uncrossed() {
    let layout = laid(4, &[(0, 3), (1, 2), (0, 2)]);
    assert!((layout.nodes[0].y < layout.nodes[1].y) == (layout.nodes[3].y < layout.nodes[2].y));
}

#[test]
fn ten_thousand_nodes_and_long_edges_are_laid_out() {
    let count = 10_000;
    let mut edges: Vec<(usize, usize)> = (1..count).map(|node| (node - 1, node)).collect();
    let mut state = 7_u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    edges.extend((0..20_000).map(|_| (random(count), random(count))));
    let layout = laid(count, &edges);
    assert_eq!(overlap(&layout), None);
    // Cut at every layer these edges would have a hundred million bends.
    let bends: usize = layout
        .routes
        .iter()
        .map(|route| match route {
            Some(Route::Forward(points)) => points.len(),
            Some(Route::Back(..) | Route::Loop(_)) | None => 0,
        })
        .sum();
    assert!(bends < 8 * (count + edges.len()), "{bends} bends");
}

#[test]
fn numbers_that_are_no_layout_are_refused() {
    let packed = wire::pack(&laid(2, &[(0, 1), (1, 0), (1, 1)]));
    assert_eq!(
        wire::unpack(&packed, 2, 3),
        Some(laid(2, &[(0, 1), (1, 0), (1, 1)]))
    );
    for short in 0..packed.len() {
        assert_eq!(wire::unpack(&packed[..short], 2, 3), None);
    }
    assert_eq!(wire::unpack(&packed, 2, 2), None);
}

proptest! {
    #[test]
    fn any_graph_has_a_picture(count in 1_usize..60, edges in prop::collection::vec((0_usize..64, 0_usize..64), 0..160)) {
        let layout = laid(count, &edges);
        let metrics = Metrics::default();
        prop_assert_eq!(layout.nodes.len(), count);
        prop_assert_eq!(overlap(&layout), None);
        for node in &layout.nodes {
            prop_assert!(node.x >= 0.0 && node.y >= 0.0);
            prop_assert!(node.x + metrics.node_width <= layout.width && node.y + metrics.node_height <= layout.height);
        }
        let mut seen = HashSet::new();
        for (&(from, to), route) in edges.iter().zip(&layout.routes) {
            let drawn = from < count && to < count && seen.insert((from, to));
            prop_assert_eq!(drawn, route.is_some());
            match route {
                Some(Route::Forward(points)) => {
                    prop_assert!(points.windows(2).all(|pair| pair[0].x <= pair[1].x));
                    prop_assert!(layout.nodes[from].x + metrics.node_width <= layout.nodes[to].x);
                    prop_assert_eq!(points.first().map(|p| p.x), Some(layout.nodes[from].x + metrics.node_width));
                    prop_assert_eq!(points.last().map(|p| p.y), Some(layout.nodes[to].y + metrics.node_height / 2.0));
                }
                Some(Route::Back(start, end)) => {
                    prop_assert!(end.x <= start.x);
                }
                Some(Route::Loop(_)) => prop_assert_eq!(from, to),
                None => {}
            }
        }
        let sent = wire::pairs(&wire::flat(&edges));
        prop_assert_eq!(wire::unpack(&wire::pack(&laid(count, &sent)), count, edges.len()), Some(layout));
    }

    #[test]
    fn without_a_cycle_no_edge_goes_back(count in 1_usize..60, edges in prop::collection::vec((0_usize..60, 0_usize..60), 0..160)) {
        let edges: Vec<(usize, usize)> = edges.into_iter().map(|(a, b)| (a.min(b), a.max(b))).collect();
        let layout = laid(count, &edges);
        prop_assert!(!layout.routes.iter().any(|route| matches!(route, Some(Route::Back(..)))));
    }
}

#[test]
fn steps_side_by_side_stand_in_the_order_they_were_given() {
    let edges: Vec<(usize, usize)> = (0..5).map(|from| (from, 5)).collect();
    let layout = layout(6, &edges, &Metrics::default());
    let heights: Vec<f64> = layout.nodes[..5].iter().map(|node| node.y).collect();
    assert!(heights.is_sorted(), "{heights:?}");
}
