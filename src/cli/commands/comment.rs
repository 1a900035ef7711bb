//! `comment`: keeps one comment for each plan where the pull request is read.

use camino::Utf8Path;
use serde_json::json;

use crate::cli::args::Comment as Args;
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, FailureKind, Outcome};
use crate::cli::interrupt::Interrupt;
use crate::cli::output::Output;
use crate::cli::settings::Settings;
use crate::cli::{ci, outside, pages, runtime, saved};
use crate::forge::keep::Act;
use crate::forge::{Conversation, ForgeError, Kept, Mark, Place, PlaceError};
use crate::plan::render::{self, Purpose};
use crate::plan::{FORMAT_VERSION, digest, digest_of_plan};

/// What is said, and what it is about.
struct Message {
    mark: Mark,
    text: String,
}

/// Where it was said.
struct Said {
    place: Place,
    number: u64,
    kept: Kept,
}

/// Runs the command.
pub fn run(args: &Args, output: &mut Output) -> Outcome {
    let message = message(args, output.settings())?;
    runtime::block_on(|interrupt| async move {
        let said = say(args, &message, output.settings(), &interrupt).await;
        if let Some(status) = interrupt.received() {
            return Ok(status);
        }
        match said {
            Ok(said) => {
                told(&said, output);
                Ok(Status::DONE)
            }
            Err(failure) if args.required => Err(failure.into()),
            Err(failure) => {
                missed(&failure, output);
                Ok(Status::DONE)
            }
        }
    })
}

fn message(args: &Args, settings: &Settings) -> Result<Message, Failure> {
    match (&args.plan, &args.body, &args.key) {
        (Some(file), _, _) => {
            let plan = saved::read(&settings.path(file))?;
            let options = pages::options(settings, &plan, Purpose::Execute);
            let key = format!("plan:{}", plan.target.name);
            Ok(Message {
                mark: Mark::new(&key, &digest_of_plan(&plan)),
                text: render::markdown(&plan, &options),
            })
        }
        (None, Some(file), Some(key)) => {
            let text = text(&settings.path(file))?;
            Ok(Message { mark: Mark::new(key, &digest(&text)), text })
        }
        _ => Err(Failure::usage("Name a saved plan, or a file with `--body` and `--key`.")),
    }
}

fn text(path: &Utf8Path) -> Result<String, Failure> {
    fs_err::read_to_string(path).map_err(|error| {
        Failure::files(format!("The text `{path}` cannot be read."))
            .because(error)
            .hint("Name a file with Markdown in UTF-8.")
    })
}

async fn say(
    args: &Args,
    message: &Message,
    settings: &Settings,
    interrupt: &Interrupt,
) -> Result<Said, Failure> {
    let (place, number) = ci::pull_request(args.number).map_err(nowhere)?;
    let token = outside::token(place.dialect)?;
    let refused = |error| refused(&place, error);
    let (backoff, cancel) = (outside::backoff(settings), interrupt.token().clone());
    let conversation = Conversation::open((&place, &number), &token, backoff, cancel);
    let conversation = conversation.await.map_err(refused)?;
    let kept = conversation.keep(&message.mark, &message.text, args.author.as_deref()).await;
    let kept = kept.map_err(refused)?;
    Ok(Said { number: conversation.number(), kept, place: place.clone() })
}

fn nowhere(error: PlaceError) -> Failure {
    Failure::usage("It is not known which pull request to comment on.")
        .because(error)
        .hint("Run it in the job of a pull request, or name it with `--number`.")
}

fn refused(place: &Place, error: ForgeError) -> Failure {
    let cure = error.cure();
    let noun = place.dialect.noun();
    Failure::new(FailureKind::Platform, format!("The {noun} cannot be commented on."))
        .because(error)
        .hint(cure)
}

fn told(said: &Said, output: &mut Output) {
    let Said { place, number, kept: Kept { id, act, folded } } = said;
    let action = match act {
        Act::Create => "created",
        Act::Update { .. } => "updated",
        Act::Leave { .. } => "unchanged",
    };
    if output.settings().is_json() {
        output.json(&json!({
            "format_version": FORMAT_VERSION,
            "forge": place.dialect.as_str(),
            "repository": place.repository,
            "number": number,
            "comment": id,
            "action": action,
            "superseded": folded,
        }));
        return;
    }
    let folded = match folded.len() {
        0 => String::new(),
        1 => "; one older plan is folded as superseded".to_owned(),
        many => format!("; {many} older ones are folded as superseded"),
    };
    let noun = place.dialect.noun();
    output.result(&format!("Comment {id} on {noun} {number}: {action}{folded}.\n"));
}

/// A comment that is missing fails no build unless somebody asks for that.
fn missed(failure: &Failure, output: &mut Output) {
    if output.settings().is_json() {
        let mut reason = vec![failure.message.clone()];
        reason.extend(failure.causes());
        output.json(&json!({
            "format_version": FORMAT_VERSION,
            "action": "none",
            "reason": reason.join(" "),
        }));
    }
    output.warn_of(failure);
}
