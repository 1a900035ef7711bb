//! Lines of a fixed width: words wrapped, labels hung, places set to the right.

use anstyle::{AnsiColor, Effects, Style};

use super::wrap::{width_of, wrap};
use crate::diag::escape_control as escape;

/// What a piece of text is, so that colour can say again what the words say already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Ordinary words.
    Plain,
    /// What a row is about, a TRE's name.
    Strong,
    /// What comes in.
    Add,
    /// What goes out.
    Remove,
    /// What changes.
    Change,
    /// What is refused.
    Refused,
    /// What waits for the reader.
    Attention,
    /// What few readers need.
    Muted,
}

/// The styles of the roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Palette {
    /// No styles at all.
    Plain,
    /// The terminal's own colours.
    Coloured,
}

impl Palette {
    fn style(self, role: Role) -> Style {
        let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
        match (self, role) {
            (Self::Plain, _) | (_, Role::Plain) => Style::new(),
            (Self::Coloured, Role::Strong) => Style::new().effects(Effects::BOLD),
            (Self::Coloured, Role::Add) => colour(AnsiColor::Green),
            (Self::Coloured, Role::Remove) => colour(AnsiColor::Red),
            (Self::Coloured, Role::Change) => colour(AnsiColor::Yellow),
            (Self::Coloured, Role::Refused) => colour(AnsiColor::Red).effects(Effects::BOLD),
            (Self::Coloured, Role::Attention) => colour(AnsiColor::Magenta).effects(Effects::BOLD),
            (Self::Coloured, Role::Muted) => Style::new().effects(Effects::DIMMED),
        }
    }

    /// Returns the text in the style of a role.
    pub fn paint(self, role: Role, text: &str) -> String {
        let style = self.style(role);
        if style.is_plain() || text.is_empty() {
            text.to_owned()
        } else {
            format!("{style}{text}{style:#}")
        }
    }
}

/// One paragraph of a row's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Para {
    text: String,
    hang: usize,
    place: Option<String>,
    wraps: Wrap,
    role: Role,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrap {
    Words,
    Verbatim,
}

impl Para {
    /// Returns words to be wrapped.
    pub fn words(text: impl Into<String>) -> Self {
        Self { text: text.into(), hang: 0, place: None, wraps: Wrap::Words, role: Role::Plain }
    }

    /// Returns text that must stay in one piece, because somebody will copy it.
    pub fn verbatim(text: impl Into<String>) -> Self {
        Self { wraps: Wrap::Verbatim, ..Self::words(text) }
    }

    /// Indents every line but the first.
    #[must_use]
    pub fn hang(mut self, columns: usize) -> Self {
        self.hang = columns;
        self
    }

    /// Sets a place to the right of the last line.
    #[must_use]
    pub fn at(mut self, place: Option<String>) -> Self {
        self.place = place;
        self
    }

    /// Gives the whole paragraph a role.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }
}

/// A text under way.
#[derive(Debug)]
pub struct Page {
    out: String,
    width: usize,
    body: usize,
    palette: Palette,
}

/// Where the rows of a TRE begin, and where their bodies do: beside the labels, or below them on a
/// page that has no room for two columns.
const LABEL: usize = 4;
const BODY: usize = 19;
const BODY_BELOW: usize = 6;
/// The narrowest page with two columns.
const TWO_COLUMNS: usize = 60;
/// The narrowest page; what is narrower breaks words.
const NARROWEST: usize = 40;
/// The widest page: in wider lines the eye loses its way to the next one, or to the place at the
/// right edge.
const WIDEST: usize = 120;

impl Page {
    /// Returns an empty page of so many columns, within what can be read.
    pub fn new(width: usize, palette: Palette) -> Self {
        let width = width.clamp(NARROWEST, WIDEST);
        let body = if width < TWO_COLUMNS { BODY_BELOW } else { BODY };
        Self { out: String::new(), width, body, palette }
    }

    /// Returns the columns of the page.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Returns the text.
    pub fn finish(self) -> String {
        self.out
    }

    /// Tells whether a mark stands on the page, so that its footnote must.
    pub fn has(&self, mark: char) -> bool {
        self.out.contains(mark)
    }

    /// Ends a block.
    pub fn blank(&mut self) {
        self.out.push('\n');
    }

    /// Writes one line from pieces.
    pub fn line(&mut self, pieces: &[(Role, &str)]) {
        for (role, text) in pieces {
            self.out.push_str(&self.palette.paint(*role, &escape(text)));
        }
        self.out.push('\n');
    }

    /// Writes pieces one behind the other, wrapped at blanks, every line but the first indented.
    pub fn flow(&mut self, pieces: &[(Role, &str)], hang: usize) {
        let mut column = 0;
        for (role, text) in pieces {
            for (index, word) in escape(text).split(' ').enumerate() {
                let blank = usize::from(index > 0);
                if !word.is_empty() && column > hang && column + blank + width_of(word) > self.width
                {
                    self.out.truncate(self.out.trim_end_matches(' ').len());
                    self.out.push('\n');
                    self.out.push_str(&" ".repeat(hang));
                    column = hang;
                } else {
                    self.out.push_str(if index > 0 { " " } else { "" });
                    column += blank;
                }
                self.out.push_str(&self.palette.paint(*role, word));
                column += width_of(word);
            }
        }
        self.out.push('\n');
    }

    /// Writes words over the whole width, every line but the first indented.
    pub fn words(&mut self, role: Role, text: &str, hang: usize) {
        for (index, line) in wrap(&escape(text), self.width, hang).iter().enumerate() {
            let indent = if index == 0 { 0 } else { hang };
            self.push(indent, role, line);
        }
    }

    /// Writes words with every line indented.
    pub fn block(&mut self, role: Role, text: &str, indent: usize) {
        for line in wrap(&escape(text), self.width.saturating_sub(indent), 0) {
            self.push(indent, role, &line);
        }
    }

    /// Writes a label with its body beside it.
    pub fn row(&mut self, label: (Role, &str), body: &[Para]) {
        let (role, text) = label;
        let text = escape(text).into_owned();
        self.out.push_str(&" ".repeat(LABEL));
        self.out.push_str(&self.palette.paint(role, &text));
        let mut column = LABEL + width_of(&text);
        if column >= self.body {
            self.out.push('\n');
            column = 0;
        }
        for para in body {
            self.para(para, column);
            column = 0;
        }
        if body.is_empty() {
            self.out.push('\n');
        }
    }

    /// Writes one paragraph, the cursor standing in `column`.
    fn para(&mut self, para: &Para, mut column: usize) {
        let Para { text, hang, place, wraps, role } = para;
        let text = escape(text).into_owned();
        let room = self.width.saturating_sub(self.body);
        let lines = match wraps {
            Wrap::Words => wrap(&text, room, *hang),
            Wrap::Verbatim => vec![text],
        };
        let place = place.as_deref().map(escape);
        let last = lines.len().saturating_sub(1);
        for (index, line) in lines.iter().enumerate() {
            let indent = self.body + if index == 0 { 0 } else { *hang };
            self.out.push_str(&" ".repeat(indent - column.min(indent)));
            column = 0;
            self.out.push_str(&self.palette.paint(*role, line));
            if index == last {
                self.place(indent + width_of(line), place.as_deref());
            }
            self.out.push('\n');
        }
    }

    /// Sets a place flush right: on this line where there is room, else on the next.
    fn place(&mut self, used: usize, place: Option<&str>) {
        let Some(place) = place else { return };
        let needed = width_of(place);
        let mut used = used;
        if used + 2 + needed > self.width {
            self.out.push('\n');
            used = 0;
        }
        self.out.push_str(&" ".repeat(self.width.saturating_sub(used + needed)));
        self.out.push_str(&self.palette.paint(Role::Muted, place));
    }

    fn push(&mut self, indent: usize, role: Role, line: &str) {
        self.out.push_str(&" ".repeat(indent));
        self.out.push_str(&self.palette.paint(role, line));
        self.out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_goes_to_the_right_or_below() {
        let row = |width, text: &str| {
            let mut page = Page::new(width, Palette::Plain);
            page.row((Role::Plain, "Name"), &[Para::words(text).at(Some("a.yaml:1".to_owned()))]);
            page.finish()
        };
        let gap = " ".repeat(25);
        assert_eq!(row(60, "short123"), format!("    Name           short123{gap}a.yaml:1\n"));
        assert_eq!(
            row(60, "a text that leaves no room for it"),
            format!(
                "    Name           a text that leaves no room for it\n{}a.yaml:1\n",
                " ".repeat(52)
            )
        );
        // Where two columns have no room, the body goes below its label.
        assert_eq!(
            row(40, "short123"),
            format!("    Name\n      short123{}a.yaml:1\n", " ".repeat(18))
        );
    }

    #[test]
    fn pages_are_neither_too_narrow_nor_too_wide_to_be_read() {
        for (asked, given) in [(1, 40), (80, 80), (200, 120)] {
            assert_eq!(Page::new(asked, Palette::Plain).width(), given);
        }
    }

    #[test]
    fn pieces_flow_and_keep_their_blanks() {
        let mut page = Page::new(40, Palette::Plain);
        page.flow(&[(Role::Strong, "a   b"), (Role::Plain, " · "), (Role::Plain, "c")], 4);
        let long = "words ".repeat(9);
        page.flow(&[(Role::Plain, long.trim_end())], 4);
        let six = "words words words words words words";
        assert_eq!(page.finish(), format!("a   b · c\n{six}\n    words words words\n"));
    }
}
