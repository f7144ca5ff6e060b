//! Who has which role, and where it holds.

mod invitations;
mod invite;

use super::{
    role_pick::RolePick,
    things::{About, thing, things},
};
use crate::{
    api::{Api, Query, access, removal::Removal},
    moves::ask::{AskDialog, Asked},
    moves::form::{Form, Sending},
    state::session::{self, Session},
    ui::{
        button::{Button, ButtonKind},
        chip::Tag,
        dialog::{Dialog, open_while},
        empty::Empty,
        icon::lucide,
    },
};
use invitations::Invitations;
use leptos::prelude::*;
use model::Role;
use model::api::{Member, Page};

#[component]
pub fn Members() -> AnyView {
    let query = Query::<Page<Member>>::get(|| Some(access::MEMBERS.to_owned()));
    let (changing, asked) = (RwSignal::new(None::<Member>), RwSignal::new(None));
    let inviting = RwSignal::new(false);
    let (session, api) = (Session::get(), Api::get());
    // One's own role may be the one that changed.
    let changed = Callback::new(move |()| {
        query.reload();
        if let Some(session) = session {
            session.ask(api);
        }
    });
    let aside = move || {
        view! {
            <Button small=true kind=ButtonKind::Primary icon=lucide::LuUserPlus on_click=move || inviting.set(true)>"Invite…"</Button>
        }
        .into_any()
    };
    let about = About {
        title: "Members",
        what: "the members",
        aside: aside.into(),
        nothing: || {
            view! { <Empty icon=lucide::LuUsers title="Nobody has a role here" text="Invite somebody." /> }.into_any()
        },
        arrange: |_| {},
    };
    view! {
        {things(
            query,
            about,
            |member| (member.user.clone(), member.project.clone()),
            move |member| row(member, changing, asked),
        )}
        <Invitations inviting />
        <RoleDialog changing on_done=changed />
        <AskDialog asked on_done=changed />
    }
    .into_any()
}

fn row(
    member: Memo<Member>,
    changing: RwSignal<Option<Member>>,
    asked: RwSignal<Option<Asked>>,
) -> AnyView {
    // A member's name, kind and place never change; their role does.
    let Member {
        user,
        name: called,
        project,
        is_token,
        ..
    } = member.get_untracked();
    let own = Session::get().and_then(Session::me);
    let is_me = own.is_some_and(|me| me.actor.id == user.as_str());
    let place = project.as_ref().map_or_else(
        || "in every project of the tenant".to_owned(),
        |project| format!("in {project}"),
    );
    let change_label = format!("Change the role of {called}");
    let remove_label = format!("Remove {called}");
    let name = view! {
        {called}
        {is_me.then(|| view! { <Tag>"You"</Tag> })}
        {is_token.then(|| view! { <Tag>"Token"</Tag> })}
    }
    .into_any();
    let role = move || member.with(|member| member.role.shown());
    let lines = view! { <p class="thing__line"><b>{role}</b>" "{place}</p> }.into_any();
    let why = untouchable(member);
    let change = move || changing.set(Some(member.get_untracked()));
    let ask = move || asked.set(Some(member.with_untracked(question)));
    let acts = view! {
        <Button small=true disabled=why label=change_label on_click=change>"Change role…"</Button>
        <Button small=true kind=ButtonKind::Danger disabled=why label=remove_label on_click=ask>"Remove"</Button>
    }
    .into_any();
    let icon = if is_token {
        lucide::LuKeyRound
    } else {
        lucide::LuUser
    };
    thing(icon, name, lines, acts)
}

/// Why this person cannot change or remove that member here; the API would say the same.
fn untouchable(member: Memo<Member>) -> Signal<Option<String>> {
    let (access, here) = (session::access(), session::place().project);
    Signal::derive(move || {
        let own = access.get()?.role;
        let (role, project) = member.with(|member| (member.role, member.project.clone()));
        match project {
            Some(project) if project != here => Some(format!(
                "This role holds in {project}. Switch to that project to change it."
            )),
            None if own < Role::TenantAdmin => {
                Some("A role in the whole tenant is for its tenant admins to change.".to_owned())
            }
            Some(_) if role > own => Some("Nobody changes a role above their own.".to_owned()),
            Some(_) | None => None,
        }
    })
}

fn question(member: &Member) -> Asked {
    let place = if member.project.is_some() {
        "this project"
    } else {
        "the tenant"
    };
    Asked {
        title: format!("Remove {} from {place}?", member.name),
        text: format!(
            "What they are signed in with, and their tokens, lose {place} at once. What they did stays in the audit trail."
        ),
        verb: "Remove",
        removals: vec![Removal::Member(member.user.clone())],
        done: format!("Removed {}.", member.name),
        ..Asked::default()
    }
}

#[component]
fn RoleDialog(changing: RwSignal<Option<Member>>, #[prop(into)] on_done: Callback<()>) -> AnyView {
    let open = open_while(changing);
    let title = Signal::derive(move || {
        changing.with(|one| {
            one.as_ref().map_or_else(String::new, |one| {
                format!("Change the role of {}", one.name)
            })
        })
    });
    view! {
        <Dialog open title stays=true>
            {move || changing.get().map(|member| change_form(member, open, on_done))}
        </Dialog>
    }
    .into_any()
}

fn change_form(member: Member, open: RwSignal<bool>, on_done: Callback<()>) -> AnyView {
    let api = Api::get();
    let sending = Sending::new();
    let role = RwSignal::new(member.role.as_str().to_owned());
    let everywhere = member.role == Role::TenantAdmin;
    let change = move || {
        let Some(role) = role.with_untracked(|role| Role::parse(role)) else {
            return;
        };
        let user = member.user.clone();
        sending.send(
            move |key| async move { access::change_member(api, &user, role, &key).await },
            move |answer| {
                open.try_set(false);
                let member = answer.value;
                sending.say(format!("{} is {} now.", member.name, member.role.shown()));
                on_done.try_run(());
            },
        );
    };
    view! {
        <Form sending what="this member" verb="Change the role" open on_submit=move |()| change()>
            <RolePick value=role />
            {everywhere
                .then(|| view! { <p class="field__hint">"A lower role holds in this project only: they lose the others."</p> })}
        </Form>
    }
    .into_any()
}
