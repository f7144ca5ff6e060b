//! The run as a picture: every planned step from the start, with how it stands.

use super::{select::Selection, steps::words};
use crate::{
    state::live_run::LiveRun,
    ui::{
        fmt,
        graph::{EdgeKind, GraphEdge, GraphNode, GraphView},
        status::Look,
    },
};
use engine::Run;
use leptos::prelude::*;
use model::event::Handled;
use model::workflow::OnFailure;
use model::{StepPath, StepStatus, Timestamp};

#[component]
pub fn Canvas(live: LiveRun, selection: Selection) -> AnyView {
    let nodes = live.part(nodes);
    // The document of a run never changes.
    let edges = live.now(edges).unwrap_or_default();
    let selected =
        Signal::derive(move || selection.step.get().map(|path| top(&path).into_string()));
    view! {
        <div class="canvas">
            <GraphView
                label="Steps of this run"
                nodes
                edges=Signal::stored(edges)
                selected
                on_select=move |id: String| selection.choose(&StepPath::from(id.as_str()))
            />
        </div>
    }
    .into_any()
}

/// The step of the top level a step stands in.
fn top(path: &StepPath) -> StepPath {
    std::iter::successors(Some(path.clone()), |inner| {
        inner.parent().map(|(outer, _)| outer)
    })
    .last()
    .unwrap_or_else(|| path.clone())
}

fn nodes(run: &Run) -> Vec<GraphNode> {
    run.definition
        .steps
        .iter()
        .map(|step| {
            let path = StepPath::from(&step.id);
            let state = run.steps.get(&path);
            let status = state.map_or(StepStatus::Pending, |state| state.status);
            let sub = state.map_or_else(String::new, |state| {
                let took = match (state.status, state.started_at, state.ended_at) {
                    (StepStatus::Completed, Some(start), Some(end)) => {
                        format!(" · {}", fmt::duration(end.since(start)))
                    }
                    _ => String::new(),
                };
                let words = words::of_step(run, state, Timestamp::default());
                // A node has room for how it stands, not for why: the list and the inspector say that.
                let words = match state.status {
                    StepStatus::Completed => words.split(" · ").next(),
                    _ => words.split(" by ").next(),
                };
                let words = words.unwrap_or_default().to_owned();
                format!("{words}{took}")
            });
            GraphNode {
                id: path.into_string(),
                label: step.shown().to_owned(),
                sub,
                look: Look::from(status),
                failing: status == StepStatus::Failed
                    && state.is_some_and(|state| {
                        !matches!(state.handled, Some(Handled::Skipped | Handled::Fallback(_)))
                    }),
            }
        })
        .collect()
}

/// Wiring where a step uses another's result, order where it only comes after it.
fn edges(run: &Run) -> Vec<GraphEdge> {
    let mut edges = Vec::new();
    for step in &run.definition.steps {
        let text = serde_json::to_string(step).unwrap_or_default();
        for dependency in &step.depends_on {
            let uses = text.contains(&format!("steps.{dependency}."));
            edges.push(GraphEdge {
                from: dependency.to_string(),
                to: step.id.to_string(),
                kind: if uses {
                    EdgeKind::Wiring
                } else {
                    EdgeKind::Order
                },
            });
        }
        if let OnFailure::Fallback(other) = &step.on_failure {
            edges.push(GraphEdge {
                from: step.id.to_string(),
                to: other.to_string(),
                kind: EdgeKind::Order,
            });
        }
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_in_loops_belongs_to_the_outermost() {
        assert_eq!(top(&"outer[3].inner[0].leaf".into()).as_str(), "outer");
        assert_eq!(top(&"plain".into()).as_str(), "plain");
    }
}
