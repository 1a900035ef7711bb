//! A bounded run over the readers in `state::fuzz`: documents of the corpus, changed at random. None
//! that was changed may be taken for ours, and no reader may panic or go on for ever.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use fastrand::Rng;
use object_store::memory::InMemory;
use object_store::path::Path;

use super::*;
use crate::state::fuzz::{TARGETS, Target, followed};

/// What a number, a text or a list could be instead.
const ODD: [&str; 12] = [
    "18446744073709551615",
    "999999999999",
    "-1",
    "1e400",
    "0.5",
    "null",
    "\"\"",
    "[]",
    "{}",
    "\"\\ud800\"",
    "\u{0}",
    "\"sum\":\"0000000000000000000000000000000000000000000000000000000000000000\"",
];

fn corpus_folder(target: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target)
}

/// Returns the documents of a target by name; those that ought to be taken begin with `valid-`.
fn corpus(target: &str) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(corpus_folder(target)).unwrap().map(|file| file.unwrap());
    files
        .map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap()))
        .collect()
}

/// So many documents are tried with each reader; `TRECTL_MUTATIONS` asks for more.
fn rounds() -> usize {
    std::env::var("TRECTL_MUTATIONS").map_or(3_000, |rounds| rounds.parse().unwrap())
}

fn seeded() -> Rng {
    let seed = std::env::var("PROPTEST_RNG_SEED").ok().and_then(|seed| seed.parse().ok());
    Rng::with_seed(seed.unwrap_or(20_260_501))
}

/// Returns two places in a text, the first before the second.
fn range(rng: &mut Rng, length: usize) -> std::ops::Range<usize> {
    let (one, other) = (rng.usize(..=length), rng.usize(..=length));
    one.min(other)..one.max(other)
}

/// Changes a document once.
fn change(rng: &mut Rng, document: &mut Vec<u8>, others: &[&Vec<u8>]) {
    let length = document.len();
    let place = rng.usize(..=length);
    let byte = document.get_mut(place);
    match (rng.u8(..9), byte) {
        (0, Some(byte)) => *byte ^= 1 << rng.u8(..8),
        (1, Some(byte)) => *byte = rng.u8(..),
        (2, _) => document.truncate(place),
        (3, _) => drop(document.drain(range(rng, length))),
        (4, _) => {
            let again = document[range(rng, length)].to_vec();
            document.splice(place..place, again);
        }
        (5, _) => {
            let other = others[rng.usize(..others.len())];
            let part = other[range(rng, other.len())].to_vec();
            document.splice(place..place, part);
        }
        (6, _) => {
            let mut lines: Vec<_> =
                document.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            let (one, other) = (rng.usize(..lines.len()), rng.usize(..lines.len()));
            lines.swap(one, other);
            *document = lines.join(&b'\n');
        }
        (7, _) => drop(document.splice(place..place, b"[".repeat(300))),
        _ => {
            // A whole value, so that what comes behind can still be read.
            let Some(colon) = document.iter().skip(place).position(|byte| *byte == b':') else {
                return;
            };
            let from = place + colon + 1;
            let until = document[from..].iter().position(|byte| matches!(byte, b',' | b'}'));
            let odd = ODD[rng.usize(..ODD.len())].bytes();
            document.splice(from..until.map_or(length, |until| from + until), odd);
        }
    }
}

fn changed(rng: &mut Rng, document: &[u8], others: &[&Vec<u8>]) -> Vec<u8> {
    let mut changed = document.to_vec();
    for _ in 0..rng.usize(1..=3) {
        change(rng, &mut changed, others);
    }
    changed
}

/// Changes a document and seals it again, as somebody would who wants to be believed.
fn forged(rng: &mut Rng, document: &[u8], others: &[&Vec<u8>]) -> Vec<u8> {
    let body = document.len().saturating_sub(segment::SEAL);
    let mut body = changed(rng, &document[..body], others);
    body.push(b'}');
    segment::seal(body).0
}

fn run(target: &str, reads: Target, is_sealed: bool) {
    let corpus = corpus(target);
    let documents: Vec<&Vec<u8>> = corpus.values().collect();
    assert!(!documents.is_empty(), "{target}");
    let mut rng = seeded();
    for _ in 0..rounds() {
        let document = documents[rng.usize(..documents.len())];
        let attempt = changed(&mut rng, document, &documents);
        let is_taken = reads(&attempt);
        assert!(
            !(is_sealed && is_taken) || documents.contains(&&attempt),
            "{target} takes a document that was changed:\n{}",
            String::from_utf8_lossy(&attempt)
        );
        if is_sealed {
            reads(&forged(&mut rng, document, &documents));
        }
    }
}

#[test]
fn every_document_of_the_corpus_is_read_as_its_name_says() {
    for (target, reads) in TARGETS {
        let corpus = corpus(target);
        assert!(corpus.keys().any(|name| name.starts_with("valid-")), "{target}");
        for (name, document) in corpus {
            assert_eq!(reads(&document), name.starts_with("valid-"), "{target}/{name}");
        }
    }
}

#[test]
fn every_reader_has_a_target_for_the_fuzzer() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    for (target, _) in TARGETS {
        assert!(manifest.contains(&format!("name = \"{target}\"")), "{target}");
        let file = fs::read_to_string(folder.join(format!("fuzz_targets/{target}.rs"))).unwrap();
        assert!(file.contains(&format!("\"{target}\"")), "{target}");
    }
}

#[test]
fn no_changed_document_is_taken_for_ours() {
    for (target, reads) in TARGETS {
        run(target, reads, matches!(target, "segment" | "snapshot"));
    }
}

#[test]
fn a_changed_journal_is_refused_or_is_a_beginning_of_the_true_one() {
    let whole = &corpus("chain")["valid-journal.txt"];
    let lines: Vec<&[u8]> = whole.split(|byte| *byte == b'\n').collect();
    let mut heads = vec![Head::none()];
    heads.extend((1..=lines.len()).map(|count| followed(&lines[..count].join(&b'\n')).unwrap()));
    let mut rng = seeded();
    for _ in 0..rounds() {
        let mut lines: Vec<Vec<u8>> = lines.iter().map(|line| line.to_vec()).collect();
        let at = rng.usize(..lines.len());
        let other = rng.usize(..lines.len());
        match rng.u8(..4) {
            0 => drop(lines.remove(at)),
            1 => lines.swap(at, other),
            2 => lines[at] = lines[other].clone(),
            _ => lines[at] = forged(&mut rng, &lines[at].clone(), &[whole]),
        }
        let head = followed(&lines.join(&b'\n'));
        // The last segment has none behind it that would tell: the head that was kept does.
        let is_tail = at == lines.len() - 1;
        assert!(head.is_none_or(|head| is_tail || heads.contains(&head)), "{at} {other}");
    }
}

/// Writes a journal with an entry of each kind, and what goes with it.
#[tokio::test]
#[ignore = "writes the corpus anew: for a change of the format"]
async fn write_the_corpus() {
    let memory = Arc::new(InMemory::new());
    let location = Location::Opened(memory, Path::default(), "memory".to_owned());
    let store = Store::at(location.clone());
    let lock = store.lock(&owner(), patience()).await.unwrap();
    let journal = Journal::begin(lock, Loaded::default(), "run-1", info(), clock()).await.unwrap();
    for entry in [
        started("tre-a", 0),
        intent("tre-a", 1),
        outcome("tre-a", 1, ok()),
        intent("tre-a", 2),
        outcome("tre-a", 2, StepResult::Error { error: refusal() }),
        ended("tre-a", TreEnd::Failed),
        started("tre-b", 0),
        intent("tre-b", 1),
        outcome("tre-b", 1, StepResult::Unknown { error: refusal() }),
        recorded("tre-c", TreState::Active),
    ] {
        journal.append(vec![entry]).await.unwrap();
    }
    journal.finish(RunResult::Done).await.unwrap();
    drop(journal);
    let objects = objects::Objects::open(&location).unwrap();
    let mut lines = Vec::new();
    let write = |target: &str, name: &str, bytes: &[u8]| {
        fs::create_dir_all(corpus_folder(target)).unwrap();
        fs::write(corpus_folder(target).join(name), bytes).unwrap();
    };
    for listed in objects.list("journal").await.unwrap() {
        let bytes = objects.read(&listed.name).await.unwrap().unwrap();
        let number = segment::number(&listed.name).unwrap();
        write("segment", &format!("valid-{number:02}.json"), &bytes);
        lines.push(bytes);
    }
    write("chain", "valid-journal.txt", &lines.join(&b'\n'));
    let newest = objects.list("applied").await.unwrap().pop().unwrap();
    let bytes = objects.read(&newest.name).await.unwrap().unwrap();
    write("snapshot", "valid-part-way.json", &bytes);
    lines.push([b"applied ", bytes.as_slice()].concat());
    write("chain", "valid-with-snapshot.txt", &lines.join(&b'\n'));
    let claim = lock::Claim {
        format_version: FORMAT_VERSION.to_owned(),
        epoch: 1,
        nonce: "0".repeat(16),
        lease_ms: 30_000,
        owner: Owner { job_url: Some("https://ci.example.org/7".to_owned()), ..owner() },
    };
    write("claim", "valid-of-a-job.json", &serde_json::to_vec(&claim).unwrap());
    let head = store.load().await.unwrap().head().to_string();
    write("head", "valid-end.txt", head.as_bytes());
    write("head", "valid-none.txt", Head::none().to_string().as_bytes());
    for (target, name, text) in [
        ("segment", "odd-newer.json", r#"{"format_version":"3.0","later":"things"}"#),
        ("segment", "odd-empty.json", ""),
        ("snapshot", "odd-newer.json", r#"{"format_version":"3.0","later":"things"}"#),
        ("claim", "odd-end.json", r#"{"format_version":"2.0"}"#),
        ("head", "odd-short.txt", "12:00"),
        ("head", "odd-large.txt", &format!("18446744073709551616:{}", "0".repeat(64))),
        ("chain", "odd-lines.txt", "{}\napplied {}\n\n"),
    ] {
        write(target, name, text.as_bytes());
    }
}
