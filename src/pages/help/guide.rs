//! One guide: the case it was opened for, its sections, and the ways on.

use super::{
    guides::{About, codes, inside},
    text::{GuideText, SECTIONS},
};
use crate::{
    api::{Api, ApiError, ErrorFace, guides},
    routes::{Guide, Page, Place, param::param},
    state::{
        session,
        title::{Title, name_screen},
    },
    ui::{
        card::Card,
        code::CodeWord,
        icon::{Icon, lucide},
        markdown::{Inside, Markdown},
        page_head::PageHead,
        skeleton::Skeleton,
        status::Tone,
    },
};
use leptos::prelude::*;
use model::{FailureCode, RunId};
use std::sync::Arc;

#[component]
pub fn GuidePage(guide: Guide) -> AnyView {
    let about = About::of(guide);
    name_screen(move || Title {
        text: format!("Help: {}", about.title),
        thing: Some(about.title.to_owned()),
    });
    let place = session::place();
    let text = RwSignal::new(None::<GuideText>);
    let error = RwSignal::new(None::<ApiError>);
    let api = Api::get();
    let load = Callback::new(move |()| {
        error.set(None);
        leptos::task::spawn_local(async move {
            let read = guides::text(api, guide).await.and_then(|file| {
                GuideText::parse(&file).map_err(|why| guides::unreadable(guide, &why.to_string()))
            });
            match read {
                Ok(read) => drop(text.try_set(Some(read))),
                Err(failed) => drop(error.try_set(Some(failed))),
            }
        });
    });
    load.run(());
    let (run, code) = (param("run"), param("code"));
    let code = Memo::new(move |_| {
        let code = code.with(|code| FailureCode::parse(code))?;
        (Guide::of_code(code) == guide).then_some(code)
    });
    let summary =
        Signal::derive(move || text.with(|text| text.as_ref().map(|text| text.summary.clone())));
    let head_place = place.clone();
    let ways = move || {
        let place = head_place.clone();
        (move || back(guide, &place, &run.get(), code.get())).into_any()
    };
    let own: Inside = {
        let place = place.clone();
        Arc::new(move |address| inside(address, &place))
    };
    let sections = move || match (text.get(), error.with(Option::is_some)) {
        (Some(text), _) => written(text, &own),
        (None, true) => ().into_any(),
        (None, false) => SECTIONS
            .map(|title| view! { <Card title><Skeleton lines=4 /></Card> })
            .into_any(),
    };
    let aside = beside(guide, &place);
    view! {
        <PageHead title=about.title text=summary actions=ways />
        <div class="guide">
            <div class="guide__text">
                {move || code.get().map(case)}
                {sections}
                <ErrorFace error what="this guide" retry=load />
            </div>
            {aside}
        </div>
    }
    .into_any()
}

/// What the code says that the guide was opened for.
fn case(code: FailureCode) -> AnyView {
    view! {
        <Card title="What this code means">
            <div class="guide__case">
                <CodeWord code=code.as_str() tone=Tone::Fail />
                <p class="help__meaning">{code.meaning()}</p>
                <p>{code.remedy()}</p>
            </div>
        </Card>
    }
    .into_any()
}

fn written(text: GuideText, own: &Inside) -> AnyView {
    SECTIONS
        .into_iter()
        .zip(text.sections)
        .map(|(title, body)| {
            let inside = own.clone();
            view! { <Card title><Markdown text=body inside /></Card> }
        })
        .collect_view()
        .into_any()
}

/// Back to the run the guide was opened from, and to the screen that owns the problem.
fn back(guide: Guide, place: &Place, run: &str, code: Option<FailureCode>) -> AnyView {
    let (owner, words) = About::of(guide).owner.link(guide, place, code);
    let run = (!run.is_empty()).then(|| {
        let href = place.run(&RunId::from(run));
        view! { <a class="btn" href=href><Icon icon=lucide::LuArrowLeft />"Back to the run"</a> }
    });
    view! { {run} <a class="btn" href=owner>{words}</a> }.into_any()
}

/// The codes the guide explains, and the guides beside it.
fn beside(guide: Guide, place: &Place) -> AnyView {
    let codes: Vec<AnyView> = codes(guide)
        .into_iter()
        .map(|code| {
            let href = place.explained(code.as_str());
            view! { <li><a href=href><code>{code.as_str()}</code></a></li> }.into_any()
        })
        .collect();
    let related = About::of(guide)
        .related
        .iter()
        .map(|other| {
            let href = place.link(&Page::Guide(*other));
            view! { <li><a href=href>{About::of(*other).title}</a></li> }
        })
        .collect_view();
    let all = place.link(&Page::Help);
    view! {
        <aside class="guide__aside" aria-label="Beside this guide">
            {(!codes.is_empty())
                .then(|| view! { <Card title="Codes it explains"><ul class="guide__links">{codes}</ul></Card> })}
            <Card title="Related guides">
                <ul class="guide__links">{related}<li><a href=all>"All guides"</a></li></ul>
            </Card>
        </aside>
    }
    .into_any()
}
