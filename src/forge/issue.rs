//! What becomes of the issues that are there. One issue is kept open for each thing that is wrong,
//! for as long as it is; one that a person closed stays closed until something else is wrong. Pure.

use super::mark::{Mark, is_same};

/// The digest in the mark of an issue that trectl closed.
const SETTLED: &str = "settled";

/// An issue as the forge tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Its number in the repository.
    pub number: u64,
    /// Whether it is open.
    pub is_open: bool,
    /// Who opened it.
    pub author: String,
    /// The Markdown.
    pub body: String,
    /// Its labels.
    pub labels: Vec<String>,
}

/// An issue that there should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What it is about, such as the id of a TRE: no two are about the same.
    pub about: String,
    /// The digest of what is wrong.
    pub digest: String,
    /// Its title.
    pub title: String,
    /// Its text.
    pub text: String,
    /// What is said below it when something else is wrong than before.
    pub news: String,
}

/// The issues that there should be of one kind, and no others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// What all of them have in common, such as `drift:production:`.
    pub kind: String,
    /// Each of them.
    pub wanted: Vec<Wanted>,
    /// What was looked at, by what an issue is about; `None` for everything. Issues about anything
    /// else are left alone.
    pub looked_at: Option<Vec<String>>,
    /// The text of an issue that is closed, as nothing is wrong any more.
    pub settled: String,
    /// So many issues are opened at once; the others wait.
    pub at_most: usize,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed<'a> {
    /// An issue is to be opened.
    Open(&'a Wanted),
    /// An issue is to be opened later: there were too many at once.
    Postpone(&'a Wanted),
    /// Something else is wrong: that is said, and the text is written anew.
    Tell(u64, &'a Wanted),
    /// The same is wrong, and the text is to be written anew.
    Rewrite(u64, &'a Wanted),
    /// The issue says it already.
    Leave(u64, &'a Wanted),
    /// A person closed it, and nothing is new.
    Respect(u64, &'a Wanted),
    /// Nothing is wrong any more: it gets its last text and is closed.
    Close {
        /// Its number.
        number: u64,
        /// What it was about.
        about: String,
        /// Its last text.
        body: String,
    },
}

impl Wish {
    /// Returns the mark of an issue.
    pub fn mark(&self, wanted: &Wanted) -> Mark {
        Mark::new(&format!("{}{}", self.kind, wanted.about), &wanted.digest)
    }

    /// Returns the whole text of an issue.
    pub fn body(&self, wanted: &Wanted) -> String {
        self.mark(wanted).above(&wanted.text)
    }

    fn is_looked_at(&self, about: &str) -> bool {
        self.looked_at.as_ref().is_none_or(|all| all.iter().any(|one| one == about))
    }
}

/// Decides. Only issues of `author` count: a mark can be copied by anybody.
pub fn decide<'a>(issues: &[Issue], author: &str, wish: &'a Wish) -> Vec<Deed<'a>> {
    let mut ours: Vec<(&Issue, Mark)> = issues
        .iter()
        .filter(|issue| issue.author.eq_ignore_ascii_case(author))
        .filter_map(|issue| Some((issue, Mark::read(&issue.body)?)))
        .collect();
    ours.sort_by_key(|(issue, _)| issue.number);
    let mut opened = 0;
    let limited = |deed| match deed {
        Deed::Open(wanted) if opened >= wish.at_most => Deed::Postpone(wanted),
        Deed::Open(wanted) => {
            opened += 1;
            Deed::Open(wanted)
        }
        other => other,
    };
    let mut deeds: Vec<Deed<'a>> =
        wish.wanted.iter().map(|wanted| deed(&ours, wish, wanted)).map(limited).collect();
    // Of two that are about the same the last one is kept.
    let kept: Vec<u64> = deeds.iter().filter_map(kept).collect();
    let over = ours.iter().filter(|(issue, _)| issue.is_open && !kept.contains(&issue.number));
    deeds.extend(over.filter_map(|(issue, mark)| {
        let about = mark.within(&wish.kind)?;
        let body = Mark::new(&format!("{}{about}", wish.kind), SETTLED).above(&wish.settled);
        let number = issue.number;
        wish.is_looked_at(about).then(|| Deed::Close { number, about: about.to_owned(), body })
    }));
    deeds
}

fn deed<'a>(ours: &[(&Issue, Mark)], wish: &Wish, wanted: &'a Wanted) -> Deed<'a> {
    let mark = wish.mark(wanted);
    let mut about = ours.iter().rev().filter(|(_, found)| found.is_about(&mark));
    if let Some((issue, found)) = about.clone().find(|(issue, _)| issue.is_open) {
        return match () {
            () if *found != mark => Deed::Tell(issue.number, wanted),
            () if is_same(&issue.body, &wish.body(wanted)) => Deed::Leave(issue.number, wanted),
            () => Deed::Rewrite(issue.number, wanted),
        };
    }
    match about.next() {
        Some((issue, found)) if *found == mark => Deed::Respect(issue.number, wanted),
        _ => Deed::Open(wanted),
    }
}

fn kept(deed: &Deed<'_>) -> Option<u64> {
    match deed {
        Deed::Tell(number, _) | Deed::Rewrite(number, _) | Deed::Leave(number, _) => Some(*number),
        Deed::Open(_) | Deed::Postpone(_) | Deed::Respect(..) | Deed::Close { .. } => None,
    }
}

/// Returns the open issue that carries a mark, if one does.
pub fn carrying(issues: &[Issue], author: &str, mark: &Mark) -> Option<u64> {
    let ours = |issue: &&Issue| {
        let is_ours = issue.is_open && issue.author.eq_ignore_ascii_case(author);
        is_ours && Mark::read(&issue.body).as_ref() == Some(mark)
    };
    issues.iter().find(ours).map(|issue| issue.number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(about: &str, digest: &str) -> Wanted {
        Wanted {
            about: about.to_owned(),
            digest: digest.to_owned(),
            title: format!("Drift: {about}"),
            text: format!("{about} has drift."),
            news: "It is another one now.".to_owned(),
        }
    }

    fn wish(wanted: Vec<Wanted>) -> Wish {
        let kind = "drift:production:".to_owned();
        Wish { kind, wanted, looked_at: None, settled: "No drift is left.".to_owned(), at_most: 2 }
    }

    fn issue(number: u64, author: &str, body: String) -> Issue {
        Issue { number, is_open: true, author: author.to_owned(), body, labels: Vec::new() }
    }

    fn closed(issue: Issue) -> Issue {
        Issue { is_open: false, ..issue }
    }

    #[test]
    fn one_issue_stays_open_and_says_when_something_else_is_wrong() {
        let first = wish(vec![wanted("tre-a", "1")]);
        let one = &first.wanted[0];
        assert_eq!(decide(&[], "bot", &first), [Deed::Open(one)]);
        let there = [issue(7, "Bot", first.body(one))];
        assert_eq!(decide(&there, "bot", &first), [Deed::Leave(7, one)]);
        let edited = [issue(7, "bot", format!("{}Never mind.", first.body(one)))];
        assert_eq!(decide(&edited, "bot", &first), [Deed::Rewrite(7, one)]);
        let next = wish(vec![wanted("tre-a", "2")]);
        assert_eq!(decide(&there, "bot", &next), [Deed::Tell(7, &next.wanted[0])]);
        assert_eq!(carrying(&there, "bot", &first.mark(one)), Some(7));
        assert_eq!(carrying(&there, "bot", &next.mark(&next.wanted[0])), None);
    }

    #[test]
    fn it_is_closed_once_nothing_is_wrong_and_a_new_one_follows() {
        let wrong = wish(vec![wanted("tre-a", "1")]);
        let none = wish(vec![]);
        let there = [issue(7, "bot", wrong.body(&wrong.wanted[0]))];
        let deeds = decide(&there, "bot", &none);
        let [Deed::Close { number: 7, about, body }] = &deeds[..] else { panic!("{deeds:?}") };
        assert_eq!(about, "tre-a");
        let settled = [closed(issue(7, "bot", body.clone()))];
        assert_eq!(decide(&settled, "bot", &none), []);
        assert_eq!(decide(&settled, "bot", &wrong), [Deed::Open(&wrong.wanted[0])]);
    }

    #[test]
    fn what_a_person_closed_stays_closed_until_something_else_is_wrong() {
        let wrong = wish(vec![wanted("tre-a", "1")]);
        let there = [closed(issue(7, "bot", wrong.body(&wrong.wanted[0])))];
        assert_eq!(decide(&there, "bot", &wrong), [Deed::Respect(7, &wrong.wanted[0])]);
        let other = wish(vec![wanted("tre-a", "2")]);
        assert_eq!(decide(&there, "bot", &other), [Deed::Open(&other.wanted[0])]);
    }

    #[test]
    fn nothing_is_closed_that_was_not_looked_at_or_is_not_ours() {
        let wrong = wish(vec![wanted("tre-a", "1")]);
        let body = wrong.body(&wrong.wanted[0]);
        let mut none = wish(vec![]);
        let eve = [issue(7, "eve", body.clone()), issue(8, "bot", format!("> {body}"))];
        assert_eq!(decide(&eve, "bot", &none), []);
        assert_eq!(carrying(&eve, "bot", &wrong.mark(&wrong.wanted[0])), None);
        none.kind = "drift:production-2:".to_owned();
        assert_eq!(decide(&[issue(7, "bot", body.clone())], "bot", &none), []);
        none = wish(vec![]);
        none.looked_at = Some(vec!["tre-b".to_owned()]);
        assert_eq!(decide(&[issue(7, "bot", body.clone())], "bot", &none), []);
        none.looked_at = Some(vec!["tre-a".to_owned()]);
        assert_eq!(decide(&[issue(7, "bot", body)], "bot", &none).len(), 1);
    }

    #[test]
    fn no_flood_is_opened_at_once() {
        let many = wish(["a", "b", "c", "d"].map(|about| wanted(about, "1")).to_vec());
        let there = [issue(7, "bot", many.body(&many.wanted[0]))];
        let deeds = decide(&there, "bot", &many);
        let [Deed::Leave(..), Deed::Open(_), Deed::Open(_), Deed::Postpone(last)] = &deeds[..]
        else {
            panic!("{deeds:?}")
        };
        assert_eq!(last.about, "d");
    }

    #[test]
    fn of_two_that_are_about_the_same_the_last_one_stays() {
        let wrong = wish(vec![wanted("tre-a", "1")]);
        let one = &wrong.wanted[0];
        let there = [issue(9, "bot", wrong.body(one)), issue(7, "bot", wrong.body(one))];
        let deeds = decide(&there, "bot", &wrong);
        assert!(
            matches!(&deeds[..], [Deed::Leave(9, _), Deed::Close { number: 7, .. }]),
            "{deeds:?}"
        );
    }
}
