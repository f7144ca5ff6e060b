//! What the run produced, with a look inside.

mod csv;
mod preview;

use super::{Draw, select::Selection};
use crate::{
    api::{Api, artifacts},
    routes::param::param,
    state::live_run::LiveRun,
    ui::{
        button::LinkButton,
        chip::Tag,
        empty::Empty,
        fmt,
        icon::lucide,
        table::{Column, Table},
        time::Time,
    },
};
use leptos::prelude::*;
use model::event::Artifact;
pub use preview::Preview;

const COLUMNS: &[Column] = &[
    Column::text("Name"),
    Column::text("Step"),
    Column::number("Size"),
    Column::text("Written"),
    Column::quiet("Download"),
];

#[component]
pub fn Artifacts(live: LiveRun, selection: Selection) -> AnyView {
    let all = live.part_live(|run| run.artifacts.clone());
    let chosen = param("artifact");
    let shown = move || {
        let artifacts = all.get();
        if artifacts.is_empty() {
            return view! {
                <Empty icon=lucide::LuFileBox title="No artifacts" text="Files and values that steps of this run write appear here." />
            }
            .into_any();
        }
        let rows = artifacts
            .into_iter()
            .map(|artifact| row(live, selection, artifact))
            .collect_view();
        view! { <Table label="Artifacts of this run" columns=COLUMNS>{rows}</Table> }.into_any()
    };
    let opened = Memo::new(move |_| {
        let id = chosen.get();
        let all = all.get();
        let only = (all.len() == 1 && id.is_empty())
            .then(|| all.first().cloned())
            .flatten();
        all.into_iter()
            .find(|artifact| artifact.id.as_str() == id)
            .or(only)
    });
    let run = live.id();
    let look = move || {
        opened
            .get()
            .zip(use_context::<Draw>())
            .map(|(artifact, draw)| (draw.artifact)(run.clone(), artifact))
    };
    view! { {shown} {look} }.into_any()
}

fn row(live: LiveRun, selection: Selection, artifact: Artifact) -> AnyView {
    let href = artifacts::content(Api::get(), &live.id(), &artifact.id);
    let step = live
        .now(|run| run.step_name(&artifact.step))
        .unwrap_or_default();
    let id = artifact.id.to_string();
    let path = artifact.step.clone();
    let download = artifact.name.clone();
    view! {
        <tr>
            <td>
                <button type="button" class="artifact__name" on:click=move |_| selection.set(&[("artifact", Some(id.clone()))])>
                    {artifact.name.clone()}
                </button>
                {artifact.partial.then(|| view! { " "<span data-tip="The step had not finished when it was written" tabindex="0"><Tag>"Partial"</Tag></span> })}
            </td>
            <td><button type="button" class="link-button" on:click=move |_| selection.choose(&path)>{step}</button></td>
            <td class="num">{fmt::bytes(artifact.bytes)}</td>
            <td><Time at=artifact.created_at /></td>
            <td class="num">
                <span class="artifact__acts">
                    <LinkButton small=true icon=lucide::LuDownload href=href download=download>"Download"</LinkButton>
                </span>
            </td>
        </tr>
    }
    .into_any()
}
