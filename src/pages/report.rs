//! One report: what was written, where it went, what support answered.

use crate::{
    api::{ActionKey, Api, Query, reports},
    state::{
        session,
        title::{Title, name_screen},
    },
    ui::{
        button::{Button, ButtonKind, LinkButton},
        card::{Card, Fact, Facts},
        field::TextArea,
        icon::lucide,
        page_head::PageHead,
        report_facts,
        skeleton::Skeleton,
        time::Time,
        toast::{Toast, Toasts},
    },
};
use leptos::prelude::*;
use model::notify::{Delivery, DeliveryState};
use model::report::ReportView;
use model::{ReportId, Role, Scope};
use std::sync::Arc;

#[component]
pub fn Report(report: ReportId) -> AnyView {
    let path = reports::path(&report);
    let query = Query::<ReportView>::get(move || Some(path.clone()));
    let subject = Memo::new(move |_| {
        query
            .data()
            .map_or_else(|| "…".to_owned(), |view| view.row.form.subject.clone())
    });
    name_screen(move || Title {
        text: format!("Report · {}", subject.get()),
        thing: Some(subject.get()),
    });
    let wait = || view! { <Skeleton lines=6 rows=true /> }.into_any();
    let show = move |view: Arc<ReportView>| whole(&view, query);
    query.view("this report", wait, show)
}

fn whole(view: &ReportView, query: Query<ReportView>) -> AnyView {
    let place = session::place();
    let file = reports::bundle_path(Api::get(), &view.row.id);
    let name = format!("{}.signalbox.gz", view.row.id);
    let run = place.run(&view.row.run);
    let (run_title, by) = (view.row.run_title.clone(), view.row.by.name.clone());
    let (id, at) = (view.row.id.clone(), view.row.created_at);
    let subject = view.row.form.subject.clone();
    let written = report_facts::written(&view.row.form);
    let missing = report_facts::missing(&view.left_out, &view.masked);
    let actions = move || {
        view! { <LinkButton href=file.clone() icon=lucide::LuDownload download=name.clone()>"Download the file"</LinkButton> }.into_any()
    };
    let answers = view
        .thread
        .iter()
        .map(|answer| {
            view! {
                <li class="thread__one">
                    <p class="thread__by">{answer.by.name.clone()}" · "<Time at=answer.at /></p>
                    <p class="thread__text">{answer.text.clone()}</p>
                </li>
            }
        })
        .collect_view();
    let none = view.thread.is_empty().then(|| {
        view! { <p class="prefs__says">"No answer yet. Whoever reported is told of one."</p> }
    });
    view! {
        <PageHead title=subject text="What was reported is fixed; answers are added below." actions />
        <div class="report-new">
            <div class="prefs">
                <Card title="Report">
                    <Facts column=true>
                        <Fact name="Run"><a href=run>{run_title}</a></Fact>
                        {written}
                        <Fact name="By">{by}" · "<Time at=at /></Fact>
                        {missing}
                    </Facts>
                </Card>
                {delivery(view, query)}
            </div>
            <Card title="Answers">
                <div class="prefs__form">
                    {none}
                    <ul class="thread">{answers}</ul>
                    <AnswerForm report=id query />
                </div>
            </Card>
        </div>
    }
    .into_any()
}

fn delivery(view: &ReportView, query: Query<ReportView>) -> AnyView {
    let Some(sent) = &view.delivery else {
        return view! {
            <Card title="Delivery">
                <p class="prefs__says">"No support target was set up when this was reported, so it went nowhere. Download the file and send that."</p>
            </Card>
        }
        .into_any();
    };
    let Delivery {
        to, state, tries, ..
    } = sent.clone();
    let tries = tries
        .into_iter()
        .map(|one| view! { <li><Time at=one.at />" · "{one.message}</li> })
        .collect_view();
    let api = Api::get();
    let toasts = Toasts::get();
    let denied = session::denied(Role::ProjectAdmin, Scope::WorkflowRun);
    let id = view.row.id.clone();
    let again = move || {
        let id = id.clone();
        leptos::task::spawn_local(async move {
            let answer = reports::redeliver(api, &id, &ActionKey::fresh()).await;
            if let Some(toasts) = toasts {
                toasts.push(match answer {
                    Ok(()) => Toast::done("It is on its way again."),
                    Err(error) => Toast::failed(error.line()),
                });
            }
            query.reload();
        });
    };
    let button = (state != DeliveryState::Waiting).then(|| {
        view! { <Button icon=lucide::LuRotateCw disabled=denied on_click=again>"Send again"</Button> }
    });
    view! {
        <Card title="Delivery">
            <div class="prefs__form">
                <Facts column=true>
                    <Fact name="To">{to}</Fact>
                    <Fact name="State">{state.shown()}</Fact>
                </Facts>
                <ul class="thread__tries">{tries}</ul>
                <div>{button}</div>
            </div>
        </Card>
    }
    .into_any()
}

#[component]
fn AnswerForm(report: ReportId, query: Query<ReportView>) -> AnyView {
    let api = Api::get();
    let toasts = Toasts::get();
    let text = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let denied = session::denied(Role::ProjectAdmin, Scope::WorkflowRun);
    let send = move || {
        let words = text.with_untracked(|text| text.trim().to_owned());
        if words.is_empty() {
            return;
        }
        busy.set(true);
        let report = report.clone();
        leptos::task::spawn_local(async move {
            let answer = reports::answer(api, &report, words, &ActionKey::fresh()).await;
            busy.try_set(false);
            match answer {
                Ok(_) => drop(text.try_set(String::new())),
                Err(error) => {
                    if let Some(toasts) = toasts {
                        toasts.push(Toast::failed(error.line()));
                    }
                }
            }
            query.reload();
        });
    };
    view! {
        <TextArea label="Answer" value=text rows=3 />
        <div><Button kind=ButtonKind::Primary busy disabled=denied on_click=send>"Answer"</Button></div>
    }
    .into_any()
}
