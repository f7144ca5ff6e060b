//! The person, what they may do, and how the console is set for them.

use super::role_pick::allows;
use crate::{
    api::Api,
    state::{
        keys::Commands,
        prefs::{Prefs, TIME_STYLES, Theme},
        session::{self, Session},
    },
    ui::{
        button::{Button, ButtonKind},
        card::{Card, Fact, Facts},
        chip::Tag,
        copy::CopyId,
        field::{Choice, Segmented},
        icon::lucide,
        table::{Column, Table},
        time::{self, Time},
    },
};
use leptos::prelude::*;
use model::ActorKind;
use model::api::Me;
use std::sync::Arc;

#[component]
pub fn MeSection() -> AnyView {
    let Some(session) = Session::get() else {
        return ().into_any();
    };
    view! {
        {move || session.me().map(|me| view! { <You me /> })}
        <Looks />
        {move || session.me().map(|me| view! { <May me /> })}
        <About />
    }
    .into_any()
}

#[component]
fn You(me: Arc<Me>) -> AnyView {
    let how = match me.actor.kind {
        ActorKind::Person => "Signed in as a person",
        ActorKind::Token => "Signed in with an access token",
        ActorKind::System => "The runtime itself",
        ActorKind::Ai => "An AI",
    };
    let (name, id) = (me.actor.name.clone(), me.actor.id.clone());
    let (session, api) = (Session::get(), Api::get());
    let sign_out = move || {
        if let Some(session) = session {
            session.sign_out(api);
        }
    };
    let aside = move || {
        view! { <Button small=true icon=lucide::LuLogOut on_click=sign_out>"Sign out"</Button> }
            .into_any()
    };
    view! {
        <Card title="You" aside>
            <Facts column=true>
                <Fact name="Name">{name}</Fact>
                <Fact name="How">{how}</Fact>
                <Fact name="Id"><CopyId id of="person" /></Fact>
            </Facts>
        </Card>
    }
    .into_any()
}

const PROJECTS: &[Column] = &[
    Column::text("Tenant"),
    Column::text("Project"),
    Column::text("Role"),
    Column::text("It allows"),
];

/// Roles and scopes: role *and* scope must allow.
#[component]
fn May(me: Arc<Me>) -> AnyView {
    let here = session::place();
    let rows = me
        .tenants
        .iter()
        .flat_map(|tenant| tenant.projects.iter().map(move |project| (tenant, project)))
        .map(|(tenant, project)| {
            let current = tenant.id == here.tenant && project.id == here.project;
            view! {
                <tr aria-current=current.then_some("true")>
                    <td>{tenant.name.clone()}</td>
                    <td>{project.name.clone()}{current.then(|| view! { " "<Tag>"here"</Tag> })}</td>
                    <td>{project.role.shown()}</td>
                    <td class="settings__allows">{allows(project.role)}</td>
                </tr>
            }
        })
        .collect_view();
    let scopes = me
        .scopes
        .iter()
        .map(|scope| view! { <li><code>{scope.as_str()}</code><span>{scope.shown()}</span></li> })
        .collect_view();
    view! {
        <Card title="Roles" flush=true>
            <Table label="Your roles" columns=PROJECTS>{rows}</Table>
        </Card>
        <Card title="Scopes">
            <p class="settings__note">
                "What you signed in with may be used for these. Both your role in the project and a scope must allow an action."
            </p>
            <ul class="settings__scopes">{scopes}</ul>
        </Card>
    }
    .into_any()
}

#[component]
fn Looks() -> AnyView {
    let Some(prefs) = Prefs::get() else {
        return ().into_any();
    };
    let theme = Signal::derive(move || prefs.theme().as_str().to_owned());
    let themes = Theme::ALL
        .map(|theme| Choice::new(theme.as_str(), theme.shown()))
        .to_vec();
    let set_theme = move |word: String| {
        if let Some(theme) = Theme::ALL.into_iter().find(|theme| theme.as_str() == word) {
            prefs.set_theme(theme);
        }
    };
    let style = Signal::derive(move || {
        let now = prefs.time();
        TIME_STYLES
            .iter()
            .find(|(own, ..)| *own == now)
            .map_or("", |(_, word, _)| *word)
            .to_owned()
    });
    let styles = TIME_STYLES
        .map(|(_, word, label)| Choice::new(word, label))
        .to_vec();
    let set_style = move |word: String| {
        if let Some((style, ..)) = TIME_STYLES.iter().find(|(_, own, _)| *own == word) {
            prefs.set_time(*style);
        }
    };
    let sample = time::present().minus_ms(5 * 60 * 1_000);
    let shortcuts = move || {
        let found = Commands::get().and_then(|commands| {
            commands
                .all()
                .into_iter()
                .find(|command| command.keys == Some("?"))
        });
        if let Some(command) = found {
            (command.act)();
        }
    };
    view! {
        <Card title="This browser">
            <div class="settings__rows">
                <div class="settings__row">
                    <span>"Theme"</span>
                    <Segmented label="Theme" value=theme choices=themes on_change=set_theme />
                </div>
                <div class="settings__row">
                    <span>"Times are written as " <span class="dim">"(now: "<Time at=sample />")"</span></span>
                    <Segmented label="How times are written" value=style choices=styles on_change=set_style />
                </div>
                <div class="settings__row">
                    <span>"Keyboard shortcuts"</span>
                    <Button small=true kind=ButtonKind::Quiet icon=lucide::LuKeyboard keys="?" on_click=shortcuts>"Show them"</Button>
                </div>
            </div>
        </Card>
    }
    .into_any()
}

#[component]
fn About() -> AnyView {
    let Some(session) = Session::get() else {
        return ().into_any();
    };
    let build = move || session.me().map(|me| me.build.clone()).unwrap_or_default();
    view! {
        <Card title="About">
            <Facts column=true>
                <Fact name="Runtime"><span class="mono">{build}</span></Fact>
                <Fact name="Console"><span class="mono">{env!("CARGO_PKG_VERSION")}</span></Fact>
                <Fact name="API description"><a href="/v1/openapi.json" rel="external">"/v1/openapi.json"</a></Fact>
            </Facts>
        </Card>
    }
    .into_any()
}
