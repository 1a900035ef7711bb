//! Parts of a page that give way when the page is too long, and how the room is shared.

/// A part of a page: items in an order, the most important first, between two fixed texts.
pub struct Part<'a> {
    opening: String,
    closing: String,
    items: Vec<String>,
    number: usize,
    size: usize,
    share: usize,
    cut: Box<dyn Fn(usize) -> String + 'a>,
}

impl<'a> Part<'a> {
    /// Returns an empty part that has a right to `share` characters; `cut` says that so many of its
    /// items are shown and the others are not.
    pub fn new(
        (opening, closing): (impl Into<String>, impl Into<String>),
        share: usize,
        cut: impl Fn(usize) -> String + 'a,
    ) -> Self {
        Self {
            opening: opening.into(),
            closing: closing.into(),
            items: Vec::new(),
            number: 0,
            size: 0,
            share,
            cut: Box::new(cut),
        }
    }

    /// Returns a text that is never cut.
    pub fn fixed(text: impl Into<String>) -> Self {
        Self::new((text, ""), 0, |_| String::new())
    }

    /// Adds an item; it is not even written where the page has no room for it anyway.
    pub fn push(&mut self, item: impl FnOnce() -> String) {
        self.number += 1;
        if !self.is_full() {
            let item = item();
            self.size += length(&item);
            self.items.push(item);
        }
    }

    /// Tells whether no page has room for what is already there, so that nothing need be added.
    pub fn is_full(&self) -> bool {
        self.size > super::LIMIT
    }

    /// Sets what stands before the items, once it is known how many there are.
    pub fn opened_by(mut self, opening: impl Into<String>) -> Self {
        self.opening = opening.into();
        self
    }

    /// Returns how many characters the whole part takes.
    fn need(&self) -> usize {
        length(&self.opening) + self.size + length(&self.closing)
    }

    /// Returns the least that it takes: all of a short part, and of a long one its share.
    fn least(&self) -> usize {
        match self.items.is_empty() {
            true => self.need(),
            false => self.need().min(self.share.max(self.bare())),
        }
    }

    /// Returns what it takes to say that all of it is left out.
    fn bare(&self) -> usize {
        let fixed = length(&self.opening) + length(&self.closing);
        // The words of one cut differ from those of another by no more than their figures.
        if self.items.is_empty() { fixed } else { fixed + length(&(self.cut)(0)) + FIGURES }
    }

    /// Writes as much as the room holds.
    fn write(&self, page: &mut String, room: usize) {
        page.push_str(&self.opening);
        if self.need() <= room && self.items.len() == self.number {
            page.extend(self.items.iter().map(String::as_str));
        } else {
            let mut left = room.saturating_sub(self.bare());
            let mut shown = 0;
            for item in &self.items {
                let Some(rest) = left.checked_sub(length(item)) else { break };
                left = rest;
                shown += 1;
                page.push_str(item);
            }
            page.push_str(&(self.cut)(shown));
        }
        page.push_str(&self.closing);
    }
}

/// By so much may the words of one cut be longer than those of another.
const FIGURES: usize = 80;

/// Writes parts in their order, which is that of their importance. Each gets its share first, as
/// far as the page has room for all shares; what is left goes to the first ones, so that the last
/// ones are cut first.
pub fn fit(parts: &[Part<'_>], limit: usize) -> String {
    let mut rooms: Vec<usize> = parts.iter().map(Part::least).collect();
    let mut least: usize = rooms.iter().sum();
    for (part, room) in parts.iter().zip(&mut rooms).rev() {
        let over = least.saturating_sub(limit);
        let less = room.saturating_sub(part.bare()).min(over);
        *room -= less;
        least -= less;
    }
    let mut left = limit.saturating_sub(least);
    for (part, room) in parts.iter().zip(&mut rooms) {
        let more = part.need().saturating_sub(*room).min(left);
        *room += more;
        left -= more;
    }
    let mut page = String::new();
    for (part, room) in parts.iter().zip(rooms) {
        part.write(&mut page, room);
    }
    page
}

/// Returns how many characters a text has, counted as the strictest forge does: those outside of
/// the basic plane twice.
pub fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(items: usize, share: usize) -> Part<'static> {
        let cut = move |shown| format!("{} more\n", items - shown);
        let mut part = Part::new(("begin\n", "end\n"), share, cut);
        for item in 0..items {
            part.push(|| format!("{item:03}\n"));
        }
        part
    }

    #[test]
    fn nothing_is_cut_where_all_fits() {
        let parts = [part(3, 0), Part::fixed("fixed\n"), part(2, 0)];
        let whole = "begin\n000\n001\n002\nend\nfixed\nbegin\n000\n001\nend\n";
        assert_eq!(fit(&parts, whole.len()), whole);
    }

    #[test]
    fn the_last_part_is_cut_first_and_no_share_is_touched() {
        let parts = [part(200, 0), Part::fixed("fixed\n"), part(200, 200)];
        let page = fit(&parts, 1_100);
        assert!(page.len() <= 1_100, "{page}");
        let (first, last) = page.split_once("fixed\n").unwrap();
        assert!(first.ends_with("199\nend\n") && !first.contains("more"), "{page}");
        assert!(last.starts_with("begin\n000\n001\n") && last.ends_with("more\nend\n"), "{page}");
        let page = fit(&parts, 500);
        let (first, last) = page.split_once("fixed\n").unwrap();
        assert!(first.starts_with("begin\n000\n") && first.ends_with("more\nend\n"), "{page}");
        assert!(last.starts_with("begin\n000\n001\n"), "{page}");
        // Where there is not even room for the shares, the last ones give way.
        for limit in 240..1_800 {
            let page = fit(&parts, limit);
            assert!(page.len() <= limit && page.matches("end\n").count() == 2, "{limit}: {page}");
            for part in page.split("fixed\n") {
                let cut = part.lines().find_map(|line| line.strip_suffix(" more"));
                let left_out = cut.map_or(0, |number| number.parse::<usize>().unwrap());
                let shown = part.lines().count() - 2 - usize::from(cut.is_some());
                assert_eq!(shown + left_out, 200, "{limit}: {page}");
            }
        }
    }

    #[test]
    fn what_was_never_written_is_counted() {
        let mut part = Part::new(("", ""), 0, |shown| format!("{shown} shown\n"));
        for _ in 0..1_000 {
            part.push(|| "x".repeat(100));
        }
        assert_eq!(part.number, 1_000);
        assert!(part.items.len() < 700);
        assert!(fit(&[part], 65_000).ends_with(" shown\n"));
    }
}
