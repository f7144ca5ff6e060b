//! The guides, by group.

use super::guides::{About, Group, codes};
use crate::{
    routes::{
        Guide, Page,
        param::{Address, Step, param},
    },
    state::{session, title::name_list},
    ui::{card::Card, chip::Tag, empty::Empty, icon::lucide, page_head::PageHead, search::Search},
};
use leptos::prelude::*;

#[component]
pub fn Help() -> AnyView {
    name_list("Help");
    let q = param("q");
    let address = Address::get();
    let on_input = move |text: String| address.set(&[("q", Some(text))], Step::Replace);
    let place = session::place();
    let reference = place.link(&Page::Codes);
    let found = Memo::new(move |_| {
        let wanted = q.get().trim().to_lowercase();
        Guide::ALL
            .iter()
            .copied()
            .filter(|guide| matches(*guide, &wanted))
            .collect::<Vec<_>>()
    });
    let groups = move || {
        let found = found.get();
        if found.is_empty() {
            return view! {
                <Empty
                    icon=lucide::LuSearchX
                    title="No guide speaks of that"
                    text="Try another word, a failure code, or the codes and statuses."
                />
            }
            .into_any();
        }
        Group::ALL
            .into_iter()
            .filter_map(|group| {
                let entries: Vec<AnyView> = group
                    .guides()
                    .filter(|guide| found.contains(guide))
                    .map(|guide| entry(guide, place.link(&Page::Guide(guide))))
                    .collect();
                (!entries.is_empty()).then(|| {
                    view! { <Card title=group.shown() flush=true><ul class="guides">{entries}</ul></Card> }
                })
            })
            .collect_view()
            .into_any()
    };
    view! {
        <PageHead
            title="Help"
            text="Guides to what stops runs: symptoms, causes, how to fix it, where to look next, when to report."
            actions=move || {
                view! { <Search label="Search the guides" value=q on_input=on_input.clone() keys="/" /> }.into_any()
            }
        />
        <nav class="help__jump" aria-label="Reference">
            <a href=reference>"Codes and statuses"</a>
        </nav>
        <div class="help-index">{groups}</div>
    }
    .into_any()
}

/// Every word that is looked for begins a word in what is known of the guide.
fn matches(guide: Guide, wanted: &str) -> bool {
    let about = About::of(guide);
    let mut text = format!("{} {} {}", about.title, about.words, about.group.shown());
    for code in codes(guide) {
        text.push(' ');
        text.push_str(code.as_str());
        text.push(' ');
        text.push_str(code.meaning());
    }
    let text = text.to_lowercase();
    let begins = |word: &str| {
        text.match_indices(word)
            .any(|(at, _)| !text[..at].ends_with(char::is_alphanumeric))
    };
    wanted.split_whitespace().all(begins)
}

fn entry(guide: Guide, href: String) -> AnyView {
    let codes = codes(guide)
        .into_iter()
        .map(|code| view! { <Tag>{code.as_str()}</Tag> })
        .collect_view();
    view! {
        <li class="guides__entry">
            <a class="row-link" href=href>{About::of(guide).title}</a>
            <span class="guides__codes">{codes}</span>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(wanted: &str) -> Vec<Guide> {
        Guide::ALL
            .iter()
            .copied()
            .filter(|guide| matches(*guide, wanted))
            .collect()
    }

    #[test]
    fn a_guide_is_found_by_title_code_and_other_words() {
        assert!(found("hangs").contains(&Guide::HungStep));
        assert_eq!(found("drain_timeout"), [Guide::RunStopped]);
        assert_eq!(found("top up"), [Guide::Credits]);
        assert_eq!(found("").len(), Guide::ALL.len());
        assert!(found("zebra").is_empty());
    }
}
