//! Personal access tokens: what is out there, what each may do, and the way to take one back.

mod new;
mod standing;

use super::things::{About, past_thing, thing, things};
use crate::{
    api::{Query, access, removal::Removal},
    moves::ask::{AskDialog, Asked},
    routes::param::{Address, Step, param},
    state::session,
    ui::{
        button::{Button, ButtonKind},
        chip::Tag,
        empty::Empty,
        field::{Choice, Segmented},
        icon::lucide,
        time::{Time, present},
    },
};
use leptos::prelude::*;
use model::api::{Page, Pat};
use model::{Role, Scope};
use new::NewDialog;
use standing::{mark, standing};

const EVERYONE: &str = "everyone";

#[component]
pub fn Tokens() -> AnyView {
    let shown = param("show");
    let address = StoredValue::new(Address::get());
    let access = session::access();
    let admin = Memo::new(move |_| {
        access
            .get()
            .is_some_and(|access| access.role == Role::TenantAdmin)
    });
    let all = Memo::new(move |_| admin.get() && shown.with(|shown| shown == EVERYONE));
    let query = Query::<Page<Pat>>::get(move || Some(access::pats_path(all.get())));
    let (making, asked) = (RwSignal::new(false), RwSignal::new(None));
    let view = Signal::derive(move || if all.get() { EVERYONE } else { "mine" }.to_owned());
    let choose = move |to: String| {
        let show = (to == EVERYONE).then_some(to);
        address.with_value(|address| address.set(&[("show", show)], Step::Push));
    };
    let toolbar = move || {
        let choices = vec![
            Choice::new("mine", "Mine"),
            Choice::new(EVERYONE, "Everyone's"),
        ];
        admin.get().then(|| {
            view! { <div class="settings__bar"><Segmented label="Whose tokens" value=view choices on_change=choose /></div> }
        })
    };
    let aside = move || {
        view! {
            <Button small=true kind=ButtonKind::Primary icon=lucide::LuPlus on_click=move || making.set(true)>"New token"</Button>
        }
        .into_any()
    };
    let about = About {
        title: "Tokens",
        what: "the tokens",
        aside: aside.into(),
        nothing: || {
            view! {
                <Empty
                    icon=lucide::LuKeyRound
                    title="No token yet"
                    text="Make one for a script or a program, or to sign in on a browser where you have no link."
                />
            }
            .into_any()
        },
        arrange: |all: &mut [Pat]| {
            let now = present();
            all.sort_by_key(|pat| {
                (
                    standing(pat, now).is_over(),
                    std::cmp::Reverse(pat.created_at),
                )
            });
        },
    };
    view! {
        {toolbar}
        {things(query, about, |pat| pat.id.clone(), move |pat| (move || row(pat.get(), all, asked)).into_any())}
        <NewDialog open=making on_done=move |()| query.reload() />
        <AskDialog asked on_done=move |()| query.reload() />
    }
    .into_any()
}

fn row(pat: Pat, all: Memo<bool>, asked: RwSignal<Option<Asked>>) -> AnyView {
    let stands = standing(&pat, present());
    let over = stands.is_over();
    let of = pat.owner_name.clone();
    let owner = move || {
        let of = of.clone();
        all.get().then(|| view! { <Tag>{of}</Tag> })
    };
    let name = view! {
        {pat.name.clone()}
        " "
        <span class="mono dim">"…"{pat.hint.clone()}</span>
        {owner}
        {pat.ai.then(|| view! { <Tag>"AI"</Tag> })}
        {mark(stands)}
    }
    .into_any();
    let lines = view! {
        <p class="thing__line">{may(&pat)}</p>
        <p class="thing__line thing__line--scopes">{scopes(&pat)}</p>
        <p class="thing__line dim">{ends(&pat)}" · "{used(&pat)}</p>
    }
    .into_any();
    if over {
        return past_thing(lucide::LuKeyRound, name, lines);
    }
    let label = format!("Revoke {}", pat.name);
    let ask = move || asked.set(Some(question(&pat)));
    let acts =
        view! { <Button small=true kind=ButtonKind::Danger label on_click=ask>"Revoke"</Button> }
            .into_any();
    thing(lucide::LuKeyRound, name, lines, acts)
}

/// "In every project, with your role there": the role that caps it, and where it holds.
fn may(pat: &Pat) -> String {
    let place = pat.project.as_ref().map_or_else(
        || "In every project of the tenant".to_owned(),
        |project| format!("Only in {project}"),
    );
    match pat.role {
        Some(role) => format!("{place}, at most as {}", role.shown()),
        None => format!("{place}, with its owner's role"),
    }
}

fn scopes(pat: &Pat) -> AnyView {
    if pat.scopes.len() == Scope::ALL.len() {
        return view! { <Tag>"Every scope"</Tag> }.into_any();
    }
    pat.scopes
        .iter()
        .map(|scope| view! { <code class="scope" data-tip=scope.shown()>{scope.as_str()}</code> })
        .collect_view()
        .into_any()
}

fn ends(pat: &Pat) -> AnyView {
    match (pat.revoked_at, pat.expires_at) {
        (Some(at), _) => view! { "Revoked "<Time at /> }.into_any(),
        (None, Some(at)) => {
            let word = if at <= present() {
                "Expired "
            } else {
                "Expires "
            };
            view! { {word}<Time at /> }.into_any()
        }
        (None, None) => "Never expires".into_any(),
    }
}

fn used(pat: &Pat) -> AnyView {
    match pat.last_used_at {
        None => "never used".into_any(),
        Some(at) => {
            let from = pat.last_used_ip.as_ref().map(|ip| format!(" from {ip}"));
            view! { "last used "<Time at />{from} }.into_any()
        }
    }
}

fn question(pat: &Pat) -> Asked {
    Asked {
        title: format!("Revoke the token {}?", pat.name),
        text: "Programs that use it are refused from now on, and browsers that signed in with it are signed out. It cannot be undone."
            .to_owned(),
        verb: "Revoke",
        removals: vec![Removal::Token(pat.id.clone())],
        done: format!("Revoked the token {}.", pat.name),
        ..Asked::default()
    }
}
