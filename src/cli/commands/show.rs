//! `show`: one TRE as it is live, or a saved plan again.

use camino::Utf8Path;
use serde_json::{Value, json};

use crate::cli::args::Show as Args;
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Output;
use crate::cli::planning::{unknown_tre, unread};
use crate::cli::session::{Documents, Session};
use crate::cli::settings::Settings;
use crate::cli::{pages, platform, runtime, saved};
use crate::live;
use crate::model::{Inventory, LiveTre, RequestCounts, ReviewStep, Tre, TreId};
use crate::plan::FORMAT_VERSION;
use crate::plan::render::{Page, Para, Purpose, Role};

/// Runs the command.
pub fn run(args: &Args, output: &mut Output) -> Outcome {
    match (&args.id, &args.plan) {
        (_, Some(file)) => plan(file, output),
        (Some(id), None) => tre(id, output),
        (None, None) => Err(Failure::usage("Name a TRE, or a saved plan with `--plan`.").into()),
    }
}

fn plan(file: &Utf8Path, output: &mut Output) -> Outcome {
    let plan = saved::read(&output.settings().path(file))?;
    if output.settings().is_json() {
        output.json(&plan);
    } else {
        let options = pages::options(output.settings(), &plan, Purpose::Execute);
        output.result(&pages::of_plan(output.settings(), &plan, &options));
    }
    Ok(Status::DONE)
}

fn tre(id: &TreId, output: &mut Output) -> Outcome {
    let session = Session::open(output, Documents::Optional)?;
    runtime::block_on(|interrupt| async move {
        let reader = platform::open_to_read(&session, output.settings(), &interrupt).await?;
        let found = interrupt.or(live::describe_one(&*reader, id)).await?.map_err(unread)?;
        let Some(live) = found else {
            let all = live::read(&*reader, None).await.map_err(unread)?;
            return Err(unknown_tre(id, all.tres.keys()).into());
        };
        let requests = live::requests(&*reader, [id]).await.map_err(unread)?.get(id).copied();
        if output.settings().is_json() {
            output.json(&document(&session.target.name, &live, requests));
        } else {
            output.result(&human(&session, &live, requests, output.settings()));
        }
        Ok(Status::DONE)
    })
}

fn document(target: &str, live: &LiveTre, requests: Option<RequestCounts>) -> Value {
    let LiveTre { tre, active_inventory, is_pending, raw } = live;
    json!({
        "format_version": FORMAT_VERSION,
        "target": target,
        "tre": tre,
        "inventory_is_pending": is_pending,
        "active_inventory": active_inventory,
        "requests": requests,
        "raw": raw,
    })
}

fn human(
    session: &Session,
    live: &LiveTre,
    requests: Option<RequestCounts>,
    settings: &Settings,
) -> String {
    let mut page = Page::new(settings.width, settings.stdout);
    pages::heading(&mut page, "Live on", &session.target);
    let LiveTre { tre, active_inventory, is_pending, raw: _ } = live;
    let state = format!("  {}", tre.state);
    page.line(&[(Role::Strong, tre.id.as_str()), (Role::Plain, &state)]);
    settings_rows(&mut page, tre);
    if *is_pending {
        inventory_rows(&mut page, "Pending", tre.inventory.as_ref());
        inventory_rows(&mut page, "Given out", active_inventory.as_ref());
    } else {
        inventory_rows(&mut page, "Inventory", tre.inventory.as_ref());
    }
    review_rows(&mut page, &tre.review_steps);
    let requests = match requests {
        Some(RequestCounts { in_review, approved }) => {
            format!("{in_review} in review, {approved} approved")
        }
        None => "not visible to the acting account".to_owned(),
    };
    page.row((Role::Plain, "Requests"), &[Para::words(requests)]);
    page.finish()
}

fn settings_rows(page: &mut Page, tre: &Tre) {
    let Tre {
        id: _,
        state: _,
        name,
        description,
        visibility,
        policies,
        admins,
        authorized_users,
        inventory: _,
        bill_to,
        region,
        customized_url,
        customized_rate_card,
        review_steps: _,
    } = tre;
    let mut row = |label: &str, text: String| {
        page.row((Role::Plain, label), &[Para::words(text)]);
    };
    row("Name", name.clone());
    if !description.is_empty() {
        row("Description", description.clone());
    }
    row("Visibility", visibility.as_str().to_owned());
    let policies: Vec<String> =
        policies.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    row("Policies", list(policies));
    row("Admins", list(admins.iter().map(ToString::to_string).collect()));
    row("Users", list(authorized_users.iter().map(ToString::to_string).collect()));
    row("Billed to", bill_to.to_string());
    row("Region", region.to_string());
    if let Some(url) = customized_url {
        row("Address", url.clone());
    }
    if let Some(card) = customized_rate_card {
        row("Rate card", card.to_string());
    }
}

fn list(items: Vec<String>) -> String {
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}

fn inventory_rows(page: &mut Page, label: &str, inventory: Option<&Inventory>) {
    let Some(inventory) = inventory else {
        page.row((Role::Plain, label), &[Para::words("none")]);
        return;
    };
    let mut body = vec![Para::words(format!("version {}", inventory.version))];
    for (asset, reference) in inventory.assets() {
        body.push(Para::words(format!("{}: {reference}", asset.key())).hang(2));
    }
    page.row((Role::Plain, label), &body);
}

fn review_rows(page: &mut Page, steps: &[ReviewStep]) {
    let body: Vec<Para> = steps
        .iter()
        .enumerate()
        .map(|(index, step)| {
            let ReviewStep { id, name, description: _, reviewers } = step;
            let reviewers = list(reviewers.iter().map(ToString::to_string).collect());
            Para::words(format!("{} {id}, {name}: {reviewers}", index + 1)).hang(2)
        })
        .collect();
    if body.is_empty() {
        page.row((Role::Plain, "Review steps"), &[Para::words("none")]);
    } else {
        page.row((Role::Plain, "Review steps"), &body);
    }
}
