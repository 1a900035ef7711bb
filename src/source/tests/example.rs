//! An example of every code, as people see it.

use std::collections::BTreeMap;

#[cfg(unix)]
use super::disk::links;
use crate::diag::render::human;
use crate::source::{Repository, codes, load};

/// Files that bring about a finding of each kind; links and names need a disk.
const EXAMPLES: [(&str, &str, &[u8]); 21] = [
    (
        "TRE001",
        "tres/a.yaml",
        b"apiVersion: trectl/v1\nadmins: [user-amara, user-jonas\nid: tre-a\n",
    ),
    ("TRE002", "tres/a.yaml", b"policies:\n\tdownloadRestricted: true\n"),
    ("TRE003", "tres/a.yaml", b"name: Universit\xe9\n"),
    ("TRE004", "tres/a.yaml", b"name: \x1b[31mred\n"),
    ("TRE006", "tres/a.yaml", &[b'['; 65]),
    ("TRE008", "tres/a.yaml", b"admins: *everyone\n"),
    ("TRE009", "tres/a.yaml", b"state: draft\nname: A\nstate: active\n"),
    ("TRE010", "tres/a.yaml", b"for: {2026: x}\n"),
    ("TRE011", "tres/a.yaml", b"a: &a {x: 1}\nb:\n  <<: *a\n"),
    ("TRE012", "tres/a.yaml", b"name: !env NAME\n"),
    ("TRE013", "tres/a.yaml", b"percent: 030\n"),
    ("TRE014", "tres/a.yaml", b"percent: .inf\n"),
    ("TRE015", "tres/a.yaml", b"- tre-a\n- tre-b\n"),
    ("TRE016", "tres/a.yaml", b"apiversion: trectl/v1\n"),
    ("TRE017", "tres/a.yaml", b"apiVersion: trectl/v2\nkind: Group\n"),
    ("TRE018", "tres/a.yaml", b"apiVersion: trectl/v1\nkind: TrustedResearchEnviroment\n"),
    ("TRE019", "tres/a.yaml", b"apiVersion: trectl/v1\nkind: Project\n"),
    ("TRE023", "trectl.yaml", b"apiVersion: trectl/v1\nkind: Project\nignore: ['a[']\n"),
    ("TRE024", "tres/a.yaml", b"apiVersion: tretcl/v1\nkind: Group\n"),
    ("TRE025", "tres/a.yaml", b"\n"),
    ("TRE027", "trectl.yaml", b"apiVersion: trectl/v1\nkind: Project\n"),
];

#[test]
fn every_code_has_an_example() {
    let mut shown = BTreeMap::new();
    let mut show = |id: &'static str, read: &Repository| {
        let found: Vec<_> = read.diagnostics.iter().cloned().chain(read.no_documents()).collect();
        let of_code: Vec<_> =
            found.into_iter().filter(|finding| finding.code.id == id).take(1).collect();
        let text = human::render(&of_code, &read.sources, human::Color::Plain);
        shown.insert(id, text.replace(read.root.as_str(), "ROOT"));
    };
    for (id, file, content) in EXAMPLES {
        show(id, &Repository::from_memory("/root", [(file, content)]));
    }
    let large = vec![b' '; 10 * 1024 * 1024 + 1];
    show("TRE005", &Repository::from_memory("/root", [("tres/a.yaml", large)]));
    let bomb = format!("a: &a [{}]\nb: [{}]\n", "x, ".repeat(400), "*a, ".repeat(400));
    show("TRE007", &Repository::from_memory("/root", [("tres/a.yaml", bomb)]));
    show("TRE026", &Repository::from_memory("/root", [("tres/a.yaml", "- 010\n".repeat(200))]));
    #[cfg(unix)]
    {
        let folder = links::refused();
        let read = load(&folder.path()).unwrap();
        ["TRE020", "TRE021", "TRE022"].into_iter().for_each(|id| show(id, &read));
    }
    let ids: Vec<_> = codes::ALL.iter().map(|code| code.id).collect();
    assert_eq!(shown.keys().copied().collect::<Vec<_>>(), ids);
    insta::assert_snapshot!(shown.into_values().collect::<String>());
}
