mod disk;
mod example;

use super::*;

const PROJECT: &str = "apiVersion: trectl/v1\nkind: Project\n";

const TRE: &str = "apiVersion: trectl/v1\nkind: TrustedResearchEnvironment\nid: tre-a\n";

fn repository<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Repository {
    Repository::from_memory("/r", files)
}

fn shown(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics
        .iter()
        .map(|found| {
            let place = found.range.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{} {place} {}", found.code.id, found.summary)
        })
        .collect()
}

#[test]
fn documents_come_in_path_order() {
    let files = [
        (
            "b.yaml",
            "apiVersion: trectl/v1\nkind: Group\n---\napiVersion: trectl/v1\nkind: Profile\n",
        ),
        ("a/x.yml", TRE),
        ("trectl.yaml", "apiVersion: trectl/v1\nkind: Project\n"),
        ("seed.yaml", "apiVersion: trectl/v1\nkind: PlatformSeed\n"),
        ("k8s.yaml", "apiVersion: batch/v1\nkind: Job\nmode: 0644\n"),
    ];
    let read = repository(files);
    assert_eq!(shown(&read.diagnostics), Vec::<String>::new());
    let found: Vec<_> =
        read.documents.iter().map(|document| (document.file.as_ref(), document.kind)).collect();
    assert_eq!(
        found,
        [
            ("a/x.yml", Kind::TrustedResearchEnvironment),
            ("b.yaml", Kind::Group),
            ("b.yaml", Kind::Profile),
            ("seed.yaml", Kind::PlatformSeed),
            ("trectl.yaml", Kind::Project),
        ]
    );
    assert_eq!(read.sources.text("a/x.yml"), Some(TRE));
}

#[test]
fn the_digest_depends_on_paths_and_contents_only() {
    let digest = |files: &[(&'static str, &'static str)]| repository(files.iter().copied()).digest;
    let one = digest(&[("a.yaml", TRE), ("b.yaml", "x")]);
    assert!(one.starts_with("sha256:") && one.len() == 71, "{one}");
    assert_eq!(one, digest(&[("b.yaml", "x"), ("a.yaml", TRE)]));
    for other in [
        digest(&[("a.yaml", TRE)]),
        digest(&[("a.yaml", TRE), ("c.yaml", "x")]),
        digest(&[("a.yaml", TRE), ("b.yaml", "y")]),
        digest(&[("a.yaml", "x"), ("b.yaml", TRE)]),
    ] {
        assert_ne!(one, other);
    }
}

#[test]
fn what_is_no_usable_document_is_reported() {
    let cases: [(&str, &str, &[&str]); 17] = [
        (
            "a.yaml",
            "- x\n",
            &["TRE015 a.yaml:1:1 The document is a list; a mapping of keys to values is expected."],
        ),
        (
            "a.yaml",
            "x\n",
            &[
                "TRE015 a.yaml:1:1 The document is a single value; a mapping of keys to values is expected.",
            ],
        ),
        (
            "a.yaml",
            "~\n",
            &[
                "TRE015 a.yaml:1:1 The document is nothing; a mapping of keys to values is expected.",
            ],
        ),
        ("a.yaml", "kind: Group\n", &["TRE016 a.yaml:1:1 The document has no `apiVersion`."]),
        ("a.yaml", "{}\n", &["TRE016 a.yaml:1:1 The document has no `apiVersion`."]),
        (
            "a.yaml",
            "x: 1\napiversion: trectl/v1\n",
            &["TRE016 a.yaml:2:1 The document has no `apiVersion`."],
        ),
        ("a.yaml", "apiVersion: 1\n", &["TRE016 a.yaml:1:13 The `apiVersion` is not text."]),
        (
            "a.yaml",
            "apiVersion: trectl/v2\nkind: New\n",
            &[
                "TRE017 a.yaml:1:13 `trectl/v2` needs a newer trectl; this one understands `trectl/v1`.",
            ],
        ),
        (
            "a.yaml",
            "apiVersion: tretcl/v1\n",
            &[
                "TRE024 a.yaml:1:13 The document is passed over, since `tretcl/v1` is not `trectl/v1`.",
            ],
        ),
        ("a.yaml", "apiVersion: trectl/v1\n", &["TRE018 a.yaml:1:1 The document has no `kind`."]),
        (
            "a.yaml",
            "apiVersion: trectl/v1\nkind: [Group]\n",
            &["TRE018 a.yaml:2:7 The `kind` is not text."],
        ),
        (
            "a.yaml",
            "apiVersion: trectl/v1\nkind: group\n",
            &["TRE018 a.yaml:2:7 The kind `group` is unknown."],
        ),
        (
            "a.yaml",
            "apiVersion: trectl/v1\nkind: Project\n",
            &[
                "TRE019 a.yaml:2:7 A document of kind `Project` stands outside `trectl.yaml` of the root.",
            ],
        ),
        (
            "trectl.yaml",
            "apiVersion: trectl/v1\nkind: Project\n---\napiVersion: trectl/v1\nkind: Project\n",
            &["TRE019 trectl.yaml:5:7 A second project document is not allowed."],
        ),
        ("a.yaml", " \n", &["TRE025 a.yaml:1:1 The file `a.yaml` is empty."]),
        ("a.yaml", "# x\n---\n", &["TRE025 a.yaml:1:1 The file `a.yaml` holds no document."]),
        (
            "a.yaml",
            "x: 010\n---\ny: [\n",
            &[
                "TRE016 a.yaml:1:1 The document has no `apiVersion`.",
                "TRE013 a.yaml:1:4 The number `010` has leading zeros, about which readers of YAML disagree.",
                "TRE001 a.yaml:3:4 The bracket `[` is not closed.",
            ],
        ),
    ];
    let wrong: Vec<_> = cases
        .into_iter()
        .map(|(file, text, expected)| {
            (text, shown(&repository([(file, text)]).diagnostics), expected)
        })
        .filter(|(_, found, expected)| found != expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn near_misses_get_a_suggestion() {
    let cases = [
        (
            "apiVersion: trectl/v1\nkind: TrustedResearchEnviroment\n",
            "Did you mean `TrustedResearchEnvironment`?",
        ),
        ("apiVersion: trectl/v1\nkind: group\n", "Did you mean `Group`?"),
        ("apiversion: trectl/v1\n", "Did you mean `apiVersion` instead of `apiversion`?"),
        ("apiVersion: trectl.v1\n", "Did you mean `trectl/v1`?"),
    ];
    for (text, help) in cases {
        assert_eq!(repository([("a.yaml", text)]).diagnostics[0].help.as_deref(), Some(help));
    }
}

#[test]
fn a_repository_needs_a_document() {
    let project = ("trectl.yaml", "apiVersion: trectl/v1\nkind: Project\n");
    assert!(!repository([project]).has_documents());
    assert_eq!(repository([project]).no_documents().unwrap().code, &codes::NO_DOCUMENTS);
    assert!(repository([project, ("a.yaml", TRE)]).has_documents());
    assert!(repository([project, ("a.yaml", TRE)]).no_documents().is_none());
    assert_eq!(shown(&repository([("trectl.yaml", "")]).diagnostics), Vec::<String>::new());
}

#[test]
fn many_files_give_what_one_after_the_other_gives() {
    let names: Vec<String> = (0..300).map(|at| format!("{at:03}.yaml")).collect();
    let many = repository(names.iter().map(|name| (name.as_str(), TRE)));
    let files: Vec<_> = many.documents.iter().map(|document| document.file.to_string()).collect();
    assert_eq!(files, names);
}

#[test]
fn a_wrong_glob_is_reported_and_the_others_count() {
    let project = format!("{PROJECT}ignore: ['[', a.yaml]\n");
    let read = repository([("trectl.yaml", project.as_str()), ("a.yaml", "x")]);
    assert_eq!(
        shown(&read.diagnostics),
        [
            "TRE023 trectl.yaml:3:10 The pattern is not a valid glob: unclosed character class; missing ']'."
        ]
    );
}

#[test]
fn a_failure_says_what_to_do() {
    let failure = |action, kind: std::io::ErrorKind| {
        let error = SourceError { action, path: "tres/a.yaml".into(), source: kind.into() };
        format!("{error}: {}", error.hint())
    };
    assert_eq!(
        failure(Action::ReadFile, std::io::ErrorKind::PermissionDenied),
        "cannot read the file `tres/a.yaml`: Make `tres/a.yaml` readable for the current user, or \
         list it under `ignore:` in `trectl.yaml`."
    );
    assert_eq!(
        failure(Action::ReadFolder, std::io::ErrorKind::NotFound),
        "cannot list the folder `tres/a.yaml`: It was removed while trectl was reading. Run the \
         command again."
    );
}
