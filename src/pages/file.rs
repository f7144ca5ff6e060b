//! A report's file, opened in this browser: what was written, what was attached, and, below it, the run's own page. It needs
//! no runtime and nobody signed in.

use crate::{
    api::report_file::ReportFile,
    state::{
        opened::{Opened, OpenedFile},
        title::name_list,
    },
    ui::{
        banner::Banner,
        brand::Brand,
        button::Button,
        card::{Card, Fact, Facts},
        code::CodeWord,
        drop_zone::DropZone,
        fmt,
        icon::lucide,
        report_facts,
        status::{RunBadge, Tone},
        table::{Column, Table},
        time::{self, Time},
    },
};
use leptos::prelude::*;
use model::report::{Attached, Bundle, HealthFact};

#[component]
pub fn File() -> AnyView {
    name_list("Report file");
    let Some(opened) = OpenedFile::get() else {
        return ().into_any();
    };
    opened.follow();
    let take = move |file| opened.choose(file);
    let choose = move || {
        view! {
            <DropZone label="Drop a report file here, or choose it" accept=".gz,.json" on_file=take />
            <p class="dim">
                "Reports are downloaded as "<code>"….signalbox.gz"</code>". The file stays in this browser: nothing is sent anywhere."
            </p>
        }
    };
    let there = Memo::new(move |_| matches!(opened.state(), Opened::There(..)));
    let body = move || match opened.state() {
        Opened::Nothing => view! { <h1>"Open a report file"</h1> {choose()} }.into_any(),
        Opened::Reading(name) => {
            view! { <p role="status">{format!("Reading {name}…")}</p> }.into_any()
        }
        Opened::Failed(name, why) => view! {
            <h1>"Open a report file"</h1>
            <Banner tone=Tone::Fail title=format!("{name} cannot be opened")>{why}</Banner>
            {choose()}
        }
        .into_any(),
        Opened::There(name, file) => whole(&name, &file),
    };
    view! {
        <header class="file__head">
            <a class="file__brand" href="/"><Brand />"Signalbox"</a>
            <span class="dim">"Report file, read-only"</span>
            {move || there.get().then(|| {
                view! { <Button small=true icon=lucide::LuX on_click=move || opened.close()>"Close"</Button> }
            })}
        </header>
        <main class="file__main" class=("file__main--choose", move || !there.get())>{body}</main>
    }
    .into_any()
}

fn whole(name: &str, file: &ReportFile) -> AnyView {
    let bundle = &file.bundle;
    let by = if bundle.made_by == Bundle::BY_CONSOLE {
        "by a console, of what its tab had: the runtime did not answer"
    } else {
        "by the runtime"
    };
    let made = format!(
        "{name} was made on {}, {by}. Times below are as of then.",
        time::local(bundle.made_at)
    );
    let no_record = file.view.is_none().then(|| {
        view! {
            <Banner tone=Tone::Wait title="The run's record was left out">
                "So its page cannot be shown; this is what was attached."
            </Banner>
        }
    });
    let attached = &bundle.attached;
    // The run's own page says all of it better.
    let about = file.view.is_none().then(|| about(attached));
    let health = attached
        .health
        .as_deref()
        .filter(|found| !found.is_empty())
        .map(health);
    let subject = bundle.form.subject.clone();
    let written = report_facts::written(&bundle.form);
    let missing = report_facts::missing(&bundle.left_out, &bundle.masked);
    let report = bundle.report.clone().map(|id| {
        view! { <Fact name="Report"><span class="mono">{id.into_string()}</span></Fact> }
    });
    let client = attached.client.clone().map(|client| {
        view! {
            <Fact name="Console">{client.build}</Fact>
            <Fact name="Browser">{client.browser}</Fact>
        }
    });
    view! {
        <p class="file__made">{made}</p>
        {no_record}
        <div class="file__cards">
            <Card title="Report">
                <Facts column=true>
                    <Fact name="Subject">{subject}</Fact>
                    {written}
                    {report}
                    {missing}
                    {client}
                </Facts>
            </Card>
            {about}
            {health}
        </div>
    }
    .into_any()
}

/// What is attached of the run, in a few facts.
fn about(attached: &Attached) -> AnyView {
    let run = attached.run.clone().map(|run| {
        view! {
            <Fact name="Run">{run.title}</Fact>
            <Fact name="Status"><RunBadge status=run.status /></Fact>
            <Fact name="Id"><span class="mono">{run.id.into_string()}</span></Fact>
        }
    });
    let workflow = attached.workflow.clone().map(|workflow| {
        view! { <Fact name="Workflow">{format!("{} v{}", workflow.name, workflow.version)}</Fact> }
    });
    let step = attached.step.clone().map(|step| {
        view! { <Fact name="Step">{step.name}</Fact> }
    });
    let failure = attached.failure.clone().map(|failure| {
        view! { <Fact name="Failure"><CodeWord code=failure.code.as_str() tone=Tone::Fail />" "{failure.message}</Fact> }
    });
    let times = attached.timestamps.clone().map(|times| {
        let ended = times
            .ended_at
            .map(|at| view! { <Fact name="Ended">{fmt::utc(at)}</Fact> });
        view! { <Fact name="Created">{fmt::utc(times.created_at)}</Fact> {ended} }
    });
    view! {
        <Card title="Attached">
            <Facts column=true>{run}{workflow}{step}{failure}{times}</Facts>
        </Card>
    }
    .into_any()
}

const HEALTH: &[Column] = &[
    Column::text("Check"),
    Column::text("Result"),
    Column::text("Looked at"),
];

fn health(found: &[HealthFact]) -> AnyView {
    let rows = found
        .iter()
        .cloned()
        .map(|fact| {
            let state = match fact.ok {
                Some(true) => "Passed. ",
                Some(false) => "Failed. ",
                None => "",
            };
            view! {
                <tr>
                    <td>{fact.what}</td>
                    <td>{state}{fact.message}</td>
                    <td>{fact.at.map(|at| view! { <Time at /> })}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Card title="Health at that time" flush=true>
            <Table label="Health at that time" columns=HEALTH>{rows}</Table>
        </Card>
    }
    .into_any()
}
