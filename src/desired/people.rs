//! Lists of people, with the way by which each person came in.

use std::collections::BTreeMap;

use crate::diag::Range;
use crate::model::GroupId;

/// The groups through which somebody is listed, outermost first; empty where listed by name.
pub type GroupPath = Vec<GroupId>;

/// One way by which somebody is in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The groups on the way.
    pub path: GroupPath,
    /// The entry that names the person: in the list itself, or in the innermost group.
    pub range: Range,
}

/// A list of people with groups resolved. Overlap through groups is fine: each person stands once,
/// with every way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People<T: Ord> {
    /// The whole list in the document.
    pub range: Range,
    /// The people, each with one way in or more.
    pub members: BTreeMap<T, Vec<Origin>>,
}
