//! A plan as one JSON document, indented as `serde_json` does it, at several times its speed: a plan
//! of ten thousand TREs has five million lines, and each of them begins with one write here.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use crate::plan::Plan;

/// The longest indentation that is written at once.
const SPACES: &[u8] = &[b' '; 64];
const STEP: usize = 2;

/// Returns a plan for programs: one JSON document.
///
/// # Errors
///
/// Never for a plan that trectl made; the signature is that of the serializer.
pub fn json(plan: &Plan) -> Result<String, serde_json::Error> {
    let mut text = written(plan)?;
    text.push(b'\n');
    String::from_utf8(text).map_err(serde::ser::Error::custom)
}

fn written(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut text = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut text, Indented::default()))?;
    Ok(text)
}

/// Two spaces for each level, and nothing between the brackets of what is empty.
#[derive(Default)]
struct Indented {
    depth: usize,
    has_value: bool,
}

impl Indented {
    fn begin(&mut self, out: &mut (impl Write + ?Sized), bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.has_value = false;
        out.write_all(bracket)
    }

    fn end(&mut self, out: &mut (impl Write + ?Sized), bracket: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        if self.has_value {
            self.line(out, true)?;
        }
        self.has_value = true;
        out.write_all(bracket)
    }

    /// Begins a line; where it is not the first of its list, after a comma.
    fn line(&self, out: &mut (impl Write + ?Sized), is_first: bool) -> io::Result<()> {
        out.write_all(if is_first { b"\n" } else { b",\n" })?;
        let mut rest = STEP * self.depth;
        while rest > 0 {
            let spaces = SPACES.get(..rest).unwrap_or(SPACES);
            out.write_all(spaces)?;
            rest -= spaces.len();
        }
        Ok(())
    }
}

impl Formatter for Indented {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.line(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.line(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::written;

    /// Any value, with empty lists and maps, and deeper than one indentation is long.
    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(json!(null)),
            any::<i64>().prop_map(Value::from),
            ".{0,5}".prop_map(Value::from)
        ];
        let nested = leaf.prop_recursive(6, 64, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((".{0,3}", inner), 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        });
        (nested, 0..80_usize).prop_map(|(value, depth)| {
            (0..depth).fold(value, |value, level| match level % 2 {
                0 => json!([value]),
                _ => json!({ "in": value }),
            })
        })
    }

    proptest! {
        #[test]
        fn it_reads_as_the_library_writes_it(value in value()) {
            let text = String::from_utf8(written(&value).unwrap()).unwrap();
            prop_assert_eq!(text, serde_json::to_string_pretty(&value).unwrap());
        }
    }
}
