//! What becomes of the issues that are there. One issue is kept open for each thing that is wrong,
//! for as long as it is; one that a person closed stays closed until something else is wrong. Pure.

use super::mark::{Mark, is_same};

/// The digest in the mark of an issue that trectl closed.
pub(super) const SETTLED: &str = "settled";
/// Clocks differ by so many seconds.
const MOMENT: i64 = 60;

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
    /// When anything of it last changed, in seconds since the Unix epoch, if the forge tells.
    pub updated: Option<i64>,
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
    /// What was looked at, by what an issue is about.
    pub looked_at: Vec<String>,
    /// Whether nothing else is there to be looked at, so that an issue about anything else is
    /// about nothing any more; otherwise it is left alone.
    pub is_all: bool,
    /// The last text of an issue about what was looked at: nothing is wrong any more.
    pub settled: String,
    /// The last text of an issue about what is not looked at any more.
    pub gone: String,
    /// So many issues are opened at once; the others wait.
    pub at_most: usize,
    /// When it was looked, in seconds since the Unix epoch.
    pub at: i64,
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
    /// It was changed after it was looked: whoever did so knew more.
    Newer(u64, String),
    /// It gets its last text, and is closed where it is open.
    End {
        /// Its number.
        number: u64,
        /// What it was about.
        about: String,
        /// Its last text.
        body: String,
        /// Why.
        end: End,
        /// Whether it is open.
        is_open: bool,
    },
    /// It carries a mark of ours, and somebody else opened it.
    Strange {
        /// Its number.
        number: u64,
        /// What it says that it is about.
        about: String,
        /// Who opened it.
        author: String,
    },
}

/// Why an issue ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Nothing is wrong any more.
    Settled,
    /// What it is about is not looked at any more.
    Gone,
    /// Another one is about the same.
    Twin(u64),
}

impl Wish {
    /// Returns the mark of an issue.
    pub fn mark(&self, wanted: &Wanted) -> Mark {
        Mark::new(&format!("{}{}", self.kind, wanted.about), &wanted.digest)
    }

    /// Returns the mark of the comment that tells of something else: one for each look, as the same
    /// can be wrong again.
    pub(super) fn news(&self, wanted: &Wanted) -> Mark {
        Mark::new(&format!("{}{}@{}", self.kind, wanted.about, self.at), &wanted.digest)
    }

    /// Returns the whole text of an issue.
    pub fn body(&self, wanted: &Wanted) -> String {
        self.mark(wanted).above(&wanted.text)
    }

    /// Tells whether an issue was changed after it was looked.
    fn is_older_than(&self, issue: &Issue) -> bool {
        issue.updated.is_some_and(|updated| updated > self.at.saturating_add(MOMENT))
    }

    /// Returns how an issue ends that is not one of those that are kept, if it does.
    fn end(&self, about: &str, kept: Option<u64>) -> Option<End> {
        match kept {
            Some(kept) => Some(End::Twin(kept)),
            None if self.wanted.iter().any(|wanted| wanted.about == about) => None,
            None if self.looked_at.iter().any(|one| one == about) => Some(End::Settled),
            None => self.is_all.then_some(End::Gone),
        }
    }

    fn last_text(&self, end: End) -> String {
        match end {
            End::Settled => self.settled.clone(),
            End::Gone => self.gone.clone(),
            End::Twin(number) => format!("Issue #{number} is about the same.\n"),
        }
    }
}

/// Decides. Only issues of these authors count: a mark can be copied by anybody.
pub fn decide<'a>(issues: &[Issue], authors: &[String], wish: &'a Wish) -> Vec<Deed<'a>> {
    let mut marked: Vec<(&Issue, Mark, String)> = issues
        .iter()
        .filter_map(|issue| {
            let mark = Mark::read(&issue.body)?;
            let about = mark.within(&wish.kind)?;
            Some((issue, mark, about))
        })
        .collect();
    marked.sort_by_key(|(issue, ..)| issue.number);
    let (ours, others): (Vec<_>, Vec<_>) =
        marked.into_iter().partition(|(issue, ..)| is_by(issue, authors));
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
    let kept: Vec<(u64, &str)> = deeds.iter().filter_map(kept).collect();
    let ends: Vec<Deed<'a>> = ours.iter().filter_map(|one| end(one, wish, &kept)).collect();
    deeds.extend(ends);
    let is_open = |(issue, ..): &&(&Issue, Mark, String)| issue.is_open;
    deeds.extend(others.iter().filter(is_open).map(|(issue, _, about)| Deed::Strange {
        number: issue.number,
        about: about.clone(),
        author: issue.author.clone(),
    }));
    deeds
}

fn is_by(issue: &Issue, authors: &[String]) -> bool {
    authors.iter().any(|author| issue.author.eq_ignore_ascii_case(author))
}

fn deed<'a>(ours: &[(&Issue, Mark, String)], wish: &Wish, wanted: &'a Wanted) -> Deed<'a> {
    let mark = wish.mark(wanted);
    // Of two that are about the same the last one is kept.
    let mut about = ours.iter().rev().filter(|(_, found, _)| found.is_about(&mark));
    if let Some((issue, ..)) = about.clone().next().filter(|(it, ..)| wish.is_older_than(it)) {
        return Deed::Newer(issue.number, wanted.about.clone());
    }
    if let Some((issue, found, _)) = about.clone().find(|(issue, ..)| issue.is_open) {
        return match () {
            () if *found != mark => Deed::Tell(issue.number, wanted),
            () if is_same(&issue.body, &wish.body(wanted)) => Deed::Leave(issue.number, wanted),
            () => Deed::Rewrite(issue.number, wanted),
        };
    }
    match about.next() {
        Some((issue, found, _)) if *found == mark => Deed::Respect(issue.number, wanted),
        _ => Deed::Open(wanted),
    }
}

/// Returns the end of an issue: of one that is open, and of one that a person closed while
/// something was wrong, so that the same counts as new when it comes back.
fn end<'a>(
    (issue, mark, about): &(&Issue, Mark, String),
    wish: &Wish,
    kept: &[(u64, &str)],
) -> Option<Deed<'a>> {
    let is_kept = kept.iter().any(|(number, _)| *number == issue.number);
    if is_kept || (!issue.is_open && mark.says(SETTLED)) {
        return None;
    }
    if wish.is_older_than(issue) {
        return issue.is_open.then(|| Deed::Newer(issue.number, about.clone()));
    }
    let twin = kept.iter().find(|(_, kept)| kept == about).map(|(number, _)| *number);
    let end = wish.end(about, twin.filter(|_| issue.is_open))?;
    Some(Deed::End {
        number: issue.number,
        about: about.clone(),
        body: mark.with(SETTLED).above(&wish.last_text(end)),
        end,
        is_open: issue.is_open,
    })
}

fn kept<'d>(deed: &'d Deed<'_>) -> Option<(u64, &'d str)> {
    match deed {
        Deed::Tell(number, wanted)
        | Deed::Rewrite(number, wanted)
        | Deed::Leave(number, wanted) => Some((*number, &wanted.about)),
        Deed::Newer(number, about) => Some((*number, about)),
        Deed::Open(_)
        | Deed::Postpone(_)
        | Deed::Respect(..)
        | Deed::End { .. }
        | Deed::Strange { .. } => None,
    }
}

/// Returns the open issue that carries a mark, if one does.
pub fn carrying(issues: &[Issue], authors: &[String], mark: &Mark) -> Option<u64> {
    let ours = |issue: &&Issue| {
        let is_it = issue.is_open && is_by(issue, authors);
        is_it && Mark::read(&issue.body).as_ref() == Some(mark)
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

    /// What there should be after a look at `tre-a` and whatever is wanted.
    fn wish(wanted: Vec<Wanted>) -> Wish {
        let looked_at = wanted.iter().map(|wanted| wanted.about.clone());
        Wish {
            kind: "drift:production:".to_owned(),
            looked_at: looked_at.chain(["tre-a".to_owned()]).collect(),
            wanted,
            is_all: true,
            settled: "No drift is left.".to_owned(),
            gone: "No document is left.".to_owned(),
            at_most: 2,
            at: 10_000,
        }
    }

    fn issue(number: u64, author: &str, body: String) -> Issue {
        let (author, labels, updated) = (author.to_owned(), Vec::new(), Some(10_030));
        Issue { number, is_open: true, author, body, labels, updated }
    }

    fn closed(issue: Issue) -> Issue {
        Issue { is_open: false, ..issue }
    }

    fn deeds<'a>(issues: &[Issue], wish: &'a Wish) -> Vec<Deed<'a>> {
        decide(issues, &["bot".to_owned()], wish)
    }

    /// Asserts that one issue ends, and returns its last text.
    fn ended(deeds: &[Deed<'_>], expected: End) -> String {
        match deeds {
            [Deed::End { number: 7, about, body, end, .. }] => {
                assert_eq!((about.as_str(), *end), ("tre-a", expected));
                body.clone()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_issue_stays_open_and_says_when_something_else_is_wrong() {
        let first = wish(vec![wanted("tre-a", "1")]);
        let one = &first.wanted[0];
        assert_eq!(deeds(&[], &first), [Deed::Open(one)]);
        let there = [issue(7, "Bot", first.body(one))];
        assert_eq!(deeds(&there, &first), [Deed::Leave(7, one)]);
        let edited = [issue(7, "bot", format!("{}Never mind.", first.body(one)))];
        assert_eq!(deeds(&edited, &first), [Deed::Rewrite(7, one)]);
        let next = wish(vec![wanted("tre-a", "2")]);
        assert_eq!(deeds(&there, &next), [Deed::Tell(7, &next.wanted[0])]);
        let authors = ["bot".to_owned()];
        assert_eq!(carrying(&there, &authors, &first.mark(one)), Some(7));
        assert_eq!(carrying(&there, &authors, &next.mark(&next.wanted[0])), None);
    }

    #[test]
    fn it_is_closed_once_nothing_is_wrong_and_a_new_one_follows() {
        let wrong = wish(vec![wanted("tre-a", "1")]);
        let none = wish(vec![]);
        let there = [issue(7, "bot", wrong.body(&wrong.wanted[0]))];
        let body = ended(&deeds(&there, &none), End::Settled);
        assert!(body.contains("No drift is left."), "{body}");
        let settled = [closed(issue(7, "bot", body))];
        assert_eq!(deeds(&settled, &none), []);
        assert_eq!(deeds(&settled, &wrong), [Deed::Open(&wrong.wanted[0])]);
    }

    #[test]
    fn what_a_person_closed_stays_closed_until_something_else_is_wrong() {
        let wrong = wish(vec![wanted("tre-a", "1")]);
        let there = [closed(issue(7, "bot", wrong.body(&wrong.wanted[0])))];
        assert_eq!(deeds(&there, &wrong), [Deed::Respect(7, &wrong.wanted[0])]);
        let other = wish(vec![wanted("tre-a", "2")]);
        assert_eq!(deeds(&there, &other), [Deed::Open(&other.wanted[0])]);
        // Once it is put right, the same edit is another one.
        let body = ended(&deeds(&there, &wish(vec![])), End::Settled);
        let settled = [closed(issue(7, "bot", body))];
        assert_eq!(deeds(&settled, &wrong), [Deed::Open(&wrong.wanted[0])]);
    }

    #[test]
    fn nothing_is_closed_that_was_not_looked_at_or_is_not_ours() {
        let wrong = wish(vec![wanted("tre-a", "1")]);
        let body = wrong.body(&wrong.wanted[0]);
        let eve = [issue(7, "eve", body.clone()), issue(8, "bot", format!("> {body}"))];
        let (about, author) = ("tre-a".to_owned(), "eve".to_owned());
        assert_eq!(deeds(&eve, &wish(vec![])), [Deed::Strange { number: 7, about, author }]);
        let authors = ["bot".to_owned()];
        assert_eq!(carrying(&eve, &authors, &wrong.mark(&wrong.wanted[0])), None);
        let both = ["bot".to_owned(), "eve".to_owned()];
        let none = wish(vec![]);
        ended(&decide(&eve[..1], &both, &none), End::Settled);
        let there = [issue(7, "bot", body)];
        let other = Wish { kind: "drift:production-2:".to_owned(), ..wish(vec![]) };
        assert_eq!(deeds(&there, &other), []);
        let some = |looked_at: &str, is_all| Wish {
            looked_at: vec![looked_at.to_owned()],
            is_all,
            ..wish(vec![])
        };
        assert_eq!(deeds(&there, &some("tre-b", false)), []);
        ended(&deeds(&there, &some("tre-a", false)), End::Settled);
        let gone = some("tre-b", true);
        assert!(ended(&deeds(&there, &gone), End::Gone).contains("No document is left."));
    }

    #[test]
    fn an_older_look_changes_nothing_that_is_newer() {
        let wrong = wish(vec![wanted("tre-a", "1")]);
        let newer = |number, body| Issue { updated: Some(10_061), ..issue(number, "bot", body) };
        let body = wrong.body(&wrong.wanted[0]);
        let left = [Deed::Newer(7, "tre-a".to_owned())];
        assert_eq!(deeds(&[newer(7, body.clone())], &wish(vec![])), left);
        let other = wish(vec![wanted("tre-a", "2")]);
        assert_eq!(deeds(&[newer(7, body.clone())], &other), left);
        // Drift that was put right since is not opened anew.
        let settled = ended(&deeds(&[issue(7, "bot", body)], &wish(vec![])), End::Settled);
        assert_eq!(deeds(&[closed(newer(7, settled))], &wrong), left);
    }

    #[test]
    fn an_id_that_the_mark_cannot_hold_as_it_is_is_known_again() {
        let wrong = wish(vec![wanted("tre--a", "1")]);
        let one = &wrong.wanted[0];
        let there = [issue(7, "bot", wrong.body(one))];
        assert_eq!(deeds(&there, &wrong), [Deed::Leave(7, one)]);
        let looked_at = vec!["tre--a".to_owned()];
        let none = Wish { looked_at, is_all: false, ..wish(vec![]) };
        let found = deeds(&there, &none);
        let [Deed::End { about, body, .. }] = &found[..] else { panic!("{found:?}") };
        assert_eq!(about, "tre--a");
        assert_eq!(deeds(&[closed(issue(7, "bot", body.clone()))], &none), []);
    }

    #[test]
    fn no_flood_is_opened_at_once() {
        let many = wish(["a", "b", "c", "d"].map(|about| wanted(about, "1")).to_vec());
        let there = [issue(7, "bot", many.body(&many.wanted[0]))];
        let deeds = deeds(&there, &many);
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
        let deeds = deeds(&there, &wrong);
        let [Deed::Leave(9, _), twin] = &deeds[..] else { panic!("{deeds:?}") };
        let body = ended(std::slice::from_ref(twin), End::Twin(9));
        assert!(body.contains("Issue #9 is about the same."), "{body}");
    }
}
