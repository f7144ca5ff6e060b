//! A new invitation; then its link, this once.

use crate::{
    api::{Api, access},
    moves::form::{Form, Sending, text},
    pages::settings::{role_pick::RolePick, secret::SecretOnce},
    ui::{dialog::Dialog, field::TextField},
};
use leptos::prelude::*;
use model::Role;
use model::api::{Invite, NewInvitation};

#[component]
pub fn InviteDialog(open: RwSignal<bool>, #[prop(into)] on_done: Callback<()>) -> AnyView {
    view! {
        <Dialog open title="Invite somebody" stays=true>
            <Inside open on_done />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Inside(open: RwSignal<bool>, on_done: Callback<()>) -> AnyView {
    let api = Api::get();
    let sending = Sending::new();
    let made = RwSignal::new(None::<NewInvitation>);
    let name = RwSignal::new(String::new());
    let role = RwSignal::new(Role::ProjectContributor.as_str().to_owned());
    let tried = RwSignal::new(false);
    let wrong = Signal::derive(move || {
        let empty = name.with(|name| name.trim().is_empty());
        (tried.get() && empty)
            .then(|| "Say who it is.".to_owned())
            .or_else(|| sending.wrong("/name").get())
    });
    let create = move || {
        tried.set(true);
        let name = text(name);
        let (false, Some(role)) = (name.is_empty(), Role::parse(&text(role))) else {
            return;
        };
        sending.send(
            move |key| async move { access::invite(api, &Invite { name, role }, &key).await },
            move |answer| {
                made.try_set(Some(answer.value));
                on_done.try_run(());
            },
        );
    };
    let shown = move || {
        match made.get() {
        None => view! {
            <Form sending what="this invitation" verb="Create the link" open on_submit=move |()| create()>
                <TextField
                    label="Name"
                    value=name
                    error=wrong
                    placeholder="Ana Silva"
                    hint="What they are called here. The link is good once, for seven days."
                />
                <RolePick value=role />
            </Form>
        }
        .into_any(),
        Some(made) => {
            let link = made.link.map(|link| format!("{}{link}", window().location().origin().unwrap_or_default()));
            let who = made.invitation.name;
            view! {
                <SecretOnce secret=link name="Invitation link" lost="Withdraw it and create another one." open>
                    <p class="dim">{format!("Send it to {who} where nobody else reads it: whoever opens it first is signed in.")}</p>
                </SecretOnce>
            }
            .into_any()
        }
    }
    };
    shown.into_any()
}
