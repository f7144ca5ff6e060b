//! *Report this Run*: what the person writes, and everything that goes with it, read before it is sent.

mod attachments;
mod draft;

use crate::{
    api::{ActionKey, ApiError, ErrorFace, reports, stream::Stream},
    routes::Page,
    state::{
        session,
        title::{Title, name_screen},
    },
    ui::{
        banner::Banner,
        button::{Button, ButtonKind},
        card::Card,
        field::{Choice, Select, TextArea, TextField},
        file, fmt,
        icon::lucide,
        page_head::PageHead,
        status::Tone,
        toast::{Toast, Toasts},
    },
};
use draft::Draft;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::RunId;
use model::report::{ReportCategory, ReportPreview, ReportSeverity};

#[component]
pub fn NewReport(run: RunId) -> AnyView {
    name_screen(|| Title {
        text: "Report this Run".to_owned(),
        thing: Some("Report".to_owned()),
    });
    let href = session::place().run(&run);
    let draft = Draft::new(run);
    let stream = Stream::get();
    Effect::new(move || {
        draft.leave_out.track();
        // A stream that came back: the runtime answers again.
        if let Some(stream) = stream {
            stream.epoch.track();
        }
        draft.look();
    });
    let error: Signal<Option<ApiError>> = draft.error.into();
    let retry = Callback::new(move |()| draft.look());
    let failed = move || {
        error
            .with(Option::is_some)
            .then(|| view! { <ErrorFace error what="the report" retry /> })
    };
    let back = move || view! { <a href=href.clone()>"Back to the run"</a> }.into_any();
    view! {
        <PageHead
            title="Report this Run"
            text="Support gets what you write here and what you leave attached. Read it before you send it."
            actions=back
        />
        {failed}
        <Offline draft />
        <Duplicates draft />
        <div class="report-new">
            <Form draft />
            <attachments::Attachments preview=draft.preview leave_out=draft.leave_out />
        </div>
    }
    .into_any()
}

#[component]
fn Form(draft: Draft) -> AnyView {
    let toasts = Toasts::get();
    let place = session::place();
    let navigate = use_navigate();
    let busy = RwSignal::new(false);
    let tried = RwSignal::new(false);
    let key = StoredValue::new(ActionKey::fresh());
    let missing = move |value: RwSignal<String>| {
        Signal::derive(move || {
            (tried.get() && value.with(|text| text.trim().is_empty()))
                .then(|| "Say it in a few words.".to_owned())
        })
    };
    let send = move || {
        tried.set(true);
        let body = draft.body();
        if body.form.subject.is_empty() || body.form.expected.is_empty() {
            return;
        }
        busy.set(true);
        let (place, navigate) = (place.clone(), navigate.clone());
        leptos::task::spawn_local(async move {
            let answer = reports::send(draft.api, &body, &key.get_value()).await;
            busy.try_set(false);
            match answer {
                Ok(report) => navigate(
                    &place.link(&Page::Report(report.row.id)),
                    NavigateOptions::default(),
                ),
                Err(error) => {
                    // What was refused was not done: the next press is another act.
                    key.set_value(ActionKey::fresh());
                    if let Some(toasts) = toasts {
                        toasts.push(Toast::failed(error.line()));
                    }
                }
            }
        });
    };
    let save = move || {
        let body = draft.body();
        leptos::task::spawn_local(async move {
            // Made of what is left in at the press: what is shown can be an answer behind.
            let failed = match draft.made(&body).await.0 {
                Err(error) => error.line(),
                Ok(ReportPreview { mut bundle, .. }) => {
                    bundle.form = body.form;
                    let name = format!("{}.signalbox.gz", body.run);
                    let text = serde_json::to_string(&bundle).unwrap_or_default();
                    if file::save_gzip(&name, &text).await {
                        return;
                    }
                    "The browser could not make the file.".to_owned()
                }
            };
            if let Some(toasts) = toasts {
                toasts.push(Toast::failed(failed));
            }
        });
    };
    let offline = Signal::derive(move || {
        draft
            .offline
            .get()
            .then(|| "The runtime does not answer. Download the file instead.".to_owned())
    });
    let to = move || {
        if draft.offline.get() {
            return None;
        }
        draft.preview.with(|preview| {
            preview.as_ref().map(|preview| match &preview.to {
                Some(to) => format!("Send goes to {to} and is kept under Reports."),
                None => "No support target is set up: Send keeps it under Reports, and you can download the file.".to_owned(),
            })
        })
    };
    let categories: Vec<Choice> = ReportCategory::ALL
        .iter()
        .map(|word| Choice::new(word.as_str(), word.shown()))
        .collect();
    let severities: Vec<Choice> = ReportSeverity::ALL
        .iter()
        .map(|word| Choice::new(word.as_str(), word.shown()))
        .collect();
    let category = Signal::derive(move || draft.category.get().as_str().to_owned());
    let severity = Signal::derive(move || draft.severity.get().as_str().to_owned());
    let on_category = move |word: String| {
        if let Some(word) = ReportCategory::parse(&word) {
            draft.category.set(word);
        }
    };
    let on_severity = move |word: String| {
        if let Some(word) = ReportSeverity::parse(&word) {
            draft.severity.set(word);
        }
    };
    view! {
        <Card title="What you write">
            <div class="prefs__form">
                <TextField label="Subject" value=draft.subject error=missing(draft.subject) />
                <TextArea label="What did you expect?" value=draft.expected error=missing(draft.expected) />
                <Select label="Category" value=category choices=categories on_change=on_category />
                <Select label="Severity" value=severity choices=severities on_change=on_severity />
                <TextField label="Contact" value=draft.contact hint="How support reaches you." optional=true />
                <div class="report-new__act">
                    <Button kind=ButtonKind::Primary icon=lucide::LuSend busy disabled=offline on_click=send>"Send"</Button>
                    <Button icon=lucide::LuDownload on_click=save>"Download the file"</Button>
                </div>
                <p class="prefs__says">{to}</p>
            </div>
        </Card>
    }
    .into_any()
}

/// The runtime is away: the file can still be made.
#[component]
fn Offline(draft: Draft) -> AnyView {
    let again = move || {
        view! { <Button small=true on_click=move || draft.look()>"Try again"</Button> }.into_any()
    };
    view! {
        <Show when=move || draft.offline.get()>
            <Banner tone=Tone::Wait title="The runtime does not answer" actions=again>
                "Attached is what this tab has seen of the run. Download the file and hand it on; nothing is lost."
            </Banner>
        </Show>
    }
    .into_any()
}

/// The same failure (workflow, step and code) was reported before.
#[component]
fn Duplicates(draft: Draft) -> AnyView {
    let place = session::place();
    let found = Memo::new(move |_| {
        draft.preview.with(|preview| {
            preview
                .as_ref()
                .map(|preview| preview.duplicates.clone())
                .unwrap_or_default()
        })
    });
    let shown = move || {
        let found = found.get();
        (!found.is_empty()).then(|| {
            let title = format!(
                "This failure was reported before: {}",
                fmt::plural(found.len() as u64, "report", "reports")
            );
            let links = found
                .into_iter()
                .take(5)
                .map(|row| {
                    let href = place.link(&Page::Report(row.id));
                    view! { <li><a href=href>{row.form.subject}</a></li> }
                })
                .collect_view();
            view! {
                <Banner tone=Tone::Wait title>
                    <ul class="report-new__same">{links}</ul>
                </Banner>
            }
        })
    };
    shown.into_any()
}
