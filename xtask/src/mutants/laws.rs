//! Laws of the plan.

use super::mutant::Table;

pub fn add(_table: &mut Table) {}
