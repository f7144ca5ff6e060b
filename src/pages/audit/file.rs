//! An exported trail, checked in this browser: nothing is sent anywhere.

use super::signature;
use crate::ui::{
    banner::Banner, dialog::Dialog, drop_zone::DropZone, file, fmt, status::Tone, time,
};
use leptos::prelude::*;
use model::audit::{Checker, Flaw, Report, Signed, Start};
use std::cell::RefCell;

#[derive(Debug, Clone, PartialEq)]
enum State {
    Ready,
    Reading(String),
    Holds(Box<Report>),
    Broken(String),
    Unreadable(String),
}

#[component]
pub fn CheckFile(open: RwSignal<bool>) -> AnyView {
    let state = RwSignal::new(State::Ready);
    let take = move |file: web_sys::File| {
        state.set(State::Reading(file.name()));
        leptos::task::spawn_local(async move {
            let end = read(&file).await;
            state.try_set(end);
        });
    };
    let form = move || {
        view! {
            <div class="audit-file">
                <DropZone label="Drop an export here, or choose the file" accept=".ndjson,.csv,.json,.txt" on_file=take />
                <p class="dim">"The file stays in this browser. NDJSON and CSV are checked alike; "<code>"signalbox audit verify FILE"</code>" does the same."</p>
                {move || outcome(state.get())}
            </div>
        }
    };
    view! { <Dialog open title="Check an exported trail">{form}</Dialog> }.into_any()
}

async fn read(file: &web_sys::File) -> State {
    // The browser checks signatures in its own time: they are collected first.
    let heads = RefCell::new(Vec::<(Vec<u8>, Signed)>::new());
    let collect = |message: &[u8], signed: &Signed| {
        heads.borrow_mut().push((message.to_vec(), signed.clone()));
        None
    };
    let mut checker = Checker::new(None, &collect);
    let mut broken = None;
    let readable = file::lines(file, |line| match checker.line(line) {
        Ok(()) => true,
        Err(flaw) => {
            broken = Some(flaw);
            false
        }
    })
    .await;
    if !readable {
        return State::Unreadable(file.name());
    }
    let report = match broken {
        Some(flaw) => Err(flaw),
        None => checker.finish(),
    };
    let mut report = match report {
        Ok(report) => report,
        Err(flaw) => return State::Broken(flaw.to_string()),
    };
    let mut right = report.key.is_some();
    for (message, signed) in heads.take() {
        match signature::is_right(&message, &signed).await {
            Some(true) => {}
            Some(false) => return State::Broken(Flaw::Signature { seq: report.last }.to_string()),
            None => right = false,
        }
    }
    report.signatures_checked = right;
    State::Holds(Box::new(report))
}

fn outcome(state: State) -> AnyView {
    match state {
        State::Ready => ().into_any(),
        State::Reading(name) => view! { <p>{format!("Checking {name}…")}</p> }.into_any(),
        State::Unreadable(name) => view! { <Banner tone=Tone::Fail title="Not read">{format!("{name} could not be read by this browser.")}</Banner> }.into_any(),
        State::Broken(why) => view! { <Banner tone=Tone::Fail title="This file does not hold">{why}</Banner> }.into_any(),
        State::Holds(report) => {
            let title = format!(
                "Verified {} of {}",
                fmt::plural(report.count, "entry", "entries"),
                report.tenant
            );
            let start = match report.start {
                Start::Beginning => "It begins with the trail's first entry",
                Start::Anchor => "A signed head vouches for what came before",
            };
            let signed = match (&report.key, report.signatures_checked) {
                (None, _) => "The head is not signed, so the whole file may have been made anew.".to_owned(),
                (Some(key), true) => format!("The signatures are right. They were made with the key {key}: compare it with the runtime's own."),
                (Some(_), false) => "This browser could not check the signatures.".to_owned(),
            };
            let text = format!(
                "Entries {} to {} follow from one another. {start}; it ends as of {}. {signed} What was written later is not in this file.",
                fmt::count(report.first),
                fmt::count(report.last),
                time::local(report.head_at)
            );
            view! { <Banner tone=Tone::Ok title=title>{text}</Banner> }.into_any()
        }
    }
}
