//! The steps of a TRE, numbered, with the reason for each and the stretch of Maintenance in
//! brackets.

use super::Verbosity;
use super::headline::does;
use super::text::{Page, Para, Role};
use crate::plan::{Step, TreChange};
use crate::platform::Operation;

/// Writes the rows about steps.
pub fn rows(page: &mut Page, change: &TreChange, verbosity: Verbosity) {
    if change.steps.is_empty() {
        return;
    }
    let window = window(change);
    let number = change.steps.len().to_string().len();
    let mut body = Vec::new();
    for (index, step) in change.steps.iter().enumerate() {
        let lead = match window {
            Some(window) => format!("{:>number$} {} ", index + 1, window.bracket(index)),
            None => format!("{:>number$} ", index + 1),
        };
        let indent = lead.chars().count();
        let text = format!("{lead}{}{}", step.reason, mark(change, step));
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
pub struct Window {
    first: usize,
    last: usize,
}

impl Window {
    /// Returns how many calls it takes.
    pub fn calls(self) -> usize {
        self.last - self.first + 1
    }

    /// Tells whether a step, counted from 0, is taken in Maintenance.
    pub fn holds(self, index: usize) -> bool {
        (self.first + 1..self.last).contains(&index)
    }

    fn bracket(self, index: usize) -> char {
        match index {
            index if index == self.first => '┌',
            index if index == self.last => '└',
            index if (self.first..self.last).contains(&index) => '│',
            _ => ' ',
        }
    }
}

/// Returns the stretch in Maintenance, where there is one.
pub fn window(change: &TreChange) -> Option<Window> {
    let find = |operation| change.steps.iter().position(|step| step.operation == operation);
    let (first, last) = (find(Operation::Deactivate)?, find(Operation::Reactivate)?);
    (first < last).then_some(Window { first, last })
}

/// Marks what is assumed: that a reactivation gives out the pending inventory.
pub fn mark(change: &TreChange, step: &Step) -> &'static str {
    match step.operation {
        Operation::Reactivate if does(change, Operation::SetInventory) => " †",
        _ => "",
    }
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
