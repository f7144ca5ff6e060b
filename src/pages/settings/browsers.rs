//! The browsers that are signed in as this person.

use super::things::{About, thing, things};
use crate::{
    api::{Query, access, removal::Removal},
    moves::ask::{AskDialog, Asked},
    ui::{
        button::{Button, ButtonKind},
        chip::Tag,
        empty::Empty,
        fmt,
        icon::lucide,
        time::Time,
    },
};
use leptos::prelude::*;
use model::api::{Browser, Page};

#[component]
pub fn Browsers() -> AnyView {
    let query = Query::<Page<Browser>>::get(|| Some(access::SESSIONS.to_owned()));
    let asked = RwSignal::new(None);
    let others = Memo::new(move |_| {
        let ids = query.data().map(|page| {
            let others = page.items.iter().filter(|browser| !browser.is_this);
            others.map(|browser| browser.id.clone()).collect()
        });
        ids.unwrap_or_default()
    });
    let end_others = move || {
        let others: Vec<String> = others.get_untracked();
        let many = fmt::plural(others.len() as u64, "browser", "browsers");
        asked.set(Some(Asked {
            title: "End every browser but this one?".to_owned(),
            text: format!("{many} will be signed out at once."),
            verb: "End them",
            removals: others.into_iter().map(Removal::Browser).collect(),
            done: format!("Ended {many}."),
            ..Asked::default()
        }));
    };
    let aside = move || {
        let shown = move || {
            (others.with(Vec::len) > 1)
                .then(|| view! { <Button small=true on_click=end_others>"End all others"</Button> })
        };
        shown.into_any()
    };
    let about = About {
        title: "Signed-in browsers",
        what: "your browsers",
        aside: aside.into(),
        nothing: || {
            view! { <Empty icon=lucide::LuMonitor title="No browser is signed in as you" text="You came with a token." /> }
                .into_any()
        },
        arrange: |all: &mut [Browser]| all.sort_by_key(|browser| !browser.is_this),
    };
    view! {
        {things(query, about, |browser| browser.id.clone(), move |browser| (move || row(browser.get(), asked)).into_any())}
        <AskDialog asked on_done=move |()| query.reload() />
    }
    .into_any()
}

fn row(browser: Browser, asked: RwSignal<Option<Asked>>) -> AnyView {
    let called = called(browser.agent.as_deref());
    let tip = browser.agent.clone();
    let name = view! {
        <span data-tip=tip>{called.clone()}</span>
        {browser.is_this.then(|| view! { <Tag>"This browser"</Tag> })}
    }
    .into_any();
    let from = browser.ip.clone().map(|ip| format!("From {ip} · "));
    let used = browser
        .last_used_at
        .map(|at| view! { " · last used "<Time at /> });
    let lines = view! {
        <p class="thing__line dim">
            {from}"signed in "<Time at=browser.created_at />{used}" · ends by itself "<Time at=browser.expires_at />
        </p>
    }
    .into_any();
    let id = browser.id.clone();
    let label = format!("End {called}");
    let ask = move || {
        asked.set(Some(Asked {
            title: format!("End {called}?"),
            text: "It is signed out at once, also in every tab that is open there.".to_owned(),
            verb: "End it",
            removals: vec![Removal::Browser(id.clone())],
            done: format!("Ended {called}."),
            ..Asked::default()
        }));
    };
    // One leaves this browser by signing out.
    let acts = if browser.is_this {
        ().into_any()
    } else {
        view! { <Button small=true kind=ButtonKind::Danger label on_click=ask>"End"</Button> }
            .into_any()
    };
    thing(lucide::LuMonitor, name, lines, acts)
}

/// Each says the names of others too, so the most particular one counts: what stands in the text, and its name.
const BROWSERS: [(&str, &str); 6] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];
/// As [`BROWSERS`].
const SYSTEMS: [(&str, &str); 6] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
];

/// "Firefox on Linux", out of what a browser calls itself; what it said where it is none of the known ones.
fn called(agent: Option<&str>) -> String {
    let Some(agent) = agent.filter(|agent| !agent.is_empty()) else {
        return "A browser that did not say its name".to_owned();
    };
    let find = |known: &[(&str, &'static str)]| {
        known
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, _) => agent.chars().take(60).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_named_by_what_it_is_most() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0";
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
        assert_eq!(called(Some(chrome)), "Chrome on Linux");
        assert_eq!(called(Some(edge)), "Edge on Windows");
        assert_eq!(called(Some(phone)), "Safari on iPhone");
        assert_eq!(called(Some("nightly-import/2")), "nightly-import/2");
        assert_eq!(called(None), "A browser that did not say its name");
    }
}
