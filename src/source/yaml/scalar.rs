//! What unquoted text means: the core schema of YAML 1.2, without the numbers about which readers
//! disagree.

use serde_json::Number;

use crate::source::NodeValue;

/// What an unquoted scalar is.
#[derive(Debug, PartialEq)]
pub(super) enum Plain {
    /// A value that is not text.
    Value(NodeValue),
    /// Text.
    Text,
    /// A number with leading zeros; the number without them.
    LeadingZero(String),
    /// A number with a base prefix or underscores.
    Notation,
    /// Infinity, not-a-number, or a number beyond 64 bits.
    OutOfRange,
}

/// Returns what an unquoted scalar is.
pub(super) fn resolve(text: &str) -> Plain {
    // Nearly all scalars are text, and nearly all of it shows at the first letter.
    match text.as_bytes().first() {
        None => Plain::Value(NodeValue::Null),
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => number(text),
        Some(b'~' | b'n' | b'N' | b't' | b'T' | b'f' | b'F') => keyword(text),
        Some(_) => Plain::Text,
    }
}

fn keyword(text: &str) -> Plain {
    match text {
        "~" | "null" | "Null" | "NULL" => Plain::Value(NodeValue::Null),
        "true" | "True" | "TRUE" => Plain::Value(NodeValue::Bool(true)),
        "false" | "False" | "FALSE" => Plain::Value(NodeValue::Bool(false)),
        _ => Plain::Text,
    }
}

fn number(text: &str) -> Plain {
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'+') => ("", text.get(1..).unwrap_or_default()),
        Some(b'-') => ("-", text.get(1..).unwrap_or_default()),
        _ => ("", text),
    };
    match digits {
        ".inf" | ".Inf" | ".INF" => return Plain::OutOfRange,
        ".nan" | ".NaN" | ".NAN" if digits.len() == text.len() => return Plain::OutOfRange,
        _ => {}
    }
    match shape(digits) {
        Shape::Text if has_notation(digits) => Plain::Notation,
        Shape::Text => Plain::Text,
        Shape::Integer | Shape::Float if has_leading_zero(digits) => {
            let rest = digits.trim_start_matches('0');
            let zero =
                if rest.starts_with(|first: char| first.is_ascii_digit()) { "" } else { "0" };
            Plain::LeadingZero(format!("{sign}{zero}{rest}"))
        }
        Shape::Integer => integer(text).map_or(Plain::OutOfRange, value),
        Shape::Float => {
            text.parse().ok().and_then(Number::from_f64).map_or(Plain::OutOfRange, value)
        }
    }
}

fn value(number: Number) -> Plain {
    Plain::Value(NodeValue::Number(number))
}

fn integer(text: &str) -> Option<Number> {
    match text.parse::<i64>() {
        Ok(value) => Some(value.into()),
        Err(_) => text.parse::<u64>().ok().map(Into::into),
    }
}

#[derive(Debug, PartialEq)]
enum Shape {
    Integer,
    Float,
    Text,
}

/// Returns the shape of a scalar behind its sign: `[0-9]+`, or
/// `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
fn shape(digits: &str) -> Shape {
    let (whole, rest) = leading_digits(digits);
    if rest.is_empty() && !whole.is_empty() {
        return Shape::Integer;
    }
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => leading_digits(rest),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return Shape::Text;
    }
    match rest.strip_prefix(['e', 'E']) {
        None if rest.is_empty() => Shape::Float,
        None => Shape::Text,
        Some(exponent) => {
            let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            match leading_digits(exponent) {
                (digits, "") if !digits.is_empty() => Shape::Float,
                _ => Shape::Text,
            }
        }
    }
}

fn leading_digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn has_leading_zero(digits: &str) -> bool {
    let (whole, _) = leading_digits(digits);
    whole.len() > 1 && whole.starts_with('0')
}

/// Tells whether some reader takes it for a number: `0x…`, `0o…`, `0b…`, or digits with `_`.
fn has_notation(digits: &str) -> bool {
    let base = |prefix: &str, is_digit: fn(char) -> bool| {
        digits.strip_prefix(prefix).is_some_and(|rest| {
            rest.contains(is_digit) && rest.chars().all(|digit| digit == '_' || is_digit(digit))
        })
    };
    base("0x", |digit| digit.is_ascii_hexdigit())
        || base("0o", |digit| digit.is_digit(8))
        || base("0b", |digit| digit.is_digit(2))
        || digits.starts_with(|first: char| first.is_ascii_digit())
            && digits.contains('_')
            && shape(&digits.replace('_', "")) != Shape::Text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unquoted_text_is_read_by_the_core_schema() {
        for text in [
            "no",
            "yes",
            "on",
            "off",
            "y",
            "No",
            "nULL",
            "tRue",
            "none",
            "2026-05-20",
            "12:30",
            "1.2.3",
            "-",
            "+",
            ".",
            "-.",
            "..",
            "1e",
            "e5",
            "0x",
            "0b2",
            "0o8",
            "user-1",
            "+.nan",
            "_1",
            "1-2",
            "½",
            "nan",
            "inf",
            "infinity",
            "-x",
            "1_a",
        ] {
            assert_eq!(resolve(text), Plain::Text, "{text}");
        }
        for text in ["", "~", "null", "Null", "NULL"] {
            assert_eq!(resolve(text), Plain::Value(NodeValue::Null), "{text}");
        }
        for (text, expected) in [("true", true), ("True", true), ("TRUE", true), ("false", false)] {
            assert_eq!(resolve(text), Plain::Value(NodeValue::Bool(expected)), "{text}");
        }
    }

    #[test]
    fn plain_numbers_are_numbers() {
        let cases: [(&str, Number); 8] = [
            ("0", 0.into()),
            ("-0", 0.into()),
            ("+5", 5.into()),
            ("-17", (-17).into()),
            ("18446744073709551615", u64::MAX.into()),
            ("-9223372036854775808", i64::MIN.into()),
            ("9007199254740993", 9_007_199_254_740_993_u64.into()),
            ("40", 40.into()),
        ];
        for (text, expected) in cases {
            assert_eq!(resolve(text), Plain::Value(NodeValue::Number(expected)), "{text}");
        }
        for (text, expected) in [
            ("0.5", 0.5),
            (".5", 0.5),
            ("1.", 1.0),
            ("-1.5e3", -1500.0),
            ("1e5", 1e5),
            ("2026.1", 2026.1),
        ] {
            let expected = Number::from_f64(expected).unwrap();
            assert_eq!(resolve(text), Plain::Value(NodeValue::Number(expected)), "{text}");
        }
    }

    #[test]
    fn numbers_about_which_readers_disagree_are_findings() {
        for (text, plain) in [
            ("010", "10"),
            ("-007", "-7"),
            ("00", "0"),
            ("01.5", "1.5"),
            ("+00.5", "0.5"),
            ("089", "89"),
        ] {
            assert_eq!(resolve(text), Plain::LeadingZero(plain.to_owned()), "{text}");
        }
        for text in ["0x1F", "-0xff", "0o17", "0b1010", "1_000", "1_0.5", "0x1_0"] {
            assert_eq!(resolve(text), Plain::Notation, "{text}");
        }
        for text in [".inf", "-.INF", "+.Inf", ".nan", ".NaN", "18446744073709551616", "1e999"] {
            assert_eq!(resolve(text), Plain::OutOfRange, "{text}");
        }
    }
}
