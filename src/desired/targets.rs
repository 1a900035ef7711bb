//! The project file with its defaults.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Address, ConsentKind, Guards, PlatformTarget, Project, StateTarget, Target};
use crate::model::{PolicySpec, PolicyTable};
use crate::schema::document::{
    AskConsent, DnanexusDocument, GuardsDocument, MassRemovalDocument, PlatformDocument,
    ProjectDocument, SelectDocument, StatePlace, TargetDocument,
};

const FOLDER: &str = ".trectl";

/// Returns the project as its file says, or what holds without one.
pub fn project(document: Option<&ProjectDocument>) -> Project {
    let written = document.and_then(|document| document.targets.as_ref());
    let targets: BTreeMap<String, Target> = match written {
        Some(targets) => targets
            .iter()
            .map(|(name, document)| {
                let name = name.value.0.as_str().to_owned();
                (name.clone(), target(name, &document.value))
            })
            .collect(),
        None => BTreeMap::from([("local".to_owned(), local())]),
    };
    let only = match targets.keys().collect::<Vec<_>>().as_slice() {
        [only] => Some((*only).clone()),
        _ => None,
    };
    let default_target = document
        .and_then(|document| document.default_target.as_ref())
        .map(|name| name.value.0.as_str().to_owned())
        .or(only);
    let guards = guards(document.and_then(|document| document.guards.as_ref()));
    Project { targets, default_target, guards }
}

/// Returns the policies that are known: trectl's own, and those of the project file.
pub fn policies(document: Option<&ProjectDocument>) -> PolicyTable {
    let mut table = PolicyTable::default();
    for (name, policy) in document.and_then(|d| d.policies.as_ref()).into_iter().flatten() {
        let spec = PolicySpec {
            kind: policy.kind,
            one_way: policy.one_way.unwrap_or_default(),
            meaning: policy.meaning.clone().unwrap_or_default(),
        };
        table.insert(name.value.clone(), spec);
    }
    table
}

/// Returns the only target of a repository without a project file.
fn local() -> Target {
    let folder = Utf8Path::new(FOLDER);
    Target {
        name: "local".to_owned(),
        platform: PlatformTarget::Embedded { path: folder.join("platform.db"), seed: None },
        state: StateTarget::Local(folder.join("state")),
        select_bill_to: None,
        ask_consent: Vec::new(),
    }
}

fn target(name: String, document: &TargetDocument) -> Target {
    let TargetDocument { platform, state, select, ask_consent } = document;
    let state = match state {
        Some(place) => match &place.value.0 {
            StatePlace::Bucket(url) => StateTarget::Remote(url.clone()),
            StatePlace::Folder(folder) => StateTarget::Local(Utf8PathBuf::from(folder)),
        },
        None => StateTarget::Local(Utf8Path::new(FOLDER).join("state").join(&name)),
    };
    let select_bill_to = select
        .as_ref()
        .map(|SelectDocument { bill_to }| bill_to.iter().map(|org| org.value.0.clone()).collect());
    let ask_consent = ask_consent
        .iter()
        .flatten()
        .map(|consent| match consent.value {
            AskConsent::Publish => ConsentKind::Publish,
        })
        .collect();
    Target { name, platform: platform_target(&platform.value), state, select_bill_to, ask_consent }
}

/// Returns the platform; of one that is written in two ways at once, which a rule refuses, the
/// real one, since nobody should take that for embedded.
fn platform_target(document: &PlatformDocument) -> PlatformTarget {
    let PlatformDocument { embedded, seed, dnanexus } = document;
    match dnanexus {
        Some(dnanexus) => dnanexus_target(dnanexus),
        None => PlatformTarget::Embedded {
            path: embedded.as_ref().map(|path| path.value.as_str()).unwrap_or_default().into(),
            seed: seed.as_ref().map(|path| path.value.as_str().into()),
        },
    }
}

fn dnanexus_target(document: &DnanexusDocument) -> PlatformTarget {
    let DnanexusDocument { host, port, protocol } = document;
    PlatformTarget::DnaNexus(Address {
        host: host.as_ref().map(|host| host.value.clone()),
        port: port.as_ref().map(|port| port.value),
        protocol: protocol.as_ref().map(|protocol| protocol.value),
    })
}

fn guards(document: Option<&GuardsDocument>) -> Guards {
    let mut guards = Guards::default();
    let Some(GuardsDocument { mass_removal, open_windows }) = document else { return guards };
    if let Some(windows) = open_windows {
        guards.open_windows = windows.value;
    }
    if let Some(MassRemovalDocument { percent, least_people }) = mass_removal {
        if let Some(percent) = percent {
            guards.mass_removal_percent = percent.value;
        }
        if let Some(people) = least_people {
            guards.mass_removal_least_people = people.value;
        }
    }
    guards
}
