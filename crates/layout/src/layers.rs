//! From a list of edges to layers: no cycles, each edge between neighbouring layers.

/// A graph cut into layers. Vertices below `count` are nodes; the others are dummies, where a long edge passes a layer.
#[derive(Debug, Default)]
pub(super) struct Layered {
    pub count: usize,
    /// The layer of each vertex.
    pub layer: Vec<usize>,
    /// The vertices of each layer, from above to below.
    pub order: Vec<Vec<usize>>,
    /// Edges between neighbouring layers, from left to right.
    pub short_edges: Vec<(usize, usize)>,
    /// For each forward edge: its index and the dummies it runs through.
    pub chains: Vec<(usize, Vec<usize>)>,
    /// Edges against the direction, by index.
    pub back: Vec<usize>,
}

/// The neighbours of each vertex on one side, in one piece of memory.
#[derive(Debug)]
pub(super) struct Neighbours {
    begins: Vec<usize>,
    all: Vec<usize>,
}

impl Neighbours {
    fn new(total: usize, pairs: impl Iterator<Item = (usize, usize)> + Clone) -> Self {
        let mut begins = vec![0; total + 1];
        for (of, _) in pairs.clone() {
            begins[of + 1] += 1;
        }
        for vertex in 0..total {
            begins[vertex + 1] += begins[vertex];
        }
        let mut free = begins.clone();
        let mut all = vec![0; begins[total]];
        for (of, other) in pairs {
            all[free[of]] = other;
            free[of] += 1;
        }
        Self { begins, all }
    }

    pub(super) fn of(&self, vertex: usize) -> &[usize] {
        &self.all[self.begins[vertex]..self.begins[vertex + 1]]
    }
}

impl Layered {
    pub(super) fn before(&self) -> Neighbours {
        let turned = self.short_edges.iter().map(|(from, to)| (*to, *from));
        Neighbours::new(self.layer.len(), turned)
    }

    pub(super) fn after(&self) -> Neighbours {
        Neighbours::new(self.layer.len(), self.short_edges.iter().copied())
    }

    /// Takes edges without loops and duplicates whose ends exist.
    pub(super) fn new(count: usize, edges: &[(usize, usize)]) -> Self {
        let leaving = edges
            .iter()
            .enumerate()
            .map(|(edge, (from, _))| (*from, edge));
        let out = Neighbours::new(count, leaving);
        let (back, sorted) = turn(count, edges, &out);
        let mut layer = vec![0; count];
        for &node in &sorted {
            for &edge in out.of(node).iter().filter(|edge| !back[**edge]) {
                let to = edges[edge].1;
                layer[to] = layer[to].max(layer[node] + 1);
            }
        }
        let mut layered = Self {
            count,
            layer,
            ..Self::default()
        };
        layered.order.resize_with(
            layered.layer.iter().max().map_or(0, |last| last + 1),
            Vec::new,
        );
        for &node in &sorted {
            let at = layered.layer[node];
            layered.order[at].push(node);
        }
        layered.cut_edges(edges, &back);
        layered
    }

    /// Cuts edges into pieces between neighbouring layers. A graph whose edges would need very many dummies keeps its
    /// longest ones whole: they are drawn straight, and the layout stays near linear.
    fn cut_edges(&mut self, edges: &[(usize, usize)], back: &[bool]) {
        let mut budget = 2 * (self.count + edges.len()) + 2_000;
        let mut forward: Vec<usize> = (0..edges.len()).filter(|edge| !back[*edge]).collect();
        self.back = (0..edges.len()).filter(|edge| back[*edge]).collect();
        let span = |layer: &[usize], edge: usize| layer[edges[edge].1] - layer[edges[edge].0];
        forward.sort_by_key(|edge| span(&self.layer, *edge));
        for edge in forward {
            let (from, to) = edges[edge];
            let passed = span(&self.layer, edge) - 1;
            if passed > budget {
                self.chains.push((edge, Vec::new()));
                continue;
            }
            budget -= passed;
            let mut last = from;
            let mut chain = Vec::with_capacity(passed);
            for layer in self.layer[from] + 1..self.layer[to] {
                let dummy = self.layer.len();
                self.layer.push(layer);
                self.order[layer].push(dummy);
                self.short_edges.push((last, dummy));
                chain.push(dummy);
                last = dummy;
            }
            self.short_edges.push((last, to));
            self.chains.push((edge, chain));
        }
    }
}

/// Which edges close a cycle, and the nodes so that every other edge goes from an earlier to a later one.
fn turn(count: usize, edges: &[(usize, usize)], out: &Neighbours) -> (Vec<bool>, Vec<usize>) {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        Not,
        Open,
        Done,
    }
    let mut has_before = vec![false; count];
    for &(_, to) in edges {
        has_before[to] = true;
    }
    let mut seen = vec![Seen::Not; count];
    let mut back = vec![false; edges.len()];
    let mut after = Vec::with_capacity(count);
    let roots = (0..count).filter(|node| !has_before[*node]).chain(0..count);
    for root in roots {
        if seen[root] != Seen::Not {
            continue;
        }
        seen[root] = Seen::Open;
        let mut path = vec![(root, out.of(root).len())];
        while let Some((node, left)) = path.last_mut() {
            // From the last edge to the first, so that the order that comes out follows the edges as given.
            let Some(next) = left.checked_sub(1) else {
                seen[*node] = Seen::Done;
                after.push(*node);
                path.pop();
                continue;
            };
            *left = next;
            let edge = out.of(*node)[next];
            let to = edges[edge].1;
            match seen[to] {
                Seen::Open => back[edge] = true,
                Seen::Done => {}
                Seen::Not => {
                    seen[to] = Seen::Open;
                    path.push((to, out.of(to).len()));
                }
            }
        }
    }
    after.reverse();
    (back, after)
}
