//! Somebody comes back from an authorization server: what it sent is given to the runtime, once.

use crate::{
    api::{ActionKey, Api, ApiError, ErrorFace, Query, health},
    routes::param::{Address, Step, param},
    ui::{banner::Banner, status::Tone},
};
use leptos::prelude::*;
use model::api::{Authorize, Connection, Health, Page};

#[derive(Clone, PartialEq)]
enum Way {
    Waiting(String),
    Connected(String),
    Refused(String, String),
}

pub fn returned(connections: Query<Page<Connection>>, health_query: Query<Health>) -> AnyView {
    let (reconnect, code, state, error) = (
        param("reconnect"),
        param("code"),
        param("state"),
        param("error"),
    );
    let api = Api::get();
    let address = Address::get();
    let way = RwSignal::new(None::<Way>);
    let failed = RwSignal::new(None::<ApiError>);
    Effect::new(move |_| {
        let connection = reconnect.get();
        if connection.is_empty() {
            return;
        }
        let (body, refused) = (
            Authorize {
                state: state.get_untracked(),
                code: code.get_untracked(),
            },
            error.get_untracked(),
        );
        // The code is good once: it leaves the address before it is used, so that a reload does not send it again.
        let gone = ["reconnect", "code", "state", "error"].map(|name| (name, None));
        address.set(&gone, Step::Replace);
        if body.code.is_empty() {
            way.set(Some(Way::Refused(connection, refused)));
            return;
        }
        way.set(Some(Way::Waiting(connection.clone())));
        leptos::task::spawn_local(async move {
            let key = ActionKey::fresh();
            match health::authorize(api, &connection, &body, &key).await {
                Ok(_) => drop(way.try_set(Some(Way::Connected(connection)))),
                Err(refused) => {
                    way.try_set(None);
                    failed.try_set(Some(refused));
                }
            }
            connections.reload();
            health_query.reload();
        });
    });
    let told = move || {
        way.get().map(|way| match way {
            Way::Waiting(id) => {
                view! { <Banner tone=Tone::Run title=format!("Connecting {id}…")>"One moment."</Banner> }
                    .into_any()
            }
            Way::Connected(id) => view! {
                <Banner tone=Tone::Ok title=format!("{id} is connected")>
                    "Runs that waited for it can go on. What was recorded of earlier attempts stays as it is."
                </Banner>
            }
            .into_any(),
            Way::Refused(id, word) => view! {
                <Banner tone=Tone::Fail title=format!("{id} was not connected")>
                    "The authorization server answered " <code>{word}</code> ". Nothing was changed. Reconnect to try again."
                </Banner>
            }
            .into_any(),
        })
    };
    view! {
        {told}
        <ErrorFace error=failed what="this connection" compact=true />
    }
    .into_any()
}
