//! What holds runs: why, what clears it, who can, and the runs it holds.

use crate::{
    api::{ActionKey, Api, Query, health},
    moves::act::act,
    routes::{Guide, Page, Place},
    state::session,
    ui::{
        button::{Button, LinkButton},
        card::Card,
        code::CodeWord,
        fmt,
        icon::{Glyph, StatusGlyph, lucide},
        keyed::keyed,
        status::Tone,
        time::Time,
    },
};
use leptos::prelude::*;
use model::api::{Blocker, Health};
use model::{CheckKind, Role, Scope};

/// Runs named at once; the list of runs shows all.
const NAMED: usize = 5;

pub fn blockers(all: Memo<Vec<Blocker>>, query: Query<Health>) -> AnyView {
    let shown = move || {
        if all.with(Vec::is_empty) {
            return view! {
                <p class="health__fine" role="status">
                    <StatusGlyph glyph=Glyph::Success />
                    "Nothing outside holds a run."
                </p>
            }
            .into_any();
        }
        let count = move || {
            let words = move || all.with(|all| fmt::count(all.len() as u64));
            words.into_any()
        };
        let list = keyed(
            all.into(),
            |one| (one.check.clone(), one.reason.clone()),
            move |one| (move || blocker(one.get(), query)).into_any(),
        );
        view! {
            <Card title="Blockers" aside=count>
                <ul class="blockers">{list}</ul>
            </Card>
        }
        .into_any()
    };
    shown.into_any()
}

fn blocker(blocker: Blocker, query: Query<Health>) -> AnyView {
    let place = session::place();
    let more = blocker.runs_count.saturating_sub(NAMED as u64);
    let runs = blocker
        .runs
        .iter()
        .take(NAMED)
        .map(|held| {
            view! {
                <li>
                    <a href=place.run(&held.run)>{held.title.clone()}</a>
                    <span class="dim">" of " {held.workflow_name.clone()} ", held " <Time at=held.since /></span>
                </li>
            }
        })
        .collect_view();
    let role = match blocker.who {
        Role::ProjectViewer => "anyone in the project",
        Role::ProjectContributor => "a project contributor",
        Role::ProjectAdmin => "a project admin",
        Role::TenantAdmin => "a tenant admin",
    };
    let who = match &blocker.outside {
        Some(outside) => format!("By {outside}; then {role} can re-check"),
        None => format!("By {role}"),
    };
    let resolve = resolve_at(blocker.check.as_deref());
    let guide = guide_of(&place, &blocker);
    let check = blocker.check.clone();
    view! {
        <li class="blocker tone-block">
            <span class="blocker__glyph"><StatusGlyph glyph=Glyph::Blocked /></span>
            <div class="blocker__text">
                <h3 class="blocker__reason">{blocker.reason.clone()} ". " <CodeWord code=blocker.code.as_str().to_owned() tone=Tone::Block /></h3>
                <p><strong>"Clears: "</strong> {blocker.clears.clone()} "."</p>
                <p class="dim">{who} ". Held since " <Time at=blocker.since /></p>
                <ul class="blocker__runs">{runs}</ul>
                {(more > 0).then(|| format!("and {} more runs", fmt::count(more)))}
            </div>
            <div class="blocker__act">
                <LinkButton small=true href=resolve>"Resolve"</LinkButton>
                <LinkButton small=true href=guide>"Guide"</LinkButton>
                {check.map(|check| recheck_button(check, query))}
            </div>
        </li>
    }
    .into_any()
}

/// What to do about it; the guide leads back to the run that is held the longest.
fn guide_of(place: &Place, blocker: &Blocker) -> String {
    let guide = Guide::of_block(blocker.by);
    blocker.runs.first().map_or_else(
        || place.link(&Page::Guide(guide)),
        |held| place.guide_of_run(guide, &held.run, Some(blocker.code)),
    )
}

/// Where on this page the cause is mended.
fn resolve_at(check: Option<&str>) -> String {
    let kind = check
        .and_then(|check| check.split_once(':'))
        .and_then(|(kind, _)| CheckKind::parse(kind));
    let part = match kind {
        Some(CheckKind::Credential | CheckKind::Connection) => "connections",
        Some(CheckKind::Provider) => "providers",
        Some(CheckKind::Entity) => "entities",
        Some(CheckKind::McpServer) | None => "servers",
        Some(CheckKind::Queue | CheckKind::Worker) => "checks",
    };
    format!("#{part}")
}

/// Looks now.
pub fn recheck_button(check: String, query: Query<Health>) -> AnyView {
    let api = Api::get();
    let may = session::denied(Role::ProjectContributor, Scope::WorkflowRun);
    let busy = RwSignal::new(false);
    let label = format!("Re-check {check}");
    let again = move || {
        let check = check.clone();
        act(
            busy,
            async move { health::recheck(api, &check, &ActionKey::fresh()).await },
            move |_| query.reload(),
        );
    };
    view! {
        <Button small=true icon=lucide::LuRefreshCw busy disabled=may label on_click=again>"Re-check"</Button>
    }
    .into_any()
}

/// How the state of a check looks.
pub const fn tone(state: model::CheckState) -> (Glyph, Tone) {
    match state {
        model::CheckState::Passing => (Glyph::Success, Tone::Ok),
        model::CheckState::Warning => (Glyph::Waiting, Tone::Wait),
        model::CheckState::Failing => (Glyph::Failed, Tone::Fail),
        model::CheckState::Unknown => (Glyph::Queued, Tone::Idle),
    }
}
