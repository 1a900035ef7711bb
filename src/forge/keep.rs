//! What becomes of the comments that are there. One comment is kept for each plan: a plan that is
//! the same writes over its own, another one comes beside it, and the older ones are folded, since
//! an approval is for one plan. Pure.

use super::mark::{Mark, is_same};

/// A comment as the forge tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The forge's own id.
    pub id: u64,
    /// Who wrote it.
    pub author: String,
    /// The Markdown.
    pub body: String,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A comment is to be written.
    Create,
    /// This comment is to say something else.
    Update {
        /// Its id.
        id: u64,
    },
    /// This comment says it already.
    Leave {
        /// Its id.
        id: u64,
    },
}

/// What is to be done, and which comments are to be folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deeds {
    /// With the comment itself.
    pub act: Act,
    /// The comments whose plans are no longer the newest, with what they are to say.
    pub folds: Vec<(u64, String)>,
}

/// Decides. Only comments of `author` count: a mark can be copied by anybody.
pub fn decide(comments: &[Comment], author: &str, mark: &Mark, body: &str) -> Deeds {
    let ours = comments.iter().filter(|comment| comment.author.eq_ignore_ascii_case(author));
    let live: Vec<(&Comment, Mark)> = ours
        .filter_map(|comment| Some((comment, Mark::read(&comment.body)?)))
        .filter(|(_, found)| found.is_about(mark))
        .collect();
    let (same, older): (Vec<_>, Vec<_>) = live.into_iter().partition(|(_, found)| found == mark);
    // Where runs crossed there may be two of the same: the last one is kept.
    let act = match same.last() {
        None => Act::Create,
        Some((comment, _)) if is_same(&comment.body, body) => Act::Leave { id: comment.id },
        Some((comment, _)) => Act::Update { id: comment.id },
    };
    let twins = same.iter().rev().skip(1).rev();
    let folds =
        older.iter().chain(twins).map(|(comment, found)| (comment.id, fold(comment, found)));
    Deeds { act, folds: folds.collect() }
}

/// Returns the comment that carries a mark, if one does.
pub fn carrying<'a>(
    comments: &'a [Comment],
    authors: &[String],
    mark: &Mark,
) -> Option<&'a Comment> {
    let is_ours = |it: &&Comment| authors.iter().any(|one| one.eq_ignore_ascii_case(&it.author));
    let mut ours = comments.iter().rev().filter(is_ours);
    ours.find(|it| Mark::read(&it.body).as_ref() == Some(mark))
}

fn fold(comment: &Comment, mark: &Mark) -> String {
    format!(
        "{}<details>\n<summary><b>Superseded</b>: there is a newer one below. An approval of this \
         one does not count for it.</summary>\n\n{}\n\n</details>\n",
        mark.folded(),
        Mark::below(&comment.body)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comment(id: u64, author: &str, body: String) -> Comment {
        Comment { id, author: author.to_owned(), body }
    }

    fn plan(digest: &str) -> Mark {
        Mark::new("plan:production", digest)
    }

    #[test]
    fn the_same_plan_writes_over_its_own_comment() {
        let body = plan("sha256:a").above("one");
        let there = [comment(1, "bot", body.clone())];
        let act = |body: &str| decide(&there, "bot", &plan("sha256:a"), body);
        assert_eq!(act(&body), Deeds { act: Act::Leave { id: 1 }, folds: vec![] });
        let other = plan("sha256:a").above("two");
        assert_eq!(act(&other), Deeds { act: Act::Update { id: 1 }, folds: vec![] });
        assert_eq!(act(&body.replace('\n', "\r\n")).act, Act::Leave { id: 1 });
    }

    #[test]
    fn another_plan_comes_beside_it_and_folds_the_older_one_once() {
        let mut there = vec![comment(1, "bot", plan("sha256:a").above("one"))];
        let Deeds { act, folds } =
            decide(&there, "bot", &plan("sha256:b"), &plan("sha256:b").above("two"));
        assert_eq!(act, Act::Create);
        let [(1, folded)] = &folds[..] else { panic!("{folds:?}") };
        assert!(folded.contains("Superseded") && folded.contains("one"), "{folded}");
        there[0].body = folded.clone();
        there.push(comment(2, "bot", plan("sha256:b").above("two")));
        let again = decide(&there, "bot", &plan("sha256:b"), &there[1].body);
        assert_eq!(again, Deeds { act: Act::Leave { id: 2 }, folds: vec![] });
        // What was folded stays so: the newest plan is always the last comment.
        let back = decide(&there, "bot", &plan("sha256:a"), "one");
        assert_eq!((back.act, back.folds.len()), (Act::Create, 1));
    }

    #[test]
    fn marks_of_others_and_of_other_keys_do_not_count() {
        let mark = plan("sha256:a");
        let there = [
            comment(1, "eve", mark.above("one")),
            comment(2, "bot", Mark::new("plan:staging", "sha256:z").above("one")),
            comment(3, "bot", format!("> {}", mark.above("quoted"))),
        ];
        let deeds = decide(&there, "bot", &mark, "one");
        assert_eq!(deeds, Deeds { act: Act::Create, folds: vec![] });
        assert_eq!(carrying(&there, &["bot".to_owned()], &mark), None);
    }

    #[test]
    fn of_two_that_are_the_same_the_last_one_stays() {
        let body = plan("sha256:a").above("one");
        let there = [comment(1, "bot", body.clone()), comment(2, "Bot", body.clone())];
        let Deeds { act, folds } = decide(&there, "bot", &plan("sha256:a"), &body);
        assert_eq!((act, folds.len(), folds[0].0), (Act::Leave { id: 2 }, 1, 1));
        assert_eq!(carrying(&there, &["bot".to_owned()], &plan("sha256:a")).unwrap().id, 2);
    }
}
