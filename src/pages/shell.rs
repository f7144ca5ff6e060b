//! What stands around every screen: the rail, the header, the palette, the shortcuts, the state of the stream.

mod header;
mod link_state;
mod me;
mod navigation;
mod palette;
mod rail;
mod search;
mod sheet;
mod shortcuts;

use crate::{
    api::{query::Cache, stream::Stream},
    moves::desk::{Desk, DeskLayer},
    routes::Page,
    state::{
        attention::Attention, inbox::Inbox, kept_query::KeptQuery, keys::Commands, seen::Seen,
        session::Session, title::TitleState,
    },
    ui::{
        banner::Banner,
        button::{Button, ButtonKind},
        dialog::{Dialog, DialogKind},
        status::Tone,
    },
};
use leptos::prelude::*;

/// The frame of a project; `children` is the screen.
#[component]
pub fn Shell(page: Memo<Option<Page>>, children: Children) -> AnyView {
    Cache::provide();
    let stream = Stream::provide();
    Attention::provide();
    Inbox::provide(stream);
    Commands::provide();
    KeptQuery::provide(page);
    Seen::provide();
    Desk::provide();
    let drawer = RwSignal::new(false);
    let palette = RwSignal::new(false);
    let sheet = RwSignal::new(false);
    shortcuts::listen(palette, sheet);
    navigation::announce();
    ask_again_in_doubt(stream);
    // A choice in the drawer is a choice to leave it.
    Effect::new(move || {
        page.track();
        drawer.set(false);
    });
    view! {
        <a class="skip-link" href="#content" rel="external">"Skip to the content"</a>
        <div class="shell">
            <div class="shell__rail"><rail::Rail page /></div>
            <div class="shell__main">
                <header::Header page drawer palette sheet />
                <Outdated />
                <main class="shell__content" id="content" tabindex="-1">{children()}</main>
            </div>
        </div>
        <Dialog open=drawer title="Screens" kind=DialogKind::Drawer><rail::Rail page /></Dialog>
        <palette::Palette open=palette />
        <sheet::Sheet open=sheet />
        <DeskLayer />
        <navigation::Announcer />
    }
    .into_any()
}

/// A stream that came back may come from another runtime; one that keeps failing may have lost its session.
fn ask_again_in_doubt(stream: Stream) {
    let Some(session) = Session::get() else {
        return;
    };
    let api = crate::api::Api::get();
    Effect::new(move |before: Option<u64>| {
        let doubt = stream.doubt.get();
        if before.is_some() {
            session.ask(api);
        }
        doubt
    });
}

/// A new build answers: this page is of the old one.
#[component]
fn Outdated() -> AnyView {
    let Some(session) = Session::get() else {
        return ().into_any();
    };
    let reload = move || {
        view! {
            <Button small=true kind=ButtonKind::Primary on_click=move || drop(window().location().reload())>"Reload"</Button>
        }
        .into_any()
    };
    view! {
        <Show when=move || session.outdated.get()>
            <div class="shell__banner">
                <Banner tone=Tone::Run title="Signalbox was updated" actions=reload>
                    "This page is of the version before. Reload to get the new one; you stay where you are."
                </Banner>
            </div>
        </Show>
    }
    .into_any()
}

/// The title, from context.
fn title() -> Option<TitleState> {
    use_context()
}
