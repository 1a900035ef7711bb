//! What people write, as types: the doc comments here are the descriptions in `schemas/`, which
//! editors show while somebody types.
//!
//! A key that is absent is `None`: not managed. A key without a value is refused by the schema
//! before these types are read.

mod form;
mod group;
mod person;
mod project;
mod state;
mod tre;
mod value;

pub use form::{Form, Id, KnownForm, Parsed, forms};
pub use group::{GroupDocument, ProfileDocument};
pub use person::Person;
pub use project::{
    AskConsent, DnanexusDocument, GuardsDocument, MassRemovalDocument, PlatformDocument,
    PolicyDocument, ProjectDocument, Protocol, SelectDocument, TargetDocument,
};
pub use state::{BucketUrl, Cloud, StatePlace};
pub use tre::{
    AcceptedDriftDocument, BoundValues, ConsentDocument, InventoryDocument, ReviewStepDocument,
    TreDocument,
};
pub use value::{
    ApiVersion, AssetSource, Day, GroupKind, Pointer, Policies, ProfileKind, ProjectKind, RateCard,
    TargetName, TreKind, WrittenPolicy,
};
