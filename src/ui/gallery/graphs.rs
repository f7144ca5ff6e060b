use super::Sample;
use crate::ui::{
    button::Button,
    graph::{EdgeKind, GraphEdge, GraphNode, GraphView},
    status::Look,
};
use leptos::prelude::*;
use model::StepStatus;

fn node(id: &str, label: &str, status: StepStatus, sub: &str) -> GraphNode {
    GraphNode {
        id: id.to_owned(),
        label: label.to_owned(),
        sub: sub.to_owned(),
        look: Look::from(status),
        failing: status == StepStatus::Failed,
    }
}

fn edge(from: &str, to: &str, kind: EdgeKind) -> GraphEdge {
    GraphEdge {
        from: from.to_owned(),
        to: to.to_owned(),
        kind,
    }
}

fn small() -> (Vec<GraphNode>, Vec<GraphEdge>) {
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
    (nodes, edges)
}

fn large(count: usize, width: usize) -> (Vec<GraphNode>, Vec<GraphEdge>) {
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
    (nodes, edges)
}

#[component]
pub(super) fn Graphs() -> AnyView {
    let (nodes, edges) = small();
    let nodes = RwSignal::new(nodes);
    let selected = RwSignal::new(Some("draft".to_owned()));
    let (many, many_edges) = large(200, 10);
    let many = RwSignal::new(many);
    let many_edges = RwSignal::new(many_edges);
    let chosen = RwSignal::new(None);
    let grow = move || {
        let (nodes, edges) = large(10_000, 40);
        batch(nodes, many, edges, many_edges);
    };
    let settle = move || {
        nodes.update(|nodes| {
            for node in nodes.iter_mut() {
                node.look = Look::from(StepStatus::Running);
                node.failing = false;
                "Running".clone_into(&mut node.sub);
            }
        });
    };
    view! {
        <div>
            <Sample name="Graph">
                <Button on_click=settle>"All running"</Button>
                <Button on_click=grow>"10,000 steps"</Button>
                <div class="gallery__graph">
                    <GraphView label="Steps" nodes edges=Signal::from(edges) selected on_select=move |id| selected.set(Some(id)) />
                </div>
                <div class="gallery__graph" id="large">
                    <GraphView label="Many steps" nodes=many edges=many_edges selected=chosen on_select=move |id| chosen.set(Some(id)) />
                </div>
            </Sample>
        </div>
    }
    .into_any()
}

fn batch(
    nodes: Vec<GraphNode>,
    to_nodes: RwSignal<Vec<GraphNode>>,
    edges: Vec<GraphEdge>,
    to_edges: RwSignal<Vec<GraphEdge>>,
) {
    to_edges.set(Vec::new());
    to_nodes.set(nodes);
    to_edges.set(edges);
}
