//! A page of Markdown: its fenced blocks, and the sessions of a terminal in them.

/// The mark for lines that a page leaves out.
const LEFT_OUT: &str = "[…]";

/// A fenced block.
#[derive(Debug, Default)]
pub struct Block {
    /// The number of the line of the opening fence.
    pub line: usize,
    /// What stands behind the opening fence.
    pub language: String,
    /// What stands between the fences.
    pub lines: Vec<String>,
}

/// Returns the fenced blocks of a page, or why they cannot be told apart.
pub fn blocks(text: &str) -> Result<Vec<Block>, String> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (at, line) in text.lines().enumerate() {
        let number = at + 1;
        let fence = line.trim_start().strip_prefix("```").or(line.trim_start().strip_prefix("~~~"));
        match (open.take(), fence) {
            (None, Some(_)) if !line.starts_with("```") => {
                return Err(format!("{number}: a fence is three backticks at the margin"));
            }
            (None, Some(language)) => {
                let language = language.to_owned();
                open = Some(Block { line: number, language, lines: Vec::new() });
            }
            (Some(block), Some("")) => blocks.push(block),
            (Some(_), Some(_)) => return Err(format!("{number}: a fence within a fence")),
            (Some(mut block), None) => {
                block.lines.push(line.to_owned());
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    match open {
        Some(block) => Err(format!("{}: the block is not closed", block.line)),
        None => Ok(blocks),
    }
}

/// A command as a reader types it, and what the page says it prints.
#[derive(Debug)]
pub struct Command {
    /// The number of its line.
    pub line: usize,
    /// The words behind the prompt.
    pub words: Vec<String>,
    /// The lines below it.
    pub printed: Vec<String>,
}

/// Returns the commands of a block, or why it is none of a terminal.
pub fn commands(block: &Block) -> Result<Vec<Command>, String> {
    let mut commands: Vec<Command> = Vec::new();
    for (at, text) in block.lines.iter().enumerate() {
        let line = block.line + at + 1;
        match (text.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) if command.contains(['"', '\'', '\\', '|', '>', '&']) => {
                return Err(format!("{line}: no shell runs this, write plain words: {command}"));
            }
            (Some(command), _) => commands.push(Command {
                line,
                words: command.split_whitespace().map(str::to_owned).collect(),
                printed: Vec::new(),
            }),
            (None, Some(command)) => command.printed.push(text.clone()),
            (None, None) => return Err(format!("{line}: the block begins without a command")),
        }
    }
    if commands.is_empty() {
        return Err(format!("{}: the block has no command", block.line));
    }
    Ok(commands)
}

/// Tells whether lines are what was printed; `[…]` stands for at least one line.
pub fn is_excerpt(shown: &[String], printed: &[String]) -> bool {
    let settle = |lines: &[String]| -> Vec<String> { lines.iter().map(|l| settle(l)).collect() };
    let (shown, printed) = (settle(shown), settle(printed));
    let parts: Vec<&[String]> = shown.split(|line| line.trim() == LEFT_OUT).collect();
    let [first, others @ ..] = parts.as_slice() else { return false };
    let Some(mut rest) = printed.strip_prefix(*first) else { return false };
    let Some((last, middle)) = others.split_last() else { return rest.is_empty() };
    for part in middle {
        let mut left = rest.iter();
        // At least one line is left out.
        while left.next().is_some() && !left.as_slice().starts_with(part) {}
        let Some(behind) = left.as_slice().strip_prefix(*part) else { return false };
        rest = behind;
    }
    rest.len() > last.len() && rest.ends_with(last)
}

/// Returns a line without what differs from run to run: the id and the time of a plan, the commit,
/// the time of a snapshot, how long a saved plan counts, the day that a suggested consent lasts until, the
/// time of an entry of the journal, and its head.
fn settle(line: &str) -> String {
    let line = line.trim_end().replace("not in git", "commit 0000000");
    let line = blank(&line, "Plan ", "hhhh-hhhh");
    let line = blank(&line, "Plan `", "hhhh-hhhh");
    let line = blank(&line, "Read at ", "dd:dd UTC");
    let line = blank(&line, "taken ", "dddd-dd-dd dd:dd UTC");
    let line = blank(&line, "can be applied until ", "dddd-dd-dd dd:dd UTC");
    let line = blank(&line, "commit ", "hhhhhhh");
    let line = blank(&line, "until: ", "dddd-dd-dd");
    without_head(&blank(&line, "", "dddd-dd-ddTdd:dd:ddZ"))
}

/// Blanks the head of a journal: how many segments there are depends on what was written together.
fn without_head(line: &str) -> String {
    let is_head = |word: &str| {
        word.split_once(':').is_some_and(|(segment, digest)| {
            let is_digest = digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit());
            segment.parse::<u64>().is_ok() && is_digest
        })
    };
    let words = line.split(' ').map(|word| match word.trim_end_matches([';', '`', '"']) {
        head if is_head(head) => word.replace(head, "0:h"),
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Blanks what follows a prefix where it has a form: `d` is a digit, `h` a hexadecimal one.
fn blank(line: &str, prefix: &str, form: &str) -> String {
    let Some((before, rest)) = line.split_once(prefix) else { return line.to_owned() };
    let mut rest = rest.chars();
    for wanted in form.chars() {
        let fits = rest.next().is_some_and(|c| match wanted {
            'd' => c.is_ascii_digit(),
            'h' => c.is_ascii_hexdigit(),
            other => c == other,
        });
        if !fits {
            return line.to_owned();
        }
    }
    format!("{before}{prefix}{form}{}", rest.as_str())
}

#[test]
fn what_is_left_out_is_marked() {
    let lines = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
    let printed = lines("one\ntwo\nthree\nfour");
    let is_excerpt = |shown| is_excerpt(&lines(shown), &printed);
    for honest in ["one\ntwo\nthree\nfour", "one\n[…]\nfour", "[…]\nthree\n  […]", "[…]\nfour"]
    {
        assert!(is_excerpt(honest), "{honest}");
    }
    let dishonest = [
        "",
        "one\ntwo\nthree",
        "one\nthree\nfour",
        "one\n[…]\ntwo\nthree\nfour",
        "one\ntwo\nthree\nfour\n[…]",
        "one\n[…]\nfive",
        "[…]\nthree\n[…]\ntwo\n[…]",
    ];
    for dishonest in dishonest {
        assert!(!is_excerpt(dishonest), "{dishonest}");
    }
}

#[test]
fn only_what_differs_from_run_to_run_is_blanked() {
    assert_eq!(settle("Plan 7f3a-91c2   local"), settle("Plan 0000-ffff   local  "));
    assert_eq!(
        settle("Read at 14:02 UTC, not in git."),
        settle("Read at 23:59 UTC, commit a1c9f04.")
    );
    assert_eq!(settle("  until: 2026-01-31"), settle("  until: 2027-12-01"));
    let head = |segment: u64, digit: &str| format!("Journal: {segment}:{};", digit.repeat(64));
    assert_eq!(settle(&head(7, "a")), settle(&head(12, "0")));
    assert_ne!(settle("Journal: 7:abc;"), settle("Journal: 8:abc;"));
    assert_eq!(settle("2026-05-06T14:02:09Z  tre-a"), settle("2027-01-31T00:00:00Z  tre-a"));
    assert_ne!(settle("Plan: 1 to create"), settle("Plan: 2 to create"));
    assert_ne!(
        settle("given: loosen, until 2030-12-31"),
        settle("given: loosen, until 2030-12-30")
    );
}

#[test]
fn blocks_that_nobody_would_check_are_errors() {
    assert_eq!(blocks("a\n```console\n$ x\n```\n").unwrap()[0].line, 2);
    for bad in ["```console\n$ x\n", "- a\n  ```console\n  $ x\n  ```\n", "~~~console\n~~~\n"] {
        assert!(blocks(bad).is_err(), "{bad}");
    }
    let of = |text: &str| commands(&blocks(text).unwrap()[0]);
    assert_eq!(of("```console\n$ trectl plan\nPlan\n```\n").unwrap()[0].printed, ["Plan"]);
    for bad in ["```console\n```\n", "```console\ntrectl\n```\n", "```console\n$ a | b\n```\n"] {
        assert!(of(bad).is_err(), "{bad}");
    }
}
