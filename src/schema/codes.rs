//! Kinds of findings about the form of a document.

use crate::diag::Code;

/// A key that no document of that kind has.
pub static UNKNOWN_KEY: Code = Code {
    id: "TRE030",
    title: "Unknown key",
    cause: "A mapping has a key that trectl does not know there. A misspelt key would otherwise \
            be ignored, and the setting that was meant would stay unmanaged.",
    cure: "Correct the spelling, move the key to where it belongs, or remove it.",
};

/// A value of another type.
pub static WRONG_TYPE: Code = Code {
    id: "TRE031",
    title: "Wrong type",
    cause: "A value has another type than its key takes: a number where text belongs, one value \
            where a list belongs, and so on. YAML reads `2026.1` as a number and `yes` as text.",
    cure: "Put text that looks like a number in quotes; write `true` or `false` without quotes; \
           begin each entry of a list with `- `.",
};

/// A key that must be there.
pub static MISSING_KEY: Code = Code {
    id: "TRE032",
    title: "Missing key",
    cause: "A mapping lacks a key without which it means nothing, such as the `state` of a TRE.",
    cure: "Add the key.",
};

/// A key with nothing behind it.
pub static NO_VALUE: Code = Code {
    id: "TRE033",
    title: "Key without a value",
    cause: "A key has no value, or `null`. That could mean \"none\" as well as \"not managed\", so \
            trectl does not guess. (A policy may be `null`: the platform's default.)",
    cure: "Write `[]` for none, or remove the key so that the setting is not managed.",
};

/// A value out of a fixed set.
pub static UNKNOWN_VALUE: Code = Code {
    id: "TRE034",
    title: "Unknown value",
    cause: "A key takes one of a few words, and the value is none of them.",
    cure: "Write one of the words that the message lists.",
};

/// Text that is not the identifier it should be.
pub static MALFORMED_ID: Code = Code {
    id: "TRE035",
    title: "Malformed id",
    cause: "An id, a region, an asset or a name does not have its form. Handles of people, orgs \
            and TREs are lower case; records, files and projects are followed by 24 characters.",
    cure: "Copy the id from the platform, or correct it as the message says.",
};

/// A value that its key does not take for another reason.
pub static UNFIT_VALUE: Code = Code {
    id: "TRE036",
    title: "Value that does not fit",
    cause: "A value has the right type and still cannot be: a day that is not in the calendar, a \
            number that is too large or too small, an empty mapping where one entry is needed.",
    cure: "Correct the value as the message says.",
};

/// Every kind, in the order of their ids.
pub static ALL: &[&Code] = &[
    &UNKNOWN_KEY,
    &WRONG_TYPE,
    &MISSING_KEY,
    &NO_VALUE,
    &UNKNOWN_VALUE,
    &MALFORMED_ID,
    &UNFIT_VALUE,
];
