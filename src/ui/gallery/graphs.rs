use super::Sample;
use crate::ui::{
    button::Button,
    graph::{EdgeKind, Graph, GraphEdge, GraphNode, GraphView, NodeState, NodeStates},
    status::Look,
};
use leptos::prelude::*;
use model::StepStatus;
use std::sync::Arc;

/// Nodes, how they stand, and edges.
type Made = (Arc<Graph>, Vec<NodeState>);

fn node(id: &str, label: &str, status: StepStatus, sub: &str) -> (GraphNode, NodeState) {
    let failing = status == StepStatus::Failed;
    (
        GraphNode {
            id: id.to_owned(),
            label: label.to_owned(),
        },
        NodeState::new(Look::from(status), sub.to_owned(), failing),
    )
}

fn made(nodes: Vec<(GraphNode, NodeState)>, edges: Vec<GraphEdge>) -> Made {
    let (nodes, states) = nodes.into_iter().unzip();
    (Arc::new(Graph { nodes, edges }), states)
}

fn edge(from: &str, to: &str, kind: EdgeKind) -> GraphEdge {
    GraphEdge {
        from: from.to_owned(),
        to: to.to_owned(),
        kind,
    }
}

fn small() -> Made {
    let nodes = vec![
        node(
            "fetch",
            "Fetch request",
            StepStatus::Completed,
            "Success · 0.4 s",
        ),
        node(
            "extract",
            "Extract lines",
            StepStatus::Completed,
            "Success · 3.1 s",
        ),
        node(
            "draft",
            "Draft quote",
            StepStatus::Failed,
            "Failed · 3 tries",
        ),
        node(
            "stock",
            "Check stock in both warehouses",
            StepStatus::Cancelled,
            "Cancelled",
        ),
        node(
            "approve",
            "Approve quote",
            StepStatus::Skipped,
            "Skipped (Blocked)",
        ),
        node(
            "send",
            "Send quote",
            StepStatus::Skipped,
            "Skipped (Blocked)",
        ),
    ];
    let edges = vec![
        edge("fetch", "extract", EdgeKind::Wiring),
        edge("extract", "draft", EdgeKind::Wiring),
        edge("extract", "stock", EdgeKind::Wiring),
        edge("draft", "approve", EdgeKind::Order),
        edge("stock", "approve", EdgeKind::Order),
        edge("approve", "send", EdgeKind::Order),
        edge("fetch", "send", EdgeKind::Wiring),
    ];
    made(nodes, edges)
}

fn large(count: usize, width: usize) -> Made {
    let nodes = (0..count)
        .map(|i| {
            let status = match i * 100 / count {
                60..64 if i % 5 == 0 => StepStatus::Running,
                60..70 if i % 7 == 0 => StepStatus::Waiting,
                0..64 => StepStatus::Completed,
                _ => StepStatus::Pending,
            };
            node(
                &format!("s{i}"),
                &format!("Step {i} of the nightly load"),
                status,
                status.shown(),
            )
        })
        .collect();
    let mut edges = Vec::new();
    for i in width..count {
        edges.push(edge(
            &format!("s{}", i - width),
            &format!("s{i}"),
            EdgeKind::Wiring,
        ));
        if i % 3 == 0 {
            edges.push(edge(
                &format!("s{}", i - width + (i * 7) % width - i % width),
                &format!("s{i}"),
                EdgeKind::Order,
            ));
        }
        if i % 17 == 0 && i > width * 4 {
            edges.push(edge(
                &format!("s{}", i - width * 4 + 1),
                &format!("s{i}"),
                EdgeKind::Wiring,
            ));
        }
    }
    made(nodes, edges)
}

#[component]
pub(super) fn Graphs() -> AnyView {
    let (graph, states) = small();
    let states = RwSignal::new(states);
    let selected = RwSignal::new(Some("draft".to_owned()));
    let (many, many_states) = large(200, 10);
    let (many, many_states) = (RwSignal::new(many), RwSignal::new(many_states));
    let chosen = RwSignal::new(None);
    let grow = move || {
        let (graph, states) = large(10_000, 40);
        many_states.set(states);
        many.set(graph);
    };
    let settle = move || {
        states.update(|states| {
            for state in states.iter_mut() {
                *state =
                    NodeState::new(Look::from(StepStatus::Running), "Running".to_owned(), false);
            }
        });
    };
    let (states, many_states) = (
        NodeStates::at_hand(states.into()),
        NodeStates::at_hand(many_states.into()),
    );
    view! {
        <div>
            <Sample name="Graph">
                <Button on_click=settle>"All running"</Button>
                <Button on_click=grow>"10,000 steps"</Button>
                <div class="gallery__graph">
                    <GraphView label="Steps" graph=Signal::stored(graph) states selected on_select=move |id| selected.set(Some(id)) />
                </div>
                <div class="gallery__graph" id="large">
                    <GraphView label="Many steps" graph=many states=many_states selected=chosen on_select=move |id| chosen.set(Some(id)) />
                </div>
            </Sample>
        </div>
    }
    .into_any()
}
