//! One workflow in the list.

use crate::{
    state::session,
    ui::{chip::Tag, fmt, status::RunBadge, time::Time},
};
use leptos::prelude::*;
use model::api::WorkflowRow;

pub fn row(workflow: WorkflowRow) -> AnyView {
    let place = session::place();
    let href = place.workflow(&workflow.id);
    let version = match workflow.version {
        Some(version) => format!("v{version}"),
        None => "not published".to_owned(),
    };
    let unpublished = workflow.version.is_none();
    let last = match &workflow.last_run {
        Some(last) => view! {
            <a class="workflow-row__run" href=place.run(&last.id)>
                <RunBadge status=last.status />
                <span class="dim"><Time at=last.created_at /></span>
            </a>
        }
        .into_any(),
        None => view! { <span class="dim">"never"</span> }.into_any(),
    };
    view! {
        <tr>
            <td class="workflow-row__name">
                <a class="row-link" href=href>{workflow.name}</a>
                {workflow.archived.then(|| view! { " "<Tag>"archived"</Tag> })}
                {(!workflow.description.is_empty())
                    .then(|| view! { <p class="workflow-row__text">{workflow.description}</p> })}
            </td>
            <td>{last}</td>
            <td>
                <span class="workflow-row__version" class:dim=unpublished>{version}</span>
                {(workflow.has_draft && !unpublished).then(|| view! { " "<Tag>"draft"</Tag> })}
            </td>
            <td class="num">{fmt::count(workflow.steps.into())}</td>
            <td>{workflow.queue}</td>
            <td class="workflow-row__changed"><Time at=workflow.updated_at /><span class="dim">" by "{workflow.updated_by.name}</span></td>
        </tr>
    }
    .into_any()
}
