//! One workflow: its draft in Studio, its versions, its runs; publishing and starting.

mod about;
mod conflict;
mod connections;
mod document;
mod issues;
mod kept;
mod outside;
mod places;
mod publish;
mod runs;
mod start;
mod state;
mod studio;
mod versions;

use crate::{
    api::{ErrorFace, face::StaleLine, workflows},
    routes::param::{Address, Step, param},
    state::{
        keys::{Command, offer},
        title::{Title, name_screen},
    },
    ui::{
        banner::Banner,
        button::{Button, ButtonKind},
        chip::Tag,
        icon::{Glyph, lucide},
        menu::{MenuButton, MenuItem},
        page_head::PageHead,
        skeleton::{Skeleton, SkeletonBlock},
        status::Tone,
        tabs::{TabItem, TabPanel, Tabs},
    },
};
use issues::{Issues, issues};
use leptos::prelude::*;
use model::WorkflowId;
use state::Studio;

const STUDIO: &str = "studio";
const VERSIONS: &str = "versions";
const RUNS: &str = "runs";
const CONNECTIONS: &str = "connections";

/// The dialogs of the page.
#[derive(Clone, Copy)]
struct Dialogs {
    publish: RwSignal<bool>,
    start: RwSignal<bool>,
    rename: RwSignal<bool>,
    archive: RwSignal<bool>,
}

#[component]
pub fn Workflow(workflow: WorkflowId) -> AnyView {
    let studio = Studio::new(workflow);
    let issues = issues(studio);
    let name = Memo::new(move |_| studio.query.data().map(|view| view.row.name.clone()));
    name_screen(move || {
        let name = name.get();
        Title {
            text: name.clone().unwrap_or_else(|| "Workflow".to_owned()),
            thing: Some(name.unwrap_or_else(|| "…".to_owned())),
        }
    });
    let dialogs = Dialogs {
        publish: RwSignal::new(false),
        start: RwSignal::new(false),
        rename: RwSignal::new(false),
        archive: RwSignal::new(false),
    };
    let error = Signal::derive(move || studio.query.error());
    let retry = Callback::new(move |()| studio.query.reload());
    let (there, failed) = (
        Memo::new(move |_| studio.query.data().is_some()),
        Memo::new(move |_| error.with(Option::is_some)),
    );
    // Built once: the text keeps its place, its caret and its undo while the workflow is loaded again.
    let body = move || {
        if there.get() {
            view! {
                <StaleLine error what="this workflow" retry />
                {untrack(|| whole(studio, issues, dialogs))}
            }
            .into_any()
        } else if failed.get() {
            view! { <ErrorFace error what="this workflow" retry /> }.into_any()
        } else {
            view! { <Waiting /> }.into_any()
        }
    };
    body.into_any()
}

fn whole(studio: Studio, issues: Memo<Issues>, dialogs: Dialogs) -> AnyView {
    let asked = param("tab");
    let tab = Memo::new(move |_| match asked.get().as_str() {
        VERSIONS => VERSIONS,
        RUNS => RUNS,
        CONNECTIONS => CONNECTIONS,
        _ => STUDIO,
    });
    let selected = Signal::derive(move || tab.get().to_owned());
    let address = Address::get();
    let on_select = move |to: String| {
        let to = (to != STUDIO).then_some(to);
        address.set(
            &[("tab", to), ("version", None), ("against", None)],
            Step::Push,
        );
    };
    let tabs = Signal::derive(move || {
        let versions = studio
            .query
            .data()
            .and_then(|view| view.row.version)
            .unwrap_or(0);
        vec![
            TabItem::new(STUDIO, "Studio"),
            TabItem::new(VERSIONS, "Versions").count(versions.into()),
            TabItem::new(RUNS, "Runs"),
            TabItem::new(CONNECTIONS, "Connections"),
        ]
    });
    listen_for_save(studio, tab);
    let panel = move || match tab.get() {
        VERSIONS => view! { <versions::VersionsTab studio /> }.into_any(),
        RUNS => view! { <runs::RunsTab studio /> }.into_any(),
        CONNECTIONS => {
            view! { <connections::ConnectionsTab workflow=studio.id.get_value() /> }.into_any()
        }
        _ => view! { <studio::StudioTab studio issues /> }.into_any(),
    };
    view! {
        <div class="workflow">
            <Head studio dialogs />
            <Archived studio />
            <outside::Outside workflow=studio.id.get_value() />
            <Tabs group="workflow" label="Parts of this workflow" tabs selected on_select />
            <TabPanel group="workflow" selected><div class="workflow__panel">{panel}</div></TabPanel>
        </div>
        <publish::PublishDialog studio issues open=dialogs.publish />
        <start::StartDialog studio open=dialogs.start />
        <about::RenameDialog studio open=dialogs.rename />
        <about::ArchiveDialog studio open=dialogs.archive />
        <conflict::ConflictDialog studio />
    }
    .into_any()
}

/// Ctrl+S, also while the caret is in the text.
fn listen_for_save(studio: Studio, tab: Memo<&'static str>) {
    let keys = window_event_listener(leptos::ev::keydown, move |event| {
        let save = (event.ctrl_key() || event.meta_key())
            && !event.alt_key()
            && event.key().eq_ignore_ascii_case("s");
        if save && tab.get_untracked() == STUDIO {
            event.prevent_default();
            if untrack(|| {
                studio.locked.with(Option::is_none)
                    && studio.unsavable().is_none()
                    && studio.is_dirty()
            }) {
                studio.save(None);
            }
        }
    });
    on_cleanup(move || keys.remove());
}

#[component]
fn Head(studio: Studio, dialogs: Dialogs) -> AnyView {
    let row = Memo::new(move |_| studio.query.data().map(|view| view.row.clone()));
    let field = move |read: fn(&model::api::WorkflowRow) -> String| {
        Signal::derive(move || row.with(|row| row.as_ref().map(read).unwrap_or_default()))
    };
    let dirty = Memo::new(move |_| studio.is_dirty());
    let marks = move || {
        let tags = move || {
            row.with(|row| {
                let row = row.as_ref()?;
                let version = row.version.map_or_else(
                    || "not published".to_owned(),
                    |version| format!("v{version}"),
                );
                let draft = row.has_draft && row.version.is_some();
                Some(view! {
                    <Tag>{version}</Tag>
                    {draft.then(|| view! { <Tag>"draft differs"</Tag> })}
                    {row.archived.then(|| view! { <Tag>"archived"</Tag> })}
                })
            })
        };
        view! {
            {tags}
            {move || dirty.get().then(|| view! { <Tag>"unsaved"</Tag> })}
        }
        .into_any()
    };
    let no_run = Signal::derive(move || {
        let published = row.with(|row| row.as_ref().is_some_and(|row| row.version.is_some()));
        studio.locked.get().or_else(|| {
            (!published).then(|| "Nothing is published yet. Publish the draft first.".to_owned())
        })
    });
    let no_rename = Signal::derive(move || studio.locked.get().or_else(|| studio.unsavable()));
    offer(move || {
        let group = "This workflow";
        vec![
            Command::new(group, "Run it", move || dialogs.start.set(true))
                .keys("R")
                .disabled(no_run.get()),
            Command::new(group, "Publish the draft", move || {
                dialogs.publish.set(true);
            })
            .keys("P")
            .disabled(studio.locked.get()),
            Command::new(group, "Validate the draft", move || studio.validate())
                .keys("V")
                .disabled(studio.unsavable()),
            Command::new(group, "Rename or describe", move || {
                dialogs.rename.set(true);
            })
            .disabled(no_rename.get()),
        ]
    });
    let archived = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.archived)));
    let export = {
        let api = studio.api();
        move |draft: bool| {
            studio
                .id
                .with_value(|id| api.direct(&workflows::export_path(id, draft)))
        }
    };
    let items = Signal::derive(move || {
        let published = row.with(|row| row.as_ref().is_some_and(|row| row.version.is_some()));
        let none = (!published).then(|| "Nothing is published yet.".to_owned());
        let mut items = vec![
            MenuItem::new("Rename or describe…", move || dialogs.rename.set(true))
                .icon(lucide::LuPencil)
                .disabled(no_rename.get()),
            MenuItem::new("Export the newest version", move || {
                download(&export(false));
            })
            .icon(lucide::LuDownload)
            .disabled(none),
            MenuItem::new("Export the saved draft", move || download(&export(true)))
                .icon(lucide::LuFileDown),
        ];
        // Archived, it is locked for everything but this.
        let denied = studio.locked.get().filter(|_| !archived.get());
        items.push(if archived.get() {
            MenuItem::new("Bring back", move || bring_back(studio))
                .icon(lucide::LuArchiveRestore)
                .apart()
        } else {
            MenuItem::new("Archive…", move || dialogs.archive.set(true))
                .icon(lucide::LuArchive)
                .disabled(denied)
                .danger()
                .apart()
        });
        items
    });
    let actions = move || {
        view! {
            <Button
                kind=ButtonKind::Primary
                icon=lucide::LuPlay
                keys="R"
                disabled=no_run
                on_click=move || dialogs.start.set(true)
            >
                "Run"
            </Button>
            <Button icon=lucide::LuRocket keys="P" disabled=studio.locked on_click=move || dialogs.publish.set(true)>
                "Publish"
            </Button>
            <MenuButton label="More" icon=lucide::LuEllipsis items />
        }
        .into_any()
    };
    view! {
        <PageHead
            title=field(|row| row.name.clone())
            marks
            text=Signal::derive(move || Some(field(|row| row.description.clone()).get()))
            actions
        />
    }
    .into_any()
}

/// Keeps what an address answers as a file; the runtime names it.
fn download(address: &str) {
    let _ = window().location().assign(address);
}

fn bring_back(studio: Studio) {
    leptos::task::spawn_local(async move {
        if let Err(error) = about::set_archived(studio, false).await {
            studio.complain(&error);
        }
    });
}

#[component]
fn Archived(studio: Studio) -> AnyView {
    let archived = Memo::new(move |_| studio.query.data().is_some_and(|view| view.row.archived));
    let back = move || {
        view! { <Button small=true on_click=move || bring_back(studio)>"Bring back"</Button> }
            .into_any()
    };
    view! {
        <Show when=move || archived.get()>
            <Banner tone=Tone::Idle glyph=Glyph::Cancelled title="Archived" actions=back>
                "It starts no runs and is left out of the list. Its versions and runs are all here."
            </Banner>
        </Show>
    }
    .into_any()
}

#[component]
fn Waiting() -> AnyView {
    view! {
        <div class="workflow">
            <PageHead title="Workflow" />
            <Skeleton lines=1 />
            <div class="studio">
                <SkeletonBlock class="studio__wait" />
                <SkeletonBlock class="studio__wait" />
            </div>
        </div>
    }
    .into_any()
}
