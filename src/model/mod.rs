//! The nouns of the field as plain data: TREs, people, policies, inventory, review steps.
//!
//! Nothing here reads a file, asks the platform or knows the time. `Live`, `Applied` and
//! `Directory` are filled by the edges (`live`, `state`) and consumed by the pure stages.

mod applied;
mod consent;
mod directory;
pub mod ids;
mod policy;
mod tre;

pub use applied::{Applied, AppliedStep, AppliedTre};
pub use consent::ConsentKind;
pub use directory::{Directory, Level, Lookup, Member, Object, Project, Questions};
pub use ids::*;
pub use policy::{PolicyKind, PolicySpec, PolicyTable, PolicyValue, Strictness};
pub use tre::{
    Asset, DesiredState, Inventory, Live, LiveTre, RequestCounts, ReviewStep, Tre, TreState,
    Visibility,
};
