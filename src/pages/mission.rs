//! One mission: its runs, open decisions, and what the runs produced.

use crate::{
    api::{Api, Query, artifacts, missions},
    moves::why_line::WhyLine,
    routes::{Page as Screen, with_query},
    state::{
        follow::follow_runs,
        session,
        title::{Title, name_screen},
    },
    ui::{
        button::LinkButton,
        card::Card,
        copy::CopyId,
        empty::Empty,
        fmt,
        icon::lucide,
        keyed::keyed_anew,
        page_head::PageHead,
        skeleton::Skeleton,
        status::RunBadge,
        table::{Column, Table},
        time::Time,
    },
};
use leptos::prelude::*;
use model::MissionId;
use model::api::{MissionArtifact, MissionView, PendingTask, RunRow};
use std::sync::Arc;

const RUNS: &[Column] = &[
    Column::text("Status"),
    Column::text("Run"),
    Column::text("Workflow"),
    Column::number("Progress"),
    Column::text("Why"),
    Column::text("Made"),
];
const TASKS: &[Column] = &[
    Column::text("Decision"),
    Column::text("Run"),
    Column::text("By"),
    Column::text("Since"),
];
const ARTIFACTS: &[Column] = &[
    Column::text("Artifact"),
    Column::text("Run"),
    Column::text("Step"),
    Column::number("Size"),
];

#[component]
pub fn Mission(mission: MissionId) -> AnyView {
    let path = missions::path(&mission);
    let query = Query::<MissionView>::get(move || Some(path.clone()));
    follow_runs(move || query.reload());
    let title = Memo::new(move |_| {
        query
            .data()
            .map_or_else(|| "Mission".to_owned(), |view| view.row.title.clone())
    });
    name_screen(move || Title {
        text: title.get(),
        thing: Some(title.get()),
    });
    let wait = || {
        view! {
            <PageHead title="Mission" />
            <Card title="Runs" flush=true><Skeleton lines=4 rows=true /></Card>
        }
        .into_any()
    };
    query.live_view("this mission", wait, build)
}

fn build(view: Memo<Option<Arc<MissionView>>>) -> AnyView {
    let place = StoredValue::new(session::place());
    let row = Memo::new(move |_| view.with(|view| view.as_ref().map(|view| view.row.clone())));
    let id = row.with_untracked(|row| {
        row.as_ref()
            .map(|row| row.id.to_string())
            .unwrap_or_default()
    });
    let all = with_query(
        &place.with_value(|place| place.link(&Screen::Runs)),
        &[("mission", &id)],
    );
    let all = StoredValue::new(all);
    let title = Signal::derive(move || {
        row.with(|row| {
            row.as_ref()
                .map(|row| row.title.clone())
                .unwrap_or_default()
        })
    });
    let statuses = move || {
        let counts = row.with(|row| {
            row.as_ref()
                .map(|row| row.by_status.clone())
                .unwrap_or_default()
        });
        counts
            .into_iter()
            .map(|(status, count)| {
                let href = all.with_value(|all| with_query(all, &[("status", status.as_str())]));
                view! { <a class="mission__status" href=href><RunBadge status />" "{fmt::count(count)}</a> }
            })
            .collect_view()
    };
    let made = move || {
        row.with(|row| row.as_ref().map(|row| row.created_at))
            .map(|at| view! { <Time at /> })
    };
    let runs = Memo::new(move |_| {
        view.with(|view| {
            view.as_ref()
                .map(|view| view.items.clone())
                .unwrap_or_default()
        })
    });
    let tasks = Memo::new(move |_| {
        view.with(|view| {
            view.as_ref()
                .map(|view| view.tasks.clone())
                .unwrap_or_default()
        })
    });
    let artifacts = Memo::new(move |_| {
        view.with(|view| {
            view.as_ref()
                .map(|view| view.artifacts.clone())
                .unwrap_or_default()
        })
    });
    let shown = move || {
        let words = move || {
            let (here, all) = (
                runs.with(Vec::len) as u64,
                row.with(|row| row.as_ref().map_or(0, |row| row.runs)),
            );
            if all > here {
                format!(
                    "{} of {}, newest first",
                    fmt::count(here),
                    fmt::plural(all, "run", "runs")
                )
            } else {
                fmt::plural(all, "run", "runs")
            }
        };
        words.into_any()
    };
    let none = Memo::new(move |_| runs.with(Vec::is_empty));
    let list = move || {
        if none.get() {
            return view! {
                <Empty
                    icon=lucide::LuTarget
                    title="No run yet"
                    text="Choose this mission in the Run dialog of a workflow, or name it when a program starts a run."
                />
            }
            .into_any();
        }
        let rows = keyed_anew(runs.into(), |row| row.id.clone(), run_row);
        view! { <Table label="Runs of this mission" columns=RUNS>{rows}</Table> }.into_any()
    };
    view! {
        <PageHead
            title
            marks=move || view! { <CopyId id=id.clone() of="mission" /> }.into_any()
            actions=move || {
                view! { <LinkButton href=all.get_value() icon=lucide::LuListTree>"All its runs"</LinkButton> }.into_any()
            }
        />
        <div class="mission">
            <div class="mission__statuses">{statuses}<span class="dim">"made "{made}</span></div>
            {move || tasks.with(|tasks| (!tasks.is_empty()).then(|| task_card(tasks)))}
            <Card title="Runs" aside=shown flush=true>{list}</Card>
            {move || artifacts.with(|artifacts| (!artifacts.is_empty()).then(|| artifact_card(artifacts)))}
        </div>
    }
    .into_any()
}

fn run_row(row: RunRow) -> AnyView {
    let place = session::place();
    view! {
        <tr>
            <td><RunBadge status=row.status /></td>
            <td class="wide"><a class="row-link" href=place.run(&row.id)>{row.title}</a></td>
            <td>{row.workflow_name}<span class="dim">" v"{row.workflow_version}</span></td>
            <td class="num">{fmt::part(row.steps_done.into(), row.steps_total.into())}</td>
            <td class="mission__why"><WhyLine why=Signal::stored(row.why) /></td>
            <td><Time at=row.created_at /></td>
        </tr>
    }
    .into_any()
}

fn task_card(all: &[PendingTask]) -> AnyView {
    let place = session::place();
    let rows = all
        .iter()
        .map(|task| {
            let href = place.run_step(&task.run, &task.step, "");
            view! {
                <tr>
                    <td><a class="row-link" href=href>{task.title.clone()}</a></td>
                    <td>{task.run_title.clone()}</td>
                    <td>{task.assignee.clone().unwrap_or_else(|| "anyone".to_owned())}</td>
                    <td><Time at=task.since /></td>
                </tr>
            }
        })
        .collect_view();
    let count = fmt::count(all.len() as u64);
    view! {
        <Card title="Open decisions" aside=move || count.clone().into_any() flush=true>
            <Table label="Open decisions" columns=TASKS>{rows}</Table>
        </Card>
    }
    .into_any()
}

fn artifact_card(all: &[MissionArtifact]) -> AnyView {
    let place = session::place();
    let api = Api::get();
    let rows = all
        .iter()
        .map(|one| {
            let artifact = &one.artifact;
            let href = artifacts::content(api, &one.run, &artifact.id);
            view! {
                <tr>
                    <td>
                        <a class="row-link" href=href download=artifact.name.clone() rel="external">{artifact.name.clone()}</a>
                        {artifact.partial.then(|| view! { <span class="dim">" partial"</span> })}
                    </td>
                    <td><a href=place.run(&one.run)>{fmt::short_id(one.run.as_str())}</a></td>
                    <td>{artifact.step.to_string()}</td>
                    <td class="num">{fmt::bytes(artifact.bytes)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Card title="Artifacts" aside=|| "of its newest runs".into_any() flush=true>
            <Table label="Artifacts of this mission" columns=ARTIFACTS>{rows}</Table>
        </Card>
    }
    .into_any()
}
