//! Progress of a run: a bar on a terminal, a line for each step where more is asked for.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::output;
use super::settings::{Interaction, Settings};
use crate::apply::{Event, Sink};
use crate::diag::escape_control;
use crate::plan::render::Verbosity;

const FORMAT: &str = "{spinner} {pos} of {len} steps  {wide_msg}";

/// Where lines are said while a bar may be drawn: the bar makes room for them.
#[derive(Debug, Default)]
pub struct Screen(Mutex<Option<ProgressBar>>);

impl Screen {
    /// Says a line on standard error.
    pub fn say(&self, line: &str) {
        let bar = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match bar {
            Some(bar) => bar.suspend(|| output::print_talk(line)),
            None => output::print_talk(line),
        }
    }

    fn show(&self, bar: &ProgressBar) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar.clone());
    }
}

/// Returns what takes the events of a run.
pub fn sink(settings: &Settings) -> Sink {
    let bar = match settings.progress {
        Interaction::Terminal => bar(),
        Interaction::None => ProgressBar::hidden(),
    };
    settings.screen.show(&bar);
    let screen = Arc::clone(&settings.screen);
    let tells = settings.verbosity >= Verbosity::Verbose;
    Arc::new(move |event| {
        draw(&bar, event);
        if tells && let Some(line) = line(event) {
            screen.say(&line);
        }
    })
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template(FORMAT);
    let bar = ProgressBar::new(0);
    bar.enable_steady_tick(Duration::from_millis(120));
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn draw(bar: &ProgressBar, event: &Event) {
    match event {
        Event::RunStarted { tres: _, steps } => bar.set_length(*steps as u64),
        Event::TreStarted { tre, steps: _ } => bar.set_message(tre.to_string()),
        Event::WindowAwaited { tre } => {
            bar.set_message(format!("{tre} waits until another TRE has left Maintenance"));
        }
        Event::StepStarted { tre, step: _, operation } => {
            bar.set_message(format!("{tre} {operation}"));
        }
        Event::StepDone { .. } => bar.inc(1),
        Event::StepFailed { tre, step: _, operation, error: _ } => {
            bar.set_message(format!("{tre} {operation} failed"));
        }
        Event::TreDone { .. } => {}
        Event::RunDone => bar.finish_and_clear(),
    }
}

fn line(event: &Event) -> Option<String> {
    let text = match event {
        Event::RunStarted { .. } | Event::TreStarted { .. } | Event::RunDone => return None,
        Event::WindowAwaited { tre } => {
            format!("{tre} waits until another TRE has left Maintenance")
        }
        Event::StepStarted { .. } | Event::TreDone { .. } => return None,
        Event::StepDone { tre, step, operation } => format!("{tre} step {step} {operation}: done"),
        Event::StepFailed { tre, step, operation, error } => {
            format!("{tre} step {step} {operation}: failed: {error}")
        }
    };
    Some(escape_control(&text).into_owned())
}
