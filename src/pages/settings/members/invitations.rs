//! Invitations that nobody has accepted yet.

use super::invite::InviteDialog;
use crate::{
    api::{Query, access, removal::Removal},
    moves::ask::{AskDialog, Asked},
    pages::settings::things::{About, thing, things},
    state::session,
    ui::{
        button::{Button, ButtonKind},
        empty::Empty,
        icon::lucide,
        time::Time,
    },
};
use leptos::prelude::*;
use model::api::{Invitation, Page};

#[component]
pub fn Invitations(inviting: RwSignal<bool>) -> AnyView {
    let query = Query::<Page<Invitation>>::get(|| Some(access::INVITATIONS.to_owned()));
    let asked = RwSignal::new(None);
    let about = About {
        title: "Open invitations",
        what: "the invitations",
        aside: (|| ().into_any()).into(),
        nothing: || {
            view! {
                <Empty
                    icon=lucide::LuMailOpen
                    title="No invitation is open"
                    text="An invitation is a link that signs somebody new in, once, with a role."
                />
            }
            .into_any()
        },
        arrange: |all: &mut [Invitation]| all.sort_by_key(|one| std::cmp::Reverse(one.created_at)),
    };
    view! {
        {things(query, about, |one| one.id.clone(), move |one| (move || row(one.get(), asked)).into_any())}
        <InviteDialog open=inviting on_done=move |()| query.reload() />
        <AskDialog asked on_done=move |()| query.reload() />
    }
    .into_any()
}

fn row(one: Invitation, asked: RwSignal<Option<Asked>>) -> AnyView {
    let place = one.project.as_ref().map_or_else(
        || "in every project of the tenant".to_owned(),
        |project| format!("in {project}"),
    );
    let lines = view! {
        <p class="thing__line"><b>{one.role.shown()}</b>" "{place}</p>
        <p class="thing__line dim">
            {format!("Invited by {} ", one.by.name)}<Time at=one.created_at />" · expires "<Time at=one.expires_at />
        </p>
    }
    .into_any();
    let access = session::access();
    let role = one.role;
    let why = Signal::derive(move || {
        (access.get()?.role < role)
            .then(|| "It gives a role above yours: somebody who has it can withdraw it.".to_owned())
    });
    let label = format!("Withdraw the invitation of {}", one.name);
    let name = one.name.clone();
    let ask = move || {
        asked.set(Some(Asked {
            title: format!("Withdraw the invitation of {}?", one.name),
            text: "Its link signs nobody in any more.".to_owned(),
            verb: "Withdraw",
            removals: vec![Removal::Invitation(one.id.clone())],
            done: format!("Withdrew the invitation of {}.", one.name),
            ..Asked::default()
        }));
    };
    let acts = view! { <Button small=true kind=ButtonKind::Danger disabled=why label on_click=ask>"Withdraw"</Button> }
        .into_any();
    thing(lucide::LuMail, name.into_any(), lines, acts)
}
