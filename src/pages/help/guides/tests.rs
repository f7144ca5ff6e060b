#![allow(clippy::unwrap_used)]
use super::super::text::GuideText;
use super::*;
use crate::routes::{Area, Page};
use model::{BlockedBy, RunStatus};
use pulldown_cmark::{Event, Parser, Tag};
use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("public/help")
}

fn read(guide: Guide) -> String {
    let file = folder().join(format!("{}.md", guide.slug()));
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn place() -> Place {
    Place {
        tenant: "metro".into(),
        project: "sales".into(),
    }
}

#[test]
fn every_guide_has_a_file_with_its_title_and_all_sections() {
    for guide in Guide::ALL {
        let text = GuideText::parse(&read(*guide))
            .unwrap_or_else(|error| panic!("{}: {error}", guide.slug()));
        assert_eq!(text.title, About::of(*guide).title, "{}", guide.slug());
        assert!(text.summary.ends_with('.'), "{}", guide.slug());
    }
}

#[test]
fn every_file_is_a_guide() {
    let files: HashSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let guides: HashSet<String> = Guide::ALL
        .iter()
        .map(|guide| format!("{}.md", guide.slug()))
        .collect();
    assert_eq!(files, guides);
}

#[test]
fn every_failure_code_is_explained_by_the_guide_it_leads_to() {
    for code in FailureCode::ALL {
        let guide = Guide::of_code(*code);
        assert!(
            read(guide).contains(code.as_str()),
            "{} says nothing of {code}",
            guide.slug()
        );
    }
    for by in BlockedBy::ALL {
        let of_block = Guide::of_block(*by);
        assert!(read(of_block).contains("blocked"), "{}", of_block.slug());
    }
}

#[test]
fn every_link_leads_to_a_guide_or_a_screen() {
    for guide in Guide::ALL {
        let text = read(*guide);
        for event in Parser::new(&text) {
            let Event::Start(Tag::Link { dest_url, .. }) = event else {
                continue;
            };
            let link = inside(&dest_url, &place())
                .unwrap_or_else(|| panic!("{}: {dest_url} leads nowhere", guide.slug()));
            let path = link.split('?').next().unwrap();
            assert!(
                matches!(Area::parse(path), Area::Inside(_, Some(_))),
                "{link}"
            );
            assert_ne!(path, place().link(&Page::Guide(*guide)), "{link}");
        }
    }
}

#[test]
fn a_link_that_leads_elsewhere_is_none_of_a_guide() {
    assert_eq!(
        inside("waitpoint", &place()).unwrap(),
        "/metro/sales/help/waitpoint"
    );
    assert_eq!(
        inside("../runs?status=failed", &place()).unwrap(),
        "/metro/sales/runs?status=failed"
    );
    for address in [
        "no-such-guide",
        "../no-such-screen",
        "/runs",
        "javascript:alert(1)",
        "//evil.example",
    ] {
        assert_eq!(inside(address, &place()), None, "{address}");
    }
}

#[test]
fn every_guide_stands_in_one_group_and_leads_to_others() {
    let shown: Vec<Guide> = Group::ALL.iter().flat_map(|group| group.guides()).collect();
    assert_eq!(shown.len(), Guide::ALL.len());
    let titles: HashSet<&str> = Guide::ALL
        .iter()
        .map(|guide| About::of(*guide).title)
        .collect();
    assert_eq!(titles.len(), Guide::ALL.len());
    for guide in Guide::ALL {
        let about = About::of(*guide);
        assert!(
            !about.related.is_empty() && !about.related.contains(guide),
            "{}",
            guide.slug()
        );
    }
}

#[test]
fn the_owning_screen_is_filtered_to_the_case() {
    for guide in Guide::ALL {
        let owner = About::of(*guide).owner;
        match owner {
            Owner::Codes => assert!(!codes(*guide).is_empty(), "{}", guide.slug()),
            Owner::Runs(all) => {
                assert!(
                    all.split(',')
                        .all(|status| RunStatus::parse(status).is_some()),
                    "{all}"
                );
            }
            _ => {}
        }
        let (link, _) = owner.link(*guide, &place(), None);
        let path = link.split('?').next().unwrap();
        assert!(
            matches!(Area::parse(path), Area::Inside(_, Some(_))),
            "{link}"
        );
    }
    let own = Owner::Codes.link(Guide::Service, &place(), Some(FailureCode::EntityOffline));
    assert_eq!(own.0, "/metro/sales/runs?code=ENTITY_OFFLINE");
    let timed_out = Owner::Waitpoints.link(
        Guide::Waitpoint,
        &place(),
        Some(FailureCode::WaitpointTimedOut),
    );
    assert_eq!(timed_out.0, "/metro/sales/waitpoints?state=timed_out");
}
