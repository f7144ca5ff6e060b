//! The published versions: the list, one of them, and two compared.

use super::{publish::canonical, state::Studio};
use crate::{
    api::{Api, ErrorFace, Query, workflows},
    routes::param::{Address, Step, param},
    ui::{
        button::Button,
        card::{Card, Panel},
        code_editor::CodeEditor,
        diff::{Difference, DifferenceView},
        empty::Empty,
        field::{Choice, InlineSelect},
        fmt,
        icon::lucide,
        skeleton::Skeleton,
        table::{Column, Table},
        time::Time,
    },
};
use leptos::prelude::*;
use model::api::{Page, VersionRow};
use serde_json::Value;
use std::sync::Arc;

const COLUMNS: &[Column] = &[
    Column::text("Version"),
    Column::text("Note"),
    Column::number("Steps"),
    Column::text("Published"),
    Column::quiet("Look at it"),
];

/// Compares with nothing: shows the document.
const ALONE: &str = "";
const DRAFT: &str = "draft";

#[component]
pub fn VersionsTab(studio: Studio) -> AnyView {
    let path = studio.id.with_value(workflows::versions_path);
    let query = Query::<Page<VersionRow>>::get(move || Some(path.clone()));
    // A new version appears when the workflow says that it has one.
    let newest = Memo::new(move |_| studio.query.data().and_then(|view| view.row.version));
    Effect::new(move |before: Option<Option<u32>>| {
        let newest = newest.get();
        if before.is_some_and(|before| before != newest) {
            query.reload();
        }
        newest
    });
    let version = param("version");
    let address = StoredValue::new(Address::get());
    let look = Callback::new(move |version: u32| {
        // What a reader asks of a version first: what it changed.
        let against = if version > 1 {
            (version - 1).to_string()
        } else {
            String::new()
        };
        let changes = [
            ("version", Some(version.to_string())),
            ("against", Some(against)),
        ];
        address.with_value(|address| address.set(&changes, Step::Push));
    });
    let wait = || {
        view! { <Card title="Versions" flush=true><Skeleton lines=3 rows=true /></Card> }.into_any()
    };
    let show = move |page: Arc<Page<VersionRow>>| {
        if page.items.is_empty() {
            return view! {
                <Empty
                    icon=lucide::LuHistory
                    title="Not published yet"
                    text="Publish the draft to make version 1. A version never changes, and runs stay on theirs."
                />
            }
            .into_any();
        }
        let rows = page
            .items
            .iter()
            .map(|row| one(row, version, look))
            .collect_view();
        let count = fmt::plural(page.count, "version", "versions");
        let choices = page.items.iter().map(|row| row.version).collect::<Vec<_>>();
        view! {
            <Card title="Versions" aside=move || count.clone().into_any() flush=true>
                <Table label="Versions" columns=COLUMNS>{rows}</Table>
            </Card>
            {move || {
                let chosen: u32 = version.with(|version| version.parse().ok())?;
                let choices = choices.clone();
                Some(view! { <OneVersion studio version=chosen choices /> })
            }}
        }
        .into_any()
    };
    view! { <div class="versions">{query.view("the versions", wait, show)}</div> }.into_any()
}

fn one(row: &VersionRow, chosen: Memo<String>, look: Callback<u32>) -> AnyView {
    let version = row.version;
    let current = move || {
        chosen
            .with(|chosen| *chosen == version.to_string())
            .then_some("true")
    };
    let note = match &row.note {
        Some(note) => note.clone().into_any(),
        None => view! { <span class="dim">"no note"</span> }.into_any(),
    };
    view! {
        <tr aria-current=current>
            <td><b>"v"{version}</b></td>
            <td class="versions__note">{note}</td>
            <td class="num">{fmt::count(row.steps.into())}</td>
            <td class="line"><Time at=row.published_at /><span class="dim">" by "{row.published_by.name.clone()}</span></td>
            <td class="num">
                <Button small=true label=format!("Look at it: version {version}") on_click=move || look.run(version)>"Look at it"</Button>
            </td>
        </tr>
    }
    .into_any()
}

/// A version's document, alone or as the change from another.
#[component]
fn OneVersion(studio: Studio, version: u32, choices: Vec<u32>) -> AnyView {
    let api = Api::get();
    let id = studio.id.get_value();
    let against = param("against");
    let address = StoredValue::new(Address::get());
    let own_path = workflows::version_path(&id, version);
    let own = Query::<Value>::get(move || Some(own_path.clone()));
    let other = Query::<Value>::get(move || {
        let number: u32 = against.get().parse().ok()?;
        studio
            .id
            .try_get_value()
            .map(|id| workflows::version_path(&id, number))
    });
    let compared = Memo::new(move |_| against.with(|against| against != ALONE));
    let text = Memo::new(move |_| own.data().map(|document| canonical(&document)));
    let before = Memo::new(move |_| {
        if against.with(|against| against == DRAFT) {
            studio.read.get().ok().map(|document| canonical(&document))
        } else {
            other.data().map(|document| canonical(&document))
        }
    });
    let mut entries = vec![
        Choice::new(ALONE, "Nothing: show it alone"),
        Choice::new(DRAFT, "The draft"),
    ];
    entries.extend(
        choices
            .iter()
            .filter(|own| **own != version)
            .map(|own| Choice::new(own.to_string(), format!("Version {own}"))),
    );
    let on_change = move |to: String| {
        address.with_value(|address| address.set(&[("against", Some(to))], Step::Push));
    };
    let close = move || {
        address
            .with_value(|address| address.set(&[("version", None), ("against", None)], Step::Push));
    };
    let export = api.direct(&workflows::version_path(&id, version));
    let head = move || {
        view! {
            <h2 class="studio__title">"Version "{version}</h2>
            <span class="versions__tools">
                <span class="dim">"compared with"</span>
                <InlineSelect label="Compare with" value=against choices=entries.clone() on_change=on_change />
                <a class="btn btn--s btn--quiet" href=export.clone() download=format!("version-{version}.json") rel="external">
                    "Download"
                </a>
                <Button small=true icon=lucide::LuX label="Close this version" on_click=close />
            </span>
        }
        .into_any()
    };
    let error = Signal::derive(move || {
        own.error()
            .or_else(|| other.error().filter(|_| compared.get()))
    });
    let body = move || {
        if error.with(Option::is_some) {
            return view! { <ErrorFace error what="this version" compact=true /> }.into_any();
        }
        match (text.get(), compared.get(), before.get()) {
            (Some(text), false, _) => {
                let text = RwSignal::new(text);
                view! {
                    <div class="versions__text">
                        <CodeEditor label=format!("Version {version}, as JSON") text read_only=Signal::derive(|| true) />
                    </div>
                }
                .into_any()
            }
            (Some(text), true, Some(before)) if text == before => {
                view! { <p class="versions__same">"Both say the same."</p> }.into_any()
            }
            (Some(text), true, Some(before)) => {
                // From the draft the change would run backwards: the draft is the newer one.
                let (from, to) = if against.with(|against| against == DRAFT) {
                    (text, before)
                } else {
                    (before, text)
                };
                let found = Arc::new(Difference::of(from.into(), to.into()));
                view! {
                    <p class="versions__same">{found.summary()}" lines"</p>
                    <DifferenceView label="What changed" difference=Signal::stored(found) />
                }
                .into_any()
            }
            (None, ..) | (_, true, None) => view! { <Skeleton lines=6 /> }.into_any(),
        }
    };
    view! { <Panel label=format!("Version {version}") head>{body}</Panel> }.into_any()
}
