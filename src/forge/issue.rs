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

/// An issue that carries a mark of the kind that is wished for.
#[derive(Debug, Clone)]
struct Marked<'i> {
    issue: &'i Issue,
    mark: Mark,
    /// What it says that it is about.
    about: String,
}

impl<'i> Marked<'i> {
    fn of(issue: &'i Issue, kind: &str) -> Option<Self> {
        let mark = Mark::read(&issue.body)?;
        let about = mark.within(kind)?;
        Some(Self { issue, mark, about })
    }
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
    let mut marked: Vec<Marked<'_>> =
        issues.iter().filter_map(|issue| Marked::of(issue, &wish.kind)).collect();
    marked.sort_by_key(|it| it.issue.number);
    let (ours, others): (Vec<_>, Vec<_>) =
        marked.into_iter().partition(|it| is_by(it.issue, authors));
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
    let open = others.into_iter().filter(|it| it.issue.is_open);
    deeds.extend(open.map(|Marked { issue, mark: _, about }| Deed::Strange {
        number: issue.number,
        about,
        author: issue.author.clone(),
    }));
    deeds
}

fn is_by(issue: &Issue, authors: &[String]) -> bool {
    authors.iter().any(|author| issue.author.eq_ignore_ascii_case(author))
}

fn deed<'a>(ours: &[Marked<'_>], wish: &Wish, wanted: &'a Wanted) -> Deed<'a> {
    let mark = wish.mark(wanted);
    // Of two that are about the same the last one is kept.
    let mut about = ours.iter().rev().filter(|it| it.mark.is_about(&mark));
    if let Some(newest) = about.clone().next().filter(|it| wish.is_older_than(it.issue)) {
        return Deed::Newer(newest.issue.number, wanted.about.clone());
    }
    if let Some(Marked { issue, mark: found, .. }) = about.clone().find(|it| it.issue.is_open) {
        return match () {
            () if *found != mark => Deed::Tell(issue.number, wanted),
            () if is_same(&issue.body, &wish.body(wanted)) => Deed::Leave(issue.number, wanted),
            () => Deed::Rewrite(issue.number, wanted),
        };
    }
    match about.next() {
        Some(newest) if newest.mark == mark => Deed::Respect(newest.issue.number, wanted),
        _ => Deed::Open(wanted),
    }
}

/// Returns the end of an issue: of one that is open, and of one that a person closed while
/// something was wrong, so that the same counts as new when it comes back.
fn end<'a>(marked: &Marked<'_>, wish: &Wish, kept: &[(u64, &str)]) -> Option<Deed<'a>> {
    let Marked { issue, mark, about } = marked;
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
mod tests;
