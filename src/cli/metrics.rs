//! What a run found, in the text format of Prometheus, for a collector that reads files.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use jiff::Timestamp;

use crate::plan::DriftClass;
use crate::plan::render::DriftReport;

/// What there is to tell of a drift run.
#[derive(Debug, Clone, Copy)]
pub struct DriftRun<'a> {
    /// What was found.
    pub report: &'a DriftReport,
    /// How many TREs were compared.
    pub compared: usize,
    /// When something was last applied, if ever.
    pub last_apply: Option<Timestamp>,
    /// How many calls were made.
    pub calls: u64,
    /// When the run ended.
    pub ended: Timestamp,
    /// How long it took.
    pub duration: Duration,
}

/// Returns the figures of a drift run as a file.
pub fn of_drift(run: DriftRun<'_>) -> String {
    let DriftRun { report, compared, last_apply, calls, ended, duration } = run;
    let mut page = Page { text: String::new(), target: &report.target.name };
    let open = || report.drift.iter().filter(|item| item.accepted.is_none());
    let classes = |count: &dyn Fn(DriftClass) -> usize| -> Vec<(Option<&'static str>, f64)> {
        DriftClass::ALL.map(|class| (Some(class.as_str()), figure(count(class)))).to_vec()
    };
    page.gauge(
        "trectl_drifted_tres",
        "TREs with drift that nobody accepts, by class; one TRE can be of several.",
        &classes(&|class| {
            let of_class = open().filter(|item| item.class == class);
            of_class.map(|item| &item.address).collect::<BTreeSet<_>>().len()
        }),
    );
    page.gauge(
        "trectl_drifted_settings",
        "Settings with drift that nobody accepts, by class.",
        &classes(&|class| open().filter(|item| item.class == class).count()),
    );
    for (name, help, value) in [
        (
            "trectl_accepted_drift_settings",
            "Settings with drift that is accepted for now.",
            figure(report.summary.accepted),
        ),
        ("trectl_compared_tres", "TREs that were compared.", figure(compared)),
        (
            "trectl_orphaned_tres",
            "TREs that were managed and have no document any more.",
            figure(report.orphaned.len()),
        ),
        (
            "trectl_unmanaged_tres",
            "Live TREs of the selection that never had a document.",
            figure(report.unmanaged.len()),
        ),
        ("trectl_api_calls", "Calls to the platform in this run.", calls as f64),
        ("trectl_run_duration_seconds", "How long this run took.", duration.as_secs_f64()),
        ("trectl_run_timestamp_seconds", "When this run ended.", seconds(ended)),
    ] {
        page.gauge(name, help, &[(None, value)]);
    }
    if let Some(last) = last_apply {
        page.gauge(
            "trectl_last_apply_timestamp_seconds",
            "When something was last applied to the target, by its journal.",
            &[(None, seconds(last))],
        );
    }
    page.text
}

fn figure(count: usize) -> f64 {
    count as f64
}

fn seconds(time: Timestamp) -> f64 {
    time.as_second() as f64
}

struct Page<'a> {
    text: String,
    target: &'a str,
}

impl Page<'_> {
    /// Writes a gauge with one sample for each class, or one without a class.
    fn gauge(&mut self, name: &str, help: &str, samples: &[(Option<&str>, f64)]) {
        let Self { text, target } = self;
        let target = escape(target);
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
        for (class, value) in samples {
            let class = class.map_or_else(String::new, |class| format!(",class=\"{class}\""));
            let _ = writeln!(text, "{name}{{target=\"{target}\"{class}}} {value}");
        }
    }
}

/// Escapes the value of a label.
fn escape(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use prometheus_parse::{Scrape, Value};

    use super::*;
    use crate::plan::TargetInfo;

    #[test]
    fn hostile_names_stay_labels() {
        let name = "a\"b\\c\nd";
        let target = TargetInfo {
            name: name.to_owned(),
            platform: "embedded".to_owned(),
            operator: "user-local".to_owned(),
        };
        let text = of_drift(DriftRun {
            report: &DriftReport::new(target, Vec::new(), Vec::new(), Vec::new()),
            compared: 3,
            last_apply: None,
            calls: 2,
            ended: Timestamp::from_second(1_800_000_000).unwrap(),
            duration: Duration::from_millis(1_250),
        });
        assert!(text.contains("{target=\"a\\\"b\\\\c\\nd\",class=\"conflict\"} 0\n"), "{text}");
        let scrape = Scrape::parse(text.lines().map(|line| Ok(line.to_owned()))).unwrap();
        assert_eq!(scrape.samples.len(), 13);
        let sample =
            scrape.samples.iter().find(|sample| sample.metric == "trectl_run_duration_seconds");
        assert_eq!(sample.unwrap().value, Value::Gauge(1.25));
        assert!(scrape.docs.len() >= 9, "{:?}", scrape.docs);
    }
}
