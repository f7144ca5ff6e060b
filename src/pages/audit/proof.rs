//! What can be said of the trail: that the entries the runtime gave follow from one another up to its signed head, checked
//! here; and what that does not say.

use super::{check::Checked, file::CheckFile, signature};
use crate::{
    api::{Api, ApiError, audit},
    state::session,
    ui::{
        banner::Banner,
        button::{Button, ButtonKind},
        fmt,
        icon::{Icon, lucide},
        menu::{MenuButton, MenuItem},
        status::Tone,
    },
};
use leptos::prelude::*;
use model::audit::Flaw;
use model::{AuditHead, Role, Scope};

/// Entries of one page that is checked.
const PAGE: u32 = 500;

#[derive(Debug, Clone, PartialEq)]
enum State {
    Checking(u64),
    Holds(Holds),
    Broken(String),
    Failed(String),
}

#[derive(Debug, Clone, PartialEq)]
struct Holds {
    checked: Checked,
    whole: bool,
    /// Whether the head's signature is right; `None` when it could not be checked.
    signed: Option<bool>,
    removed: Option<AuditHead>,
}

#[component]
pub fn Proof() -> AnyView {
    let access = session::access();
    // Whoever sees one project only has not all entries, and a chain with gaps says nothing.
    let sees_all = Memo::new(move |_| access.get().map(|access| access.role == Role::TenantAdmin));
    (move || match sees_all.get() {
        Some(true) => view! { <Verified /> }.into_any(),
        Some(false) => view! {
            <p class="audit__proof dim">
                "You see the entries of this project. Whether the tenant's trail is whole can be checked by a tenant_admin, who sees all of it."
            </p>
        }
        .into_any(),
        None => ().into_any(),
    })
    .into_any()
}

#[component]
fn Verified() -> AnyView {
    let api = Api::get();
    let state = RwSignal::new(State::Checking(0));
    let run = move |all: bool| {
        state.set(State::Checking(0));
        leptos::task::spawn_local(async move {
            let end = match look(api, all, state).await {
                Ok(Ok(holds)) => State::Holds(holds),
                Ok(Err(flaw)) => State::Broken(flaw.to_string()),
                Err(error) => State::Failed(error.line()),
            };
            state.try_set(end);
        });
    };
    run(false);
    let body = move || {
        match state.get() {
        State::Checking(0) => view! { <p class="dim">"Checking the newest entries…"</p> }.into_any(),
        State::Checking(done) => view! { <p class="dim">{format!("Checking… {} so far", fmt::plural(done, "entry", "entries"))}</p> }.into_any(),
        State::Holds(holds) => said(&holds, move || run(true)),
        State::Broken(why) => view! {
            <Banner tone=Tone::Fail title="The audit trail does not hold">
                {why}" Somebody changed what is stored. Keep a copy of the data folder and compare it with an export you made before."
            </Banner>
        }
        .into_any(),
        State::Failed(why) => view! {
            <p>{format!("The trail could not be checked: {why} ")}<button type="button" class="link-button" on:click=move |_| run(false)>"Try again"</button></p>
        }
        .into_any(),
    }
    };
    view! { <div class="audit__proof" role="status">{body}</div> }.into_any()
}

fn said(holds: &Holds, all: impl Fn() + Send + Sync + 'static) -> AnyView {
    let (newest, oldest) = (holds.checked.newest(), holds.checked.oldest());
    let words = format!("Verified up to entry {}", fmt::count(newest));
    let from = match (holds.whole, &holds.removed) {
        (true, None) => "from the first entry on".to_owned(),
        (true, Some(removed)) => format!(
            "from entry {} on; older ones were removed as the tenant set",
            fmt::count(removed.seq + 1)
        ),
        (false, _) => format!("from entry {} on", fmt::count(oldest)),
    };
    let signed = match holds.signed {
        Some(true) => "and the runtime signed this end",
        Some(false) => "but the runtime's signature of this end is wrong",
        None => "and this browser could not check the signature of the end",
    };
    let whole = holds.whole;
    let tone = match holds.signed {
        Some(false) => Tone::Fail,
        _ => Tone::Ok,
    };
    view! {
        <details class=format!("audit-proof {}", tone.class())>
            <summary><strong>{words}</strong>" "<span class="dim">{from}</span></summary>
            <p>
                {format!("This browser computed the hash of each entry from {} to {}: each follows from the one before, {signed}.", fmt::count(oldest), fmt::count(newest))}
            </p>
            <p>
                "It does not show whether later entries were cut off before you looked: compare with a head that was kept elsewhere. Nor does it bind whoever owns the machine, who holds the key."
            </p>
            {(!whole).then(|| view! { <Button small=true on_click=all>"Check all entries"</Button> })}
        </details>
    }
    .into_any()
}

/// Checks the newest page, or everything there is.
async fn look(
    api: Api,
    all: bool,
    state: RwSignal<State>,
) -> Result<Result<Holds, Flaw>, ApiError> {
    let head = audit::head(api).await?;
    let removed = audit::retention(api).await?.removed;
    let mut checked = Checked::from_head(&head);
    let mut cursor = (head.seq + 1).to_string();
    loop {
        let page = audit::behind(api, PAGE, &cursor).await?;
        if let Err(flaw) = checked.before(&page.items) {
            return Ok(Err(flaw));
        }
        state.try_set(State::Checking(head.seq + 1 - checked.oldest()));
        match page.next_cursor {
            Some(next) if all => cursor = next,
            _ => break,
        }
    }
    let whole = match checked.is_whole(removed.as_ref()) {
        Ok(whole) => whole,
        Err(flaw) => return Ok(Err(flaw)),
    };
    let signed = match &head.signed {
        Some(signed) => signature::is_right(&head.message(), signed).await,
        None => None,
    };
    Ok(Ok(Holds {
        checked,
        whole,
        signed,
        removed,
    }))
}

/// The trail as a file, and a file that is checked.
#[component]
pub fn Exports() -> AnyView {
    let api = Api::get();
    let denied = session::denied(Role::TenantAdmin, Scope::AuditExport);
    let checking = RwSignal::new(false);
    let item = move |label: &'static str, format: &str| {
        let href = api.direct(&format!("{}?format={format}", audit::EXPORT));
        MenuItem::new(label, move || {
            // A download: the page stays.
            let _ = window().location().set_href(&href);
        })
        .icon(lucide::LuDownload)
        .disabled(denied.get())
    };
    let items = Signal::derive(move || {
        vec![
            item("All entries as NDJSON", "ndjson"),
            item("All entries as CSV", "csv"),
        ]
    });
    view! {
        <MenuButton kind=ButtonKind::Quiet label="Export" items>
            <Icon icon=lucide::LuDownload />
            "Export"
        </MenuButton>
        <Button kind=ButtonKind::Quiet icon=lucide::LuFileCheck on_click=move || checking.set(true)>"Check a file…"</Button>
        <CheckFile open=checking />
    }
    .into_any()
}
