//! Below the rows: what the bars mean, the run's own moments in words, and the view's controls.

use super::{Drawing, window::Window};
use crate::ui::{
    button::{Button, ButtonKind},
    fmt,
    icon::lucide,
};
use leptos::prelude::*;

/// How many of the run's moments are written out: the last ones.
const WRITTEN: usize = 8;
const LEGEND: [(&str, &str); 4] = [
    ("work", "Work"),
    ("queued", "Queued"),
    ("backoff", "Between tries"),
    ("waiting", "Waiting"),
];

#[component]
pub(super) fn Foot(drawing: Drawing) -> AnyView {
    let legend = LEGEND.map(|(kind, word)| {
        view! {
            <li><span class=format!("bar bar--{kind} timeline__sample tone-idle")></span>{word}</li>
        }
    });
    let marks = Memo::new(move |_| {
        drawing.lines.with(|lines| {
            let first = lines.marks.len().saturating_sub(WRITTEN);
            let marks = lines.marks[first..].iter();
            marks
                .map(|mark| {
                    let after = match mark.at.since(lines.from) {
                        0 => "at 0".to_owned(),
                        ms => format!("after {}", fmt::duration(ms)),
                    };
                    (mark.word.clone(), after, mark.tone.class())
                })
                .collect::<Vec<_>>()
        })
    });
    let moments = move || {
        let marks = marks.get().into_iter().map(|(word, after, tone)| {
            view! { <li class=format!("timeline__moment {tone}")><b>{word}</b>" "{after}</li> }
        });
        marks.collect_view()
    };
    let all = move || drawing.window.get() == Window::ALL;
    let out = Signal::derive(move || all().then(|| "The whole run is in view.".to_owned()));
    view! {
        <div class="timeline__foot">
            <ul class="timeline__legend" aria-label="What the bars mean">{legend}</ul>
            <div class="timeline__tools" role="group" aria-label="View">
                <Button
                    kind=ButtonKind::Quiet
                    small=true
                    icon=lucide::LuWaypoints
                    pressed=drawing.wants_path
                    on_click=move || drawing.wants_path.update(|on| *on = !*on)
                >
                    "Critical path"
                </Button>
                <Button kind=ButtonKind::Quiet small=true icon=lucide::LuMinus label="Zoom out (−)" disabled=out on_click=move || drawing.zoom(0.5) />
                <Button kind=ButtonKind::Quiet small=true icon=lucide::LuPlus label="Zoom in (+)" on_click=move || drawing.zoom(2.0) />
                <Button kind=ButtonKind::Quiet small=true icon=lucide::LuMaximize label="Show all (0)" disabled=out on_click=move || drawing.window.set(Window::ALL) />
            </div>
            <ol class="timeline__moments" aria-label="Moments of the run">{moments}</ol>
        </div>
    }
    .into_any()
}
