//! The definition's steps as a flat list in document order, with what wakes what. Built once a run; lookups by path are
//! what a run of 10,000 steps does all day.

use model::workflow::OnFailure;
use model::{Step, StepId, StepKind, StepPath, Workflow};
use std::collections::BTreeMap;

/// A step's place in [`Graph::nodes`].
pub(crate) type NodeId = usize;

#[derive(Debug, Default)]
pub(crate) struct Graph {
    pub nodes: Vec<Node>,
    pub roots: Body,
}

/// The steps that stand side by side: the workflow's, or those of one loop.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub order: Vec<NodeId>,
    by_id: BTreeMap<String, NodeId>,
}

#[derive(Debug)]
pub(crate) struct Node {
    pub id: StepId,
    /// The places in each list of steps from the workflow down to this one.
    location: Vec<usize>,
    pub is_loop: bool,
    pub body: Body,
    /// Known dependencies; unknown ones are a matter of validation.
    pub deps: Vec<NodeId>,
    /// Steps to look at again when this one settles.
    pub wakes: Vec<NodeId>,
    pub fallback: Option<NodeId>,
    /// The steps this one is the fallback of.
    pub primaries: Vec<NodeId>,
}

impl Graph {
    pub fn new(workflow: &Workflow) -> Self {
        let mut graph = Self::default();
        let mut location = Vec::new();
        graph.roots = graph.add(&workflow.steps, &mut location);
        graph
    }

    fn add(&mut self, steps: &[Step], location: &mut Vec<usize>) -> Body {
        let mut body = Body::default();
        for (place, step) in steps.iter().enumerate() {
            location.push(place);
            let node = self.nodes.len();
            self.nodes.push(Node {
                id: step.id.clone(),
                location: location.clone(),
                is_loop: matches!(step.kind, StepKind::ForEach(_) | StepKind::While(_)),
                body: Body::default(),
                deps: Vec::new(),
                wakes: Vec::new(),
                fallback: None,
                primaries: Vec::new(),
            });
            body.order.push(node);
            body.by_id
                .entry(step.id.as_str().to_owned())
                .or_insert(node);
            self.nodes[node].body = self.add(step.body(), location);
            location.pop();
        }
        self.wire(steps, &body);
        body
    }

    fn wire(&mut self, steps: &[Step], body: &Body) {
        for (step, &node) in steps.iter().zip(&body.order) {
            for dep in &step.depends_on {
                if let Some(&dep) = body.by_id.get(dep.as_str())
                    && dep != node
                    && !self.nodes[node].deps.contains(&dep)
                {
                    self.nodes[node].deps.push(dep);
                    self.nodes[dep].wakes.push(node);
                }
            }
            if let OnFailure::Fallback(id) = &step.on_failure
                && let Some(&fallback) = body.by_id.get(id.as_str())
                && fallback != node
            {
                self.nodes[node].fallback = Some(fallback);
                self.nodes[fallback].primaries.push(node);
            }
        }
        // What waits for a step also waits for the fallback that stands in for it.
        for &node in &body.order {
            let mut seen = vec![node];
            let mut primaries = self.nodes[node].primaries.clone();
            while let Some(primary) = primaries.pop() {
                if seen.contains(&primary) {
                    continue;
                }
                seen.push(primary);
                primaries.extend(&self.nodes[primary].primaries);
                for waits in self.dependents(primary) {
                    if waits != node && !self.nodes[node].wakes.contains(&waits) {
                        self.nodes[node].wakes.push(waits);
                    }
                }
            }
        }
        for &node in &body.order {
            if let Some(fallback) = self.nodes[node].fallback
                && !self.nodes[node].wakes.contains(&fallback)
            {
                self.nodes[node].wakes.push(fallback);
            }
        }
    }

    fn dependents(&self, of: NodeId) -> Vec<NodeId> {
        let wakes = self.nodes[of].wakes.iter().copied();
        wakes
            .filter(|w| self.nodes[*w].deps.contains(&of))
            .collect()
    }

    pub fn node(&self, path: &StepPath) -> Option<NodeId> {
        let mut body = &self.roots;
        let mut found = None;
        for (id, _) in path.parts() {
            let node = *body.by_id.get(id)?;
            found = Some(node);
            body = &self.nodes[node].body;
        }
        found
    }

    /// The steps that stand beside the one at `path`, itself included.
    pub fn siblings(&self, path: &StepPath) -> &Body {
        match path.parent() {
            None => &self.roots,
            Some((parent, _)) => self
                .node(&parent)
                .map_or(&self.roots, |node| &self.nodes[node].body),
        }
    }

    pub fn step<'w>(&self, workflow: &'w Workflow, node: NodeId) -> Option<&'w Step> {
        let mut steps = &workflow.steps[..];
        let mut found = None;
        for &place in &self.nodes.get(node)?.location {
            let step = steps.get(place)?;
            found = Some(step);
            steps = step.body();
        }
        found
    }

    /// Sorts paths as the document does, a loop before its iterations.
    pub fn order<'a>(&'a self, path: &'a StepPath) -> impl Iterator<Item = (NodeId, usize)> + 'a {
        let mut body = Some(&self.roots);
        path.parts().map(move |(id, iteration)| {
            let index = iteration.map_or(0, |iteration| iteration + 1);
            let node = body.and_then(|b| b.by_id.get(id).copied());
            body = node.map(|n| &self.nodes[n].body);
            (node.unwrap_or(usize::MAX), index)
        })
    }

    /// As [`Self::order`], kept.
    pub fn order_key(&self, path: &StepPath) -> Vec<(NodeId, usize)> {
        self.order(path).collect()
    }
}

/// The path of the step `id` beside the one at `path`.
pub(crate) fn beside(path: &StepPath, id: &StepId) -> StepPath {
    match path.parent() {
        None => StepPath::from(id),
        Some((parent, index)) => parent.child(index, id),
    }
}
