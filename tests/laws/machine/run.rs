//! One real run on a platform that watches each call, and can be lost in the middle of one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use trectl::apply::{self, Event, Input, Outcome, Repetition};
use trectl::model::{AppliedTre, TreId};
use trectl::plan::Plan;
use trectl::platform::wire::TreDescription;
use trectl::platform::{Pending, Transport, Wire};
use trectl::sim::InMemory;
use trectl::state::Loaded;

use super::script::Side;
use crate::support::office::{Office, in_a_runtime};
use crate::support::stage::Stage;

/// How a run ends before its time.
#[derive(Debug, Clone, Copy)]
pub enum Mishap {
    None,
    Stopped(usize),
    Killed(usize, Side),
}

/// What became of a run.
pub struct Made {
    /// `None` where it was killed.
    pub outcome: Option<Outcome>,
    /// The TRE before the run and after each of its calls.
    pub states: Vec<Option<TreDescription>>,
}

impl Office {
    /// Makes a run.
    pub fn run(
        &self,
        stage: &Stage,
        plan: Plan,
        loaded: Loaded,
        records: BTreeMap<TreId, Option<AppliedTre>>,
        mishap: Mishap,
    ) -> Made {
        let watched = Watched::on(stage, mishap);
        let cancel = CancellationToken::new();
        let input = Input {
            plan: Arc::new(plan),
            reader: Arc::new(Wire(watched.clone())),
            writer: Arc::new(Wire(watched.clone())),
            journal: self.journal(loaded),
            records,
            parallelism: 1,
            open_windows: 1,
            events: stops(mishap, cancel.clone()),
            cancel,
            repetition: Repetition::Once,
        };
        // What a killed run leaves behind goes with its runtime.
        let outcome = in_a_runtime(async {
            tokio::select! {
                outcome = apply::execute(input) => Some(outcome.unwrap()),
                () = watched.lost.notified() => None,
            }
        });
        let states = std::mem::take(&mut *watched.states.lock().unwrap());
        Made { outcome, states }
    }
}

/// Stops the run after so many calls.
fn stops(mishap: Mishap, cancel: CancellationToken) -> Arc<dyn Fn(&Event) + Send + Sync> {
    let done = Mutex::new(0);
    Arc::new(move |event| {
        if let (Mishap::Stopped(after), Event::StepDone { .. }) = (mishap, event) {
            let mut done = done.lock().unwrap();
            *done += 1;
            if *done == after {
                cancel.cancel();
            }
        }
    })
}

/// The platform, every state that it passes, and where the run is lost.
#[derive(Clone)]
struct Watched {
    platform: InMemory,
    mishap: Mishap,
    states: Arc<Mutex<Vec<Option<TreDescription>>>>,
    lost: Arc<Notify>,
}

impl Watched {
    fn on(stage: &Stage, mishap: Mishap) -> Self {
        let states = Arc::new(Mutex::new(vec![stage.describe()]));
        Self { platform: stage.platform().clone(), mishap, states, lost: Arc::default() }
    }

    fn describe(&self) -> Option<TreDescription> {
        Stage::of(self.platform.world()).describe()
    }

    async fn lose(&self) {
        self.lost.notify_one();
        std::future::pending::<()>().await;
    }
}

impl Transport for Watched {
    fn post<'a>(&'a self, route: &'a str, input: Value) -> Pending<'a, Value> {
        Box::pin(async move {
            if route.starts_with("/system/") || route.ends_with("/describe") {
                return self.platform.call(route, &input);
            }
            let number = self.states.lock().unwrap().len();
            let side = match self.mishap {
                Mishap::Killed(call, side) if call == number => Some(side),
                _ => None,
            };
            if side == Some(Side::Before) {
                self.lose().await;
            }
            let answer = self.platform.call(route, &input);
            self.states.lock().unwrap().push(self.describe());
            if side == Some(Side::Behind) {
                self.lose().await;
            }
            answer
        })
    }
}
