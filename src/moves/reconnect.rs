//! Reconnect: sends a person to where a connection is allowed, wherever something depends on it.

use super::act::act;
use crate::{
    api::{ActionKey, Api, health},
    state::session,
    ui::{
        banner::Banner,
        button::{Button, ButtonKind},
        icon::lucide,
        status::Tone,
    },
};
use leptos::prelude::*;
use model::{Role, Scope};

/// A line that says which connection holds the work, with the button that mends it.
#[component]
pub fn ReconnectBanner(
    #[prop(into)] connection: String,
    /// What is the matter, as its check says.
    #[prop(into)]
    reason: String,
) -> AnyView {
    let own = connection.clone();
    view! {
        <Banner
            tone=Tone::Block
            title=format!("The connection {connection} needs a person")
            actions=move || view! { <ReconnectButton connection=own.clone() /> }
        >
            {reason}
        </Banner>
    }
    .into_any()
}

/// Sends the person to where the connection is allowed.
#[component]
pub fn ReconnectButton(#[prop(into)] connection: String) -> AnyView {
    let api = Api::get();
    let may = session::denied(Role::ProjectAdmin, Scope::WorkflowRun);
    let busy = RwSignal::new(false);
    let label = format!("Reconnect {connection}");
    let go = move || {
        let connection = connection.clone();
        act(
            busy,
            async move { health::reconnect(api, &connection, &ActionKey::fresh()).await },
            move |begun| {
                if let Some(begun) = begun {
                    // The page leaves this site; nothing is lost, for nothing is typed here.
                    drop(window().location().assign(&begun.value.authorize_url));
                }
            },
        );
    };
    view! {
        <Button small=true kind=ButtonKind::Primary icon=lucide::LuPlugZap busy disabled=may label on_click=go>
            "Reconnect"
        </Button>
    }
    .into_any()
}
