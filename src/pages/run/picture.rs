//! The run seen as a whole: as a graph, or on a line of time.

use super::{Draw, select::Selection};
use crate::{
    routes::param::param,
    state::{
        keys::{Command, offer},
        live_run::LiveRun,
    },
    ui::{
        button::Button,
        card::Panel,
        fmt,
        icon::lucide,
        tabs::{TabItem, TabPanel, Tabs},
    },
};
use leptos::prelude::*;

const GROUP: &str = "picture";
const CANVAS: &str = "canvas";
const TIMELINE: &str = "timeline";

#[component]
pub fn Picture(live: LiveRun, selection: Selection) -> AnyView {
    let wanted = param("show");
    let shown = Memo::new(move |_| {
        let timeline = wanted.with(|wanted| wanted == TIMELINE);
        if timeline { TIMELINE } else { CANVAS }.to_owned()
    });
    let tabs = vec![
        TabItem::new(CANVAS, "Canvas"),
        TabItem::new(TIMELINE, "Timeline"),
    ];
    let on_select = Callback::new(move |key: String| {
        selection.set(&[("show", (key != CANVAS).then_some(key))]);
    });
    let count = live
        .now(|run| run.definition.steps.len())
        .unwrap_or_default();
    let open = Memo::new(move |_| selection.at.with(|at| !at.is_empty()));
    let cannot = super::no_replay(live);
    let why_not = cannot.clone();
    // Outside of a project there is no palette.
    if !live.is_file() {
        offer(move || {
            let replay = Command::new("This run", "Replay", move || selection.toggle_replay());
            vec![replay.disabled(cannot.clone())]
        });
    }
    let head = move || {
        let why_not = why_not.clone();
        view! {
            <Tabs group=GROUP label="How the run is drawn" tabs=Signal::stored(tabs.clone()) selected=shown on_select />
            <div class="card__aside">{fmt::plural(count as u64, "step", "steps")}</div>
            <Button small=true icon=lucide::LuHistory pressed=open disabled=Signal::stored(why_not) on_click=move || selection.toggle_replay()>
                "Replay"
            </Button>
        }
        .into_any()
    };
    let draw = use_context::<Draw>();
    let body = move || {
        let draw = draw?;
        let timeline = shown.with(|shown| shown == TIMELINE);
        let draw = if timeline { draw.timeline } else { draw.canvas };
        Some(draw(live, selection))
    };
    view! {
        <Panel label="The run as a picture" head>
            <TabPanel group=GROUP selected=shown>{body}</TabPanel>
        </Panel>
    }
    .into_any()
}
