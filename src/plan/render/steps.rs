//! The steps of a TRE, numbered, with the reason for each and the stretch of Maintenance in
//! brackets.

use serde_json::Value;

use super::Verbosity;
use super::field::count;
use super::text::{Page, Para, Role};
use crate::plan::{Step, TreChange};
use crate::platform::Operation;

/// Writes the rows about steps.
pub fn rows(page: &mut Page, change: &TreChange, verbosity: Verbosity) {
    if change.steps.is_empty() {
        return;
    }
    let window = window(change);
    let mut body = Vec::new();
    for (index, step) in change.steps.iter().enumerate() {
        let bracket = window.map_or(Bracket::Outside, |window| window.bracket(index));
        let lead = format!("{:>2} {} ", index + 1, bracket.sign());
        let indent = if window.is_some() { 5 } else { 3 };
        let lead = if window.is_some() { lead } else { format!("{:>2} ", index + 1) };
        let text = format!("{lead}{}: {}", say(step, bracket), step.reason);
        body.push(Para::words(text).hang(indent));
        if verbosity >= Verbosity::Verbose {
            let call = format!("{}POST {} {}", " ".repeat(indent), step.route, step.input);
            body.push(Para::verbatim(call).role(Role::Muted));
        }
    }
    page.row((Role::Strong, "Steps"), &body);
    if let Some(window) = window {
        if_stopped(page, window);
    }
}

/// The steps from deactivating to reactivating, counted from 0.
#[derive(Debug, Clone, Copy)]
struct Window {
    first: usize,
    last: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bracket {
    Outside,
    First,
    Inside,
    Last,
}

impl Window {
    fn bracket(self, index: usize) -> Bracket {
        match index {
            index if index == self.first => Bracket::First,
            index if index == self.last => Bracket::Last,
            index if (self.first..self.last).contains(&index) => Bracket::Inside,
            _ => Bracket::Outside,
        }
    }
}

impl Bracket {
    fn sign(self) -> &'static str {
        match self {
            Self::Outside => " ",
            Self::First => "┌",
            Self::Inside => "│",
            Self::Last => "└",
        }
    }
}

fn window(change: &TreChange) -> Option<Window> {
    let find = |operation| change.steps.iter().position(|step| step.operation == operation);
    let (first, last) = (find(Operation::Deactivate)?, find(Operation::Reactivate)?);
    (first < last).then_some(Window { first, last })
}

fn if_stopped(page: &mut Page, window: Window) {
    let Window { first, last } = window;
    let text = format!(
        "Between steps {} and {} the TRE is in Maintenance. If one fails there, it stays so and \
         the run ends with status 6. Go on: run apply again. Go back: revert this change, and \
         apply.",
        first + 1,
        last + 1
    );
    page.row((Role::Strong, "If it stops"), &[Para::words(text)]);
}

/// Returns what a step does, in a phrase.
fn say(step: &Step, bracket: Bracket) -> String {
    let input = &step.input;
    let text = |key: &str| input.get(key).and_then(Value::as_str).unwrap_or("?");
    let number = |key: &str| input.get(key).and_then(Value::as_array).map_or(0, Vec::len);
    match step.operation {
        Operation::Create => "create the draft".to_owned(),
        Operation::Update => format!("set {}", keys(input)),
        Operation::SetPolicies => {
            format!("set {}", input.get("policies").map_or_else(String::new, keys))
        }
        Operation::SetInventory if bracket == Bracket::Inside => {
            format!("install inventory {} as pending", text("version"))
        }
        Operation::SetInventory => format!("set inventory {}", text("version")),
        Operation::UploadFile => "upload a file".to_owned(),
        Operation::AddReviewStep => format!("add review step {}", text("id")),
        Operation::UpdateReviewStep => format!("change review step {}", text("id")),
        Operation::RemoveReviewStep => format!("remove review step {}", text("id")),
        Operation::AddReviewers => {
            format!("add {} to step {}", reviewers(number("reviewers")), text("stepId"))
        }
        Operation::RemoveReviewers => {
            format!("remove {} from step {}", reviewers(number("reviewers")), text("stepId"))
        }
        Operation::AddAdmins => format!("add {}", count(number("admins"), "admin", "admins")),
        Operation::RemoveAdmins => format!("remove {}", count(number("admins"), "admin", "admins")),
        Operation::AddAuthorizedUsers => format!("add {}", users(number("authorizedUsers"))),
        Operation::RemoveAuthorizedUsers => format!("remove {}", users(number("authorizedUsers"))),
        Operation::Publish => "publish, for good".to_owned(),
        Operation::Deactivate => "deactivate".to_owned(),
        Operation::Reactivate if bracket == Bracket::Last => {
            "reactivate, what is pending goes live †".to_owned()
        }
        Operation::Reactivate => "reactivate".to_owned(),
        Operation::Delete => "delete".to_owned(),
    }
}

fn reviewers(number: usize) -> String {
    count(number, "reviewer", "reviewers")
}

fn users(number: usize) -> String {
    count(number, "authorized user", "authorized users")
}

fn keys(input: &Value) -> String {
    let keys: Vec<&str> =
        input.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
    keys.join(", ")
}
