//! A shortest way from a TRE to the one that is asked for, breadth first over the platform's own
//! answers.

use std::collections::VecDeque;

use super::case::Case;
use super::graph::Edge;
use super::reach::Ends;

/// What is remembered from search to search, so that none of it is built anew.
pub struct Memory {
    /// Through which node and call each node was reached, in which search.
    from: Vec<(u32, u32, u32)>,
    search: u32,
    queue: VecDeque<usize>,
}

impl Memory {
    pub fn of(nodes: usize) -> Self {
        Self { from: vec![(0, 0, 0); nodes], search: 0, queue: VecDeque::new() }
    }
}

/// Looks for a shortest way: direct calls only, through states in which nobody is more exposed than
/// at both ends, by calls that take nobody's last admin or reviewer and give out nothing unseen.
pub fn search(case: &Case<'_>, ends: Option<&Ends>, memory: &mut Memory) -> Option<Vec<usize>> {
    let graph = &case.slice.graph;
    let goal = graph.nodes[case.goal_node?].class;
    let ends = ends?;
    memory.search += 1;
    memory.queue.clear();
    memory.queue.push_back(case.live);
    memory.from[case.live] = (memory.search, u32::MAX, 0);
    while let Some(node) = memory.queue.pop_front() {
        if graph.nodes[node].class == goal {
            return Some(way(memory, node));
        }
        for call in case.direct() {
            let Edge::To { node: next, is_beheading: false } = graph.edge(node, *call) else {
                continue;
            };
            let is_known = memory.from[next].0 == memory.search;
            if is_known
                || case.gives_out_unseen(node, *call)
                || case.slice.reach.exposed(graph, ends, next).is_some()
            {
                continue;
            }
            let step = [node, *call].map(|index| u32::try_from(index).unwrap());
            memory.from[next] = (memory.search, step[0], step[1]);
            memory.queue.push_back(next);
        }
    }
    None
}

/// Returns the calls that led to a node.
fn way(memory: &Memory, mut node: usize) -> Vec<usize> {
    let mut way = Vec::new();
    loop {
        let (_, from, call) = memory.from[node];
        if from == u32::MAX {
            way.reverse();
            return way;
        }
        way.push(call as usize);
        node = from as usize;
    }
}
