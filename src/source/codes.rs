//! The codes of findings about the files themselves: `TRE001` to `TRE029`.

use crate::diag::Code;

/// Every code of this module, by id.
pub static ALL: &[&Code] = &[
    &SYNTAX,
    &TAB,
    &NOT_UTF8,
    &CONTROL_CHARACTER,
    &TOO_LARGE,
    &TOO_DEEP,
    &ALIAS_BUDGET,
    &ALIAS_TARGET,
    &DUPLICATE_KEY,
    &KEY_NOT_TEXT,
    &MERGE_KEY,
    &TAG,
    &AMBIGUOUS_NUMBER,
    &NUMBER_RANGE,
    &NOT_A_MAPPING,
    &NO_API_VERSION,
    &NEWER_API_VERSION,
    &UNKNOWN_KIND,
    &PROJECT_PLACE,
    &LINK_LEAVES_ROOT,
    &BROKEN_LINK,
    &FILE_NAME,
    &IGNORE_GLOB,
    &SIMILAR_API_VERSION,
    &EMPTY_FILE,
    &MANY_FINDINGS,
    &NO_DOCUMENTS,
];

/// The file is not YAML.
pub static SYNTAX: Code = Code {
    id: "TRE001",
    title: "The file is not valid YAML",
    cause: "The text breaks a rule of YAML, for instance by an open bracket or quote, a wrong \
            indentation, or a `: ` inside unquoted text.",
    cure: "Correct the marked place. Text that holds `: `, ` #` or starts with one of `[]{}&*!|>%@` \
           needs quotes. Reading goes on behind the next `---`, so correct one place per document \
           and validate again.",
};

/// A tab is used for indentation.
pub static TAB: Code = Code {
    id: "TRE002",
    title: "A tab is used for indentation",
    cause: "YAML allows only spaces for indentation, since the width of a tab differs from editor \
            to editor.",
    cure: "Replace the tab by spaces, two for each level.",
};

/// The file is not UTF-8.
pub static NOT_UTF8: Code = Code {
    id: "TRE003",
    title: "The file is not UTF-8",
    cause: "The file is saved in another encoding, such as Latin-1 or UTF-16, or it is not a text \
            file.",
    cure: "Save the file as UTF-8, or list it under `ignore:` in `trectl.yaml`.",
};

/// A control character is in the file.
pub static CONTROL_CHARACTER: Code = Code {
    id: "TRE004",
    title: "The file holds a control character",
    cause: "Control characters are invisible and can change what a terminal shows; YAML forbids \
            most of them. A carriage return is accepted only before a line feed.",
    cure: "Remove the character, or write it as an escape such as `\\u0007` in double quotes.",
};

/// The file is too large.
pub static TOO_LARGE: Code = Code {
    id: "TRE005",
    title: "The file is too large",
    cause: "A file with documents of trectl holds at most 10 MiB. This one is larger and is not \
            read.",
    cure: "Split it into several files, or list it under `ignore:` in `trectl.yaml`.",
};

/// The nesting is too deep.
pub static TOO_DEEP: Code = Code {
    id: "TRE006",
    title: "Lists and mappings are nested too deeply",
    cause: "No document of trectl needs more than a few levels; more than 64 is refused.",
    cure: "Look for brackets that are opened and not closed, and remove superfluous levels.",
};

/// Aliases stand for too many values.
pub static ALIAS_BUDGET: Code = Code {
    id: "TRE007",
    title: "Aliases stand for too many values",
    cause: "Anchors and aliases of one file may stand for 100,000 values together. Aliases of \
            aliases grow quickly, by accident or on purpose.",
    cure: "Use a group or a profile instead of repeating values by alias.",
};

/// An alias has no value to stand for.
pub static ALIAS_TARGET: Code = Code {
    id: "TRE008",
    title: "An alias has nothing to stand for",
    cause: "`*name` repeats the value that `&name` marks earlier in the same document. Here there \
            is none, or the value contains its own alias.",
    cure: "Mark the value with `&name` before the alias, or write the value out.",
};

/// A key is written twice.
pub static DUPLICATE_KEY: Code = Code {
    id: "TRE009",
    title: "A key is written twice",
    cause: "Each key of a mapping counts once. Which of the two values is meant cannot be known.",
    cure: "Keep one of the two.",
};

/// A key is not text.
pub static KEY_NOT_TEXT: Code = Code {
    id: "TRE010",
    title: "A key is not text",
    cause: "Keys are names. This one is a number, a truth value, nothing, a list or a mapping.",
    cure: "Put the key in quotes, or remove it.",
};

/// A merge key is used.
pub static MERGE_KEY: Code = Code {
    id: "TRE011",
    title: "Merge keys are not supported",
    cause: "`<<` is not part of YAML 1.2, and parsers disagree about which value wins.",
    cure: "Share settings through a profile (`extends:`) and people through a group (`group:…`).",
};

/// A tag is not supported.
pub static TAG: Code = Code {
    id: "TRE012",
    title: "The tag is not supported",
    cause: "Only the tags of YAML's core schema are understood (`!!str`, `!!int`, `!!float`, \
            `!!bool`, `!!null`, `!!seq`, `!!map`), each on a value that it fits.",
    cure: "Remove the tag. For text that looks like something else, quotes are enough.",
};

/// Readers of YAML disagree about a number.
pub static AMBIGUOUS_NUMBER: Code = Code {
    id: "TRE013",
    title: "The number is ambiguous",
    cause: "Leading zeros, `0x`, `0o`, `0b` and `_` are read differently by different versions of \
            YAML: `010` is ten for some readers, eight for others, and text for many people.",
    cure: "Put it in quotes if it is text, or write the plain decimal number.",
};

/// A number cannot be kept exactly.
pub static NUMBER_RANGE: Code = Code {
    id: "TRE014",
    title: "The number is out of range",
    cause: "Infinity, not-a-number, and numbers beyond 64 bits cannot be kept as numbers.",
    cure: "Put it in quotes if it is text, such as a long id.",
};

/// A document is not a mapping.
pub static NOT_A_MAPPING: Code = Code {
    id: "TRE015",
    title: "The document is not a mapping",
    cause: "Each document is a mapping of keys to values that starts with `apiVersion` and `kind`.",
    cure: "Write the document as `key: value` lines, or list the file under `ignore:` in \
           `trectl.yaml`.",
};

/// A document has no `apiVersion`.
pub static NO_API_VERSION: Code = Code {
    id: "TRE016",
    title: "The document has no `apiVersion`",
    cause: "`apiVersion` tells whose document it is. Without a readable one a document could be \
            passed over by mistake.",
    cure: "Add `apiVersion: trectl/v1` for a document of trectl. A file that is none belongs under \
           `ignore:` in `trectl.yaml`.",
};

/// A document needs a newer trectl.
pub static NEWER_API_VERSION: Code = Code {
    id: "TRE017",
    title: "The document needs another version of trectl",
    cause: "This trectl understands `trectl/v1` only.",
    cure: "Update trectl, or write `apiVersion: trectl/v1`.",
};

/// A document's kind is missing or unknown.
pub static UNKNOWN_KIND: Code = Code {
    id: "TRE018",
    title: "The document's `kind` is missing or unknown",
    cause: "`kind` tells what a document is: `TrustedResearchEnvironment`, `Group`, `Profile`, \
            `Project` or `PlatformSeed`.",
    cure: "Write one of the known kinds.",
};

/// A project document is in the wrong place.
pub static PROJECT_PLACE: Code = Code {
    id: "TRE019",
    title: "The project document is in the wrong place",
    cause: "One document of kind `Project` is allowed, in the file `trectl.yaml` of the root.",
    cure: "Move its settings to `trectl.yaml` of the root, and remove the other document.",
};

/// A link leaves the root.
pub static LINK_LEAVES_ROOT: Code = Code {
    id: "TRE020",
    title: "A link leaves the repository",
    cause: "What a plan says must follow from the reviewed files alone. A link to a place outside \
            of the root would bring in text that nobody reviewed.",
    cure: "Copy the file into the repository, or list the link under `ignore:` in `trectl.yaml`.",
};

/// A link leads nowhere.
pub static BROKEN_LINK: Code = Code {
    id: "TRE021",
    title: "A link leads nowhere",
    cause: "The file that the link names does not exist, or links lead in a circle.",
    cure: "Correct the link, remove it, or list it under `ignore:` in `trectl.yaml`.",
};

/// A file name is not Unicode.
pub static FILE_NAME: Code = Code {
    id: "TRE022",
    title: "A file name is not valid Unicode",
    cause: "The name holds bytes that are not UTF-8, so that it cannot be shown or recorded.",
    cure: "Rename the file.",
};

/// A glob under `ignore:` is not valid.
pub static IGNORE_GLOB: Code = Code {
    id: "TRE023",
    title: "A pattern under `ignore:` is not valid",
    cause: "`ignore:` is a list of globs: `*` within a name, `**` over folders, `?`, `[a-z]`, \
            `{a,b}`.",
    cure: "Correct the pattern.",
};

/// An `apiVersion` looks like a misspelled one of ours.
pub static SIMILAR_API_VERSION: Code = Code {
    id: "TRE024",
    title: "The `apiVersion` looks misspelled",
    cause: "A document whose `apiVersion` names another group is passed over. This one is nearly \
            that of trectl, so it may be passed over by mistake.",
    cure: "Write `apiVersion: trectl/v1` if the document is meant for trectl.",
};

/// A file is empty.
pub static EMPTY_FILE: Code = Code {
    id: "TRE025",
    title: "The file holds no document",
    cause: "The file is empty, or holds only comments. A file that was emptied by accident looks \
            just like this.",
    cure: "Write a document, or remove the file.",
};

/// A file has too many findings.
pub static MANY_FINDINGS: Code = Code {
    id: "TRE026",
    title: "The file has more findings than are shown",
    cause: "Reading a file stops at its hundredth finding.",
    cure: "Correct the first findings and validate again.",
};

/// There is no document at all.
pub static NO_DOCUMENTS: Code = Code {
    id: "TRE027",
    title: "There is no document",
    cause: "No TRE, group or profile is written in a `*.yaml` or `*.yml` file below the root.",
    cure: "Name the folder of the repository with `-C DIR`, or write a first document, for \
           instance with `trectl new`.",
};
