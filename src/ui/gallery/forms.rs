use super::Sample;
use crate::ui::{
    field::{Checkbox, Choice, InlineSelect, Segmented, Select, TextArea, TextField, TextKind},
    search::Search,
    tabs::{TabItem, TabPanel, Tabs},
};
use leptos::prelude::*;

#[component]
pub(super) fn Forms() -> AnyView {
    let name = RwSignal::new("RFQ draft".to_owned());
    let bad = RwSignal::new("four".to_owned());
    let text = RwSignal::new("{\n  \"rfq\": 2231\n}".to_owned());
    let queue = RwSignal::new("default".to_owned());
    let on = RwSignal::new(true);
    let query = RwSignal::new(String::new());
    let tab = RwSignal::new("error".to_owned());
    let zone = RwSignal::new("relative".to_owned());
    let queues = Signal::from(vec![
        Choice::new("default", "default"),
        Choice::new("slow", "slow, at its limit of 4"),
    ]);
    let tabs = Signal::from(vec![
        TabItem::new("error", "Error"),
        TabItem::new("transcript", "Transcript").count(4),
        TabItem::new("input", "Input"),
        TabItem::new("events", "Events").count(12_408),
    ]);
    view! {
        <div>
            <Sample name="Fields">
                <TextField label="Name" value=name hint="Shown in the runs list." />
                <TextField
                    label="Quantity"
                    value=bad
                    kind=TextKind::Text
                    error=Some("Must be a whole number, for example 4.".to_owned())
                />
                <Select label="Queue" value=queue choices=queues on_change=move |to: String| queue.set(to) optional=true />
            </Sample>
            <Sample name="Text area, checks">
                <TextArea label="Input" value=text mono=true />
                <Checkbox
                    label="Only runs that nobody has resolved"
                    checked=on
                    on_change=move |to| on.set(to)
                    hint="Without the limit of 24 hours."
                />
                <Checkbox label="Notify me" checked=false on_change=|_| {} disabled=Some("Desktop notifications are off in this browser.".to_owned()) />
            </Sample>
            <Sample name="Toolbar">
                <Search label="Search runs" value=query on_input=move |to: String| query.set(to) keys="/" />
                <InlineSelect label="Queue" value=queue choices=queues on_change=move |to: String| queue.set(to) />
                <Segmented
                    label="Times"
                    value=zone
                    choices=vec![Choice::new("relative", "Relative"), Choice::new("utc", "UTC"), Choice::new("local", "Local")]
                    on_change=move |to: String| zone.set(to)
                />
            </Sample>
            <Sample name="Tabs">
                <Tabs group="sample" label="Parts of the step" tabs selected=tab on_select=move |to: String| tab.set(to) />
                <TabPanel group="sample" selected=tab><p>"Shows: " {move || tab.get()}</p></TabPanel>
            </Sample>
        </div>
    }
    .into_any()
}
