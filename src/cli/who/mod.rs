//! What `who` tells: who has a part in which TRE, by which path, from which line, live and asked
//! for. Who has access to what is read from `access` alone.

mod build;
mod past;
mod past_render;
mod query;
mod render;
mod report;

pub use build::{Sides, known, orgs, report};
pub use past::{PastReport, past_report};
pub use past_render::past_human;
pub use query::Query;
pub use render::human;
pub use report::Report;
