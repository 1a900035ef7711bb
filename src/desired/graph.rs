//! What builds on what: the order in which things can be resolved, and the cycles that forbid it.

/// How many cycles are told. Each may be as long as the graph, and all of them together as long as
/// its square.
const MOST_CYCLES: usize = 100;

/// What a walk over a graph found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// Every node, each after those it points to (cycles aside).
    pub order: Vec<usize>,
    /// Cycles that were met, up to a hundred: nodes that point to the next, the last to the first.
    pub cycles: Vec<Vec<usize>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    New,
    Open,
    Done,
}

/// Walks a graph that is given by what each node points to. Uses no recursion, since the depth of
/// a repository's references is up to whoever wrote it.
pub fn walk(edges: &[Vec<usize>]) -> Walk {
    let mut marks = vec![Mark::New; edges.len()];
    let mut found = Walk { order: Vec::with_capacity(edges.len()), cycles: Vec::new() };
    for start in 0..edges.len() {
        if marks.get(start) == Some(&Mark::New) {
            walk_from(start, edges, &mut marks, &mut found);
        }
    }
    found
}

fn walk_from(start: usize, edges: &[Vec<usize>], marks: &mut [Mark], found: &mut Walk) {
    let mut path = vec![(start, 0)];
    set(marks, start, Mark::Open);
    while let Some((node, next)) = path.last_mut() {
        let (from, to) = (*node, edges.get(*node).and_then(|to| to.get(*next)).copied());
        *next += 1;
        let Some(to) = to else {
            set(marks, from, Mark::Done);
            found.order.push(from);
            path.pop();
            continue;
        };
        match marks.get(to) {
            Some(Mark::New) => {
                set(marks, to, Mark::Open);
                path.push((to, 0));
            }
            Some(Mark::Open) if found.cycles.len() < MOST_CYCLES => {
                let cycle = path.iter().map(|(node, _)| *node).skip_while(|node| *node != to);
                found.cycles.push(cycle.collect());
            }
            Some(Mark::Open | Mark::Done) | None => {}
        }
    }
}

fn set(marks: &mut [Mark], node: usize, mark: Mark) {
    if let Some(slot) = marks.get_mut(node) {
        *slot = mark;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pointed_to_comes_first() {
        let walk = walk(&[vec![1, 2], vec![2], vec![]]);
        assert_eq!(walk, Walk { order: vec![2, 1, 0], cycles: vec![] });
    }

    #[test]
    fn each_cycle_is_told_once() {
        let walk = walk(&[vec![1], vec![2], vec![1, 2], vec![0]]);
        assert_eq!(walk.cycles, [vec![1, 2], vec![2]]);
        assert_eq!(walk.order.len(), 4);
    }

    #[test]
    fn a_long_chain_does_not_exhaust_the_stack() {
        let edges: Vec<_> = (1..=300_000).map(|next| vec![next]).chain([vec![]]).collect();
        let walk = walk(&edges);
        assert_eq!(walk.order.first(), Some(&300_000));
    }
}
