//! What is done with the view of a graph, and what its lines mean.

use super::steer::{STEP, Steer};
use crate::ui::{
    button::{Button, ButtonKind},
    icon::lucide,
    popover::Popover,
};
use leptos::prelude::*;

pub(super) fn tools_view(steer: Steer) -> AnyView {
    let percent = move || {
        steer.camera.get().map(|camera| match camera.zoom * 100.0 {
            percent if percent < 1.0 => format!("{percent:.1} %"),
            percent => format!("{percent:.0} %"),
        })
    };
    let failing = steer.shared.failing;
    let to_failure = move || {
        failing.get().map(|_| {
            view! {
                <Button kind=ButtonKind::Quiet small=true icon=lucide::LuCrosshair label="To the failure (F)" on_click=move || steer.to_failure() />
            }
        })
    };
    view! {
        <div class="graph__tools" role="toolbar" aria-label="View of the graph">
            <Popover label="What the lines mean" button_class="btn btn--quiet btn--s btn--bare" icon=lucide::LuInfo>
                {legend()}
            </Popover>
            {to_failure}
            <Button kind=ButtonKind::Quiet small=true icon=lucide::LuMinus label="Zoom out (−)" on_click=move || steer.zoom(1.0 / STEP) />
            <span class="graph__zoom">{percent}</span>
            <Button kind=ButtonKind::Quiet small=true icon=lucide::LuPlus label="Zoom in (+)" on_click=move || steer.zoom(STEP) />
            <Button kind=ButtonKind::Quiet small=true icon=lucide::LuMaximize label="Show all (0)" on_click=move || steer.fit() />
        </div>
    }
    .into_any()
}

fn legend() -> AnyView {
    let line = |class: &'static str, words: &'static str| {
        view! {
            <li class="legend__row">
                <svg class="legend__line" viewBox="0 0 36 8" aria-hidden="true"><path class=class d="M1 4h34"></path></svg>
                {words}
            </li>
        }
    };
    view! {
        <ul class="legend">
            {line("gedge", "Wiring: a step uses the result of the other")}
            {line("gedge gedge--order", "Order: a step only comes after the other; faint where it is long")}
            {line("gedge gedge--upstream", "Leads to the chosen step")}
            {line("gedge gedge--failing", "Leads to the step that failed")}
        </ul>
    }
    .into_any()
}
