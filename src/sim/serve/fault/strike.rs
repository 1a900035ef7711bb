//! Which calls are hit.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Fault, FaultKind};

/// The faults of a server, and what they hit so far.
#[derive(Debug)]
pub(in crate::sim::serve) struct Faults {
    faults: Vec<Fault>,
    seed: u64,
    seen: BTreeMap<Identity, Seen>,
}

/// What makes two calls the same call: the path and the input, without the nonce.
type Identity = [u8; 32];

/// What became of the same call so far.
#[derive(Debug)]
struct Seen {
    calls: u64,
    /// How often each fault hit it.
    hits: Vec<u32>,
}

/// What goes wrong with one call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::sim::serve) struct Strike {
    /// How much later it is made.
    pub latency: Duration,
    /// What else goes wrong.
    pub kind: Option<FaultKind>,
    /// The faults that hit it, as they are written.
    pub names: Vec<String>,
}

/// What is known of a call before it is made.
#[derive(Debug, Clone, Copy)]
pub(in crate::sim::serve) struct Arrival<'a> {
    pub path: &'a str,
    pub body: &'a [u8],
    /// Whether there is an earlier answer that can be given again.
    pub is_known: bool,
}

impl Faults {
    pub(in crate::sim::serve) fn new(faults: Vec<Fault>, seed: u64) -> Self {
        Self { faults, seed, seen: BTreeMap::new() }
    }

    /// Decides what goes wrong with a call, and counts it. Latencies add up; of all else, the
    /// fault that was written first counts.
    pub(in crate::sim::serve) fn strike(&mut self, arrival: Arrival<'_>) -> Strike {
        let Self { faults, seed, seen } = self;
        let mut strike = Strike::default();
        if !faults.iter().any(|fault| fault.route.is_match(arrival.path)) {
            return strike;
        }
        let identity = identity(arrival.path, arrival.body);
        let seen =
            seen.entry(identity).or_insert_with(|| Seen { calls: 0, hits: vec![0; faults.len()] });
        seen.calls += 1;
        for (fault, hits) in faults.iter().zip(&mut seen.hits) {
            if !fault.may_hit(arrival, *hits, &strike)
                || roll(*seed, fault, &identity, seen.calls) >= fault.chance
            {
                continue;
            }
            *hits = hits.saturating_add(1);
            strike.names.push(fault.to_string());
            match fault.kind {
                FaultKind::Latency(latency) => {
                    strike.latency = strike.latency.saturating_add(latency);
                }
                kind => strike.kind = Some(kind),
            }
        }
        strike
    }
}

impl Fault {
    /// Tells whether the fault can hit a call that it hit so often, and that others hit already.
    fn may_hit(&self, arrival: Arrival<'_>, hits: u32, strike: &Strike) -> bool {
        let is_free = match self.kind {
            FaultKind::Latency(_) => true,
            FaultKind::Stale => strike.kind.is_none() && arrival.is_known,
            FaultKind::Before(_) | FaultKind::After(_) | FaultKind::Truncated => {
                strike.kind.is_none()
            }
        };
        is_free && self.times.is_none_or(|times| hits < times) && self.route.is_match(arrival.path)
    }
}

fn identity(path: &str, body: &[u8]) -> Identity {
    // A nonce is another one in every run.
    let input = serde_json::from_slice(body).ok().and_then(|input: Value| match input {
        Value::Object(mut fields) => fields.shift_remove("nonce").map(|_| Value::Object(fields)),
        _ => None,
    });
    let digest = Sha256::new().chain_update(path).chain_update([0]);
    match input {
        Some(input) => digest.chain_update(input.to_string()),
        None => digest.chain_update(body),
    }
    .finalize()
    .into()
}

/// Returns a number of [0, 1) that depends on nothing else. A fault of a higher chance hits what
/// the same one of a lower chance hits, and more.
fn roll(seed: u64, fault: &Fault, identity: &Identity, call: u64) -> f64 {
    let digest = Sha256::new()
        .chain_update(seed.to_be_bytes())
        .chain_update(format!("{}:{}", fault.kind, fault.route.glob()))
        .chain_update([0])
        .chain_update(identity)
        .chain_update(call.to_be_bytes())
        .finalize();
    // As many bits as a float holds exactly.
    let bits = digest.iter().take(4).fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
    f64::from(bits) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::super::Mishap;
    use super::*;

    fn faults(texts: &[&str], seed: u64) -> Faults {
        Faults::new(texts.iter().map(|text| text.parse().unwrap()).collect(), seed)
    }

    fn call<'a>(path: &'a str, body: &'a str) -> Arrival<'a> {
        Arrival { path, body: body.as_bytes(), is_known: false }
    }

    fn is_hit(faults: &mut Faults, path: &str, body: &str) -> bool {
        faults.strike(call(path, body)).kind.is_some()
    }

    #[test]
    fn a_run_can_be_repeated_whatever_the_order() {
        let paths: Vec<_> = (0..40).map(|number| format!("/tre-{number}/activate")).collect();
        let hits = |mut faults: Faults, order: &[usize]| {
            let mut hits = vec![Vec::new(); paths.len()];
            for at in order {
                hits[*at].push(is_hit(&mut faults, &paths[*at], "{}"));
            }
            hits
        };
        let one_by_one: Vec<_> = (0..40).flat_map(|at| [at; 5]).collect();
        let in_turns: Vec<_> = (0..5).flat_map(|_| (0..40).rev()).collect();
        let expected = hits(faults(&["500:30%"], 7), &one_by_one);
        assert_eq!(hits(faults(&["500:30%"], 7), &in_turns), expected);
        assert_ne!(hits(faults(&["500:30%"], 8), &in_turns), expected, "the seed counts");
        assert_ne!(hits(faults(&["503:30%"], 7), &in_turns), expected, "the fault counts");
        let number = expected.iter().flatten().filter(|hit| **hit).count();
        assert!((40..80).contains(&number), "{number} of 200 are no 30%");
        let more = hits(faults(&["500:60%"], 7), &in_turns);
        let is_kept = |(few, many): (&bool, &bool)| !few || *many;
        assert!(expected.iter().flatten().zip(more.iter().flatten()).all(is_kept));
    }

    #[test]
    fn certain_faults_hit_always_and_no_more_often_than_asked() {
        let mut always = faults(&["reset-after:/tre/new"], 1);
        assert!((0..1_000).all(|_| is_hit(&mut always, "/tre/new", "{}")));
        assert!(!is_hit(&mut always, "/tre/newer", "{}"));
        let mut twice = faults(&["503:x2"], 1);
        let hits: Vec<_> = (0..4).map(|_| is_hit(&mut twice, "/a/b", "{}")).collect();
        assert_eq!(hits, [true, true, false, false]);
        assert!(is_hit(&mut twice, "/a/b", "{\"x\":1}"), "another input is another call");
    }

    #[test]
    fn a_nonce_makes_no_other_call() {
        let mut once = faults(&["500:x1"], 1);
        assert!(is_hit(&mut once, "/tre/new", "{\"name\":\"N\",\"nonce\":\"a\"}"));
        assert!(!is_hit(&mut once, "/tre/new", "{\"nonce\":\"b\",\"name\":\"N\"}"));
        assert!(is_hit(&mut once, "/tre/new", "{\"name\":\"M\",\"nonce\":\"b\"}"));
    }

    #[test]
    fn latencies_add_up_and_the_first_of_all_else_counts() {
        let texts = ["latency=20ms", "500:x1", "latency=1s", "reset-before:/a/*:x1", "503=2"];
        let mut faults = faults(&texts, 1);
        let mut strike = || faults.strike(call("/a/b", "{}"));
        let latency = Duration::from_millis(1_020);
        let kinds = [
            Mishap::Failure,
            Mishap::Reset,
            Mishap::Unavailable(Some(2)),
            Mishap::Unavailable(Some(2)),
        ];
        for mishap in kinds {
            let Strike { latency: found, kind, names } = strike();
            assert_eq!((found, kind), (latency, Some(FaultKind::Before(mishap))));
            assert_eq!(names.len(), 3);
        }
    }

    #[test]
    fn only_what_was_answered_can_be_stale() {
        let mut faults = faults(&["stale:x1", "500:x1"], 1);
        let kind = |faults: &mut Faults, is_known| {
            faults.strike(Arrival { path: "/a/b", body: b"{}", is_known }).kind
        };
        assert_eq!(kind(&mut faults, false), Some(FaultKind::Before(Mishap::Failure)));
        assert_eq!(kind(&mut faults, true), Some(FaultKind::Stale));
        assert_eq!(kind(&mut faults, true), None);
    }
}
