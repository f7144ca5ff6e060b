use super::Sample;
use crate::ui::{
    card::{Card, Panel},
    code::CodeBlock,
    diff::DiffView,
    fmt,
    json_view::JsonView,
    markdown::Markdown,
    skeleton::SkeletonBlock,
    status::Tone,
    tabs::{TabItem, TabPanel, Tabs},
    text_view::TextView,
};
use leptos::prelude::*;
use model::MicroDollars;
use serde_json::json;
use std::sync::Arc;

const NOTES: &str = "## Quote packet\n\nThe **three** lines are priced from `price-list.csv`:\n\n| Part | Qty | Price |\n|---|---|---|\n| Hydraulic pump HP-40 | 2 | $1,180.00 |\n| Seal kit | 4 | $36.50 |\n\n- [x] read the request\n- [ ] ask [Sales](https://sales.example.com/desk) for approval\n- a [strange link](javascript:alert(1)), a picture ![chart](https://example.com/c.png)\n\n> Delivery in 14 days.\n\n```sh\ncat quote.md\n```\n\n<script>alert(1)</script>";

#[component]
pub(super) fn Content() -> AnyView {
    let value = json!({
        "rfq": 2231,
        "customer": {"name": "Metro Equipment", "city": "Graz", "vip": true, "discount": null},
        "lines": [{"part": "HP-40", "qty": 2, "price": 1180.0}, {"part": "SK-9", "qty": 4, "price": 36.5}],
        "log": "line one\nline two ".repeat(60),
        "samples": (0..1_234).collect::<Vec<_>>(),
    });
    let long = (0..20_000)
        .map(|i| format!("{i} the quick brown fox jumps over the lazy dog"))
        .collect::<Vec<_>>()
        .join("\n");
    let before = (0..30)
        .map(|i| format!("row {i}"))
        .collect::<Vec<_>>()
        .join("\n")
        + "\n";
    let after = before
        .replace("row 12\n", "row twelve\nrow twelve and a half\n")
        .replace("row 20\n", "");
    let tab = RwSignal::new("output".to_owned());
    view! {
        <div>
            <Sample name="Code, amounts">
                <CodeBlock text="503 Service Unavailable: upstream connect error (request req_8f2c)" label="Answer" tone=Tone::Fail />
                <span>{fmt::money(MicroDollars(380_000))}" · "{fmt::money_fine(MicroDollars(12_400))}" · "{fmt::bytes(20_000_000)}</span>
            </Sample>
            <Sample name="JSON">
                <Panel
                    label="What went in and came out"
                    head=move || view! {
                        <Tabs
                            group="json"
                            label="Parts"
                            tabs=vec![TabItem::new("input", "Input"), TabItem::new("output", "Output")]
                            selected=tab
                            on_select=move |to: String| tab.set(to)
                        />
                    }
                >
                    <TabPanel group="json" selected=tab><div class="card__body"><JsonView label="Output of the step" value=Arc::new(value) /></div></TabPanel>
                </Panel>
            </Sample>
            <Sample name="Markdown and difference">
                <Card title="quote.md"><Markdown text=NOTES /></Card>
                <Card title="Edit" aside=|| view! { "+2 −2" }><DiffView label="quote.md" before after /></Card>
            </Sample>
            <Sample name="Long text">
                <Card title="Output"><TextView label="Output" text=long /></Card>
                <Card title="Short"><TextView label="Short output" text="Two lines\nof text" /><SkeletonBlock class="gallery__cells" /></Card>
            </Sample>
        </div>
    }
    .into_any()
}
