//! Saved points of the run: after each finished step, and where a person decides.

use super::select::Selection;
use crate::{
    api::{Query, runs},
    state::live_run::LiveRun,
    ui::{
        empty::Empty,
        icon::{Glyph, StatusGlyph, lucide},
        skeleton::Skeleton,
        status::Tone,
        table::{Column, Table},
        time::Time,
    },
};
use leptos::prelude::*;
use model::api::{Checkpoint, CheckpointKind, Page};
use model::event::Decision;

const COLUMNS: &[Column] = &[
    Column::number("Event"),
    Column::text("Point"),
    Column::text("Step"),
    Column::text("When"),
    Column::text("By"),
];

#[component]
pub fn Checkpoints(live: LiveRun, selection: Selection) -> AnyView {
    let path = runs::part(&live.id(), "checkpoints");
    let query = Query::<Page<Checkpoint>>::get(move || Some(path.clone()));
    // A point is made when a step settles or a person decides: both end a wait or a try.
    let points = live.part_live(|run| {
        run.steps
            .values()
            .filter(|step| step.status.is_settled() || step.waiting_since.is_some())
            .count()
    });
    Effect::new(move |before: Option<usize>| {
        let now = points.get();
        if before.is_some_and(|before| before != now) {
            query.reload();
        }
        now
    });
    query.view(
        "the checkpoints",
        || view! { <Skeleton lines=4 rows=true /> }.into_any(),
        move |page| {
            if page.items.is_empty() {
                return view! { <Empty icon=lucide::LuMilestone title="No checkpoint yet" text="One is made after each finished step and where a person decides." /> }
                    .into_any();
            }
            let rows = page.items.iter().cloned().map(|point| row(selection, point)).collect_view();
            view! {
                <Table label="Checkpoints of this run" columns=COLUMNS>{rows}</Table>
                {page.next_cursor.is_some().then(|| view! { <p class="record__cut">{format!("Showing the first {}.", page.items.len())}</p> })}
            }
            .into_any()
        },
    )
}

fn row(selection: Selection, point: Checkpoint) -> AnyView {
    let (glyph, tone, words) = match (point.kind, point.decision) {
        (CheckpointKind::StepFinished, _) => (Glyph::Success, Tone::Ok, "Finished"),
        (CheckpointKind::DecisionOpen, _) => (Glyph::Waiting, Tone::Wait, "Decision open"),
        (CheckpointKind::Decided, Some(Decision::Rejected)) => {
            (Glyph::Rejected, Tone::Fail, "Rejected")
        }
        (CheckpointKind::Decided, Some(Decision::Skipped)) => {
            (Glyph::Skipped, Tone::Idle, "Skipped")
        }
        (CheckpointKind::Decided, Some(Decision::Approved) | None) => {
            (Glyph::Success, Tone::Ok, "Approved")
        }
    };
    let path = point.step.clone();
    view! {
        <tr>
            <td class="num">{crate::ui::fmt::count(point.seq)}</td>
            <td><span class=format!("badge {}", tone.class())><StatusGlyph glyph=glyph /><span class="badge__word">{words}</span></span></td>
            <td>
                <button type="button" class="link-button" on:click=move |_| selection.choose(&path)>{point.step_name}</button>
            </td>
            <td><Time at=point.at /></td>
            <td>{point.by.map(|by| by.name)}</td>
        </tr>
    }
    .into_any()
}
