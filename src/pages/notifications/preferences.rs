//! What the person, the project and the tenant want to be told of.

use super::quiet::QuietForm;
use crate::{
    api::{ActionKey, Api, ApiError, ErrorFace, Query, notifications},
    state::{inbox::Inbox, session},
    ui::{
        card::Card,
        field::{Checkbox, Choice, Segmented},
        skeleton::Skeleton,
        table::{Column, Table},
        toast::{Toast, Toasts},
    },
};
use leptos::prelude::*;
use model::notify::{Layer, Preferences, PreferencesView as View};
use model::{Channel, NotificationKind, Role, Scope};

const COLUMNS: &[Column] = &[
    Column::text("Told of"),
    Column::text("In Signalbox"),
    Column::text("Desktop"),
    Column::text("E-mail"),
    Column::text("Webhook"),
];

/// One layer, as it is changed here.
#[derive(Clone, Copy)]
pub struct Editor {
    api: Api,
    toasts: Option<Toasts>,
    query: Query<View>,
    /// What was chosen and is on its way, so that a box stays as it was clicked.
    chosen: RwSignal<Option<(Layer, Preferences)>>,
    pub layer: RwSignal<Layer>,
}

impl Editor {
    /// The layer as it stands.
    pub fn own(self) -> Preferences {
        self.of(self.layer.get())
    }

    fn of(self, layer: Layer) -> Preferences {
        let chosen = self.chosen.get().filter(|(of, _)| *of == layer);
        match chosen {
            Some((_, preferences)) => preferences,
            None => self
                .query
                .data()
                .map(|view| of(&view, layer).clone())
                .unwrap_or_default(),
        }
    }

    /// Sends the layer with one thing changed.
    pub fn change(self, change: impl FnOnce(&mut Preferences)) {
        let mut preferences = untrack(|| self.own());
        change(&mut preferences);
        let layer = self.layer.get_untracked();
        self.chosen.set(Some((layer, preferences.clone())));
        leptos::task::spawn_local(async move {
            let answer =
                notifications::prefer(self.api, layer, preferences, &ActionKey::fresh()).await;
            if answer.is_err() {
                self.chosen.try_set(None);
            }
            if let Some(toasts) = self.toasts {
                toasts.push(match answer {
                    Ok(_) => Toast::done("Kept."),
                    Err(error) => Toast::failed(error.line()),
                });
            }
            self.query.reload();
        });
    }
}

fn of(view: &View, layer: Layer) -> &Preferences {
    match layer {
        Layer::Me => &view.me,
        Layer::Project => &view.project,
        Layer::Tenant => &view.tenant,
    }
}

#[component]
pub fn PreferencesView() -> AnyView {
    let query = Query::<View>::get(|| Some(notifications::PREFERENCES.to_owned()));
    let editor = Editor {
        api: Api::get(),
        toasts: Toasts::get(),
        query,
        chosen: RwSignal::new(None),
        layer: RwSignal::new(Layer::Me),
    };
    let error = Signal::derive(move || query.error());
    let retry = Callback::new(move |()| query.reload());
    let loaded = Memo::new(move |_| query.data().is_some());
    let failed = Memo::new(move |_| error.with(Option::<ApiError>::is_some));
    let shown = move || {
        if loaded.get() {
            view! {
                <Layers editor />
                <Kinds editor />
                <div class="prefs__two">
                    <QuietForm editor query />
                    <Desktop />
                </div>
            }
            .into_any()
        } else if failed.get() {
            view! { <ErrorFace error what="the preferences" retry /> }.into_any()
        } else {
            view! { <Card title="Preferences" flush=true><Skeleton lines=6 rows=true /></Card> }
                .into_any()
        }
    };
    view! { <div class="prefs">{shown}</div> }.into_any()
}

/// Whose preferences are looked at; only who may change a layer sees it.
#[component]
fn Layers(editor: Editor) -> AnyView {
    let access = session::access();
    let may = move |role: Role| {
        access
            .get()
            .is_some_and(|access| access.allow(role, Scope::WorkflowRead).is_ok())
    };
    let value = Signal::derive(move || editor.layer.get().as_str().to_owned());
    let on_change = move |word: String| {
        if let Some(layer) = Layer::parse(&word) {
            editor.layer.set(layer);
        }
    };
    let shown = move || {
        let mut choices = vec![Choice::new(Layer::Me.as_str(), "Me")];
        if may(Role::ProjectAdmin) {
            choices.push(Choice::new(Layer::Project.as_str(), "This project"));
        }
        if may(Role::TenantAdmin) {
            choices.push(Choice::new(Layer::Tenant.as_str(), "This tenant"));
        }
        (choices.len() > 1)
            .then(|| view! { <Segmented label="Whose preferences" value choices on_change /> })
    };
    let says = move || match editor.layer.get() {
        Layer::Me => {
            "These hold for you in this project, before those of the project and the tenant."
        }
        Layer::Project => {
            "These hold for everyone in the project who has not chosen otherwise, and for its webhooks."
        }
        Layer::Tenant => "These hold in every project that has not chosen otherwise.",
    };
    view! { <div class="prefs__layers">{shown}<p class="prefs__says">{says}</p></div> }.into_any()
}

#[component]
fn Kinds(editor: Editor) -> AnyView {
    let rows = NotificationKind::ALL
        .iter()
        .map(|kind| {
            let cells = Channel::ALL
                .iter()
                .map(|channel| view! { <td>{cell(editor, *kind, *channel)}</td> })
                .collect_view();
            view! { <tr><td>{kind.shown()}</td>{cells}</tr> }
        })
        .collect_view();
    view! {
        <Card title="What you are told of" flush=true>
            <Table label="Notifications by kind and channel" columns=COLUMNS>{rows}</Table>
        </Card>
    }
    .into_any()
}

fn cell(editor: Editor, kind: NotificationKind, channel: Channel) -> AnyView {
    let checked = Signal::derive(move || {
        let (me, project, tenant) = (
            editor.of(Layer::Me),
            editor.of(Layer::Project),
            editor.of(Layer::Tenant),
        );
        match editor.layer.get() {
            Layer::Me => Preferences::wants(&[&me, &project, &tenant], kind, channel),
            Layer::Project => Preferences::wants(&[&project, &tenant], kind, channel),
            Layer::Tenant => Preferences::wants(&[&tenant], kind, channel),
        }
    });
    let disabled = Signal::derive(move || {
        (channel == Channel::Webhook && editor.layer.get() == Layer::Me)
            .then(|| "Webhooks belong to the project.".to_owned())
    });
    let on_change = move |told: bool| {
        editor.change(|preferences| {
            preferences
                .kinds
                .entry(kind)
                .or_default()
                .insert(channel, told);
        });
    };
    let label = format!("{}: {}", kind.shown(), channel.shown());
    view! { <Checkbox label checked disabled on_change bare=true /> }.into_any()
}

/// This browser alone: asked for only when the person turns it on.
#[component]
fn Desktop() -> AnyView {
    let Some(inbox) = Inbox::get() else {
        return ().into_any();
    };
    let toasts = Toasts::get();
    let checked = Signal::derive(move || inbox.desktop());
    let on_change = move |on: bool| {
        leptos::task::spawn_local(async move {
            if let Some(why) = inbox.set_desktop(on).await
                && let Some(toasts) = toasts
            {
                toasts.push(Toast::failed(why));
            }
        });
    };
    view! {
        <Card title="This browser">
            <Checkbox
                label="Show new messages on the desktop"
                checked
                on_change
                hint="While this console is open in a tab that is not in sight. The browser asks you first."
            />
        </Card>
    }
    .into_any()
}
