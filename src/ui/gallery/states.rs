use super::Sample;
use crate::ui::{
    banner::Banner,
    button::{Button, ButtonKind},
    card::{Card, Fact, Facts},
    chip::Tag,
    code::CodeWord,
    copy::CopyId,
    empty::Empty,
    icon::{Glyph, StatusGlyph, lucide},
    problem::{Problem, ProblemText},
    progress::Progress,
    skeleton::Skeleton,
    status::{BadgeSize, Count, RunBadge, StepBadge, Tone},
    time::{Elapsed, Time, present},
};
use leptos::prelude::*;
use model::{RunStatus, StepStatus};

#[component]
pub(super) fn States() -> AnyView {
    let start = present().minus_ms(252_000);
    let problem = ProblemText {
        title: "You may not see this run".to_owned(),
        detail: "Your role in Metro Sales is project_viewer; this needs project_contributor."
            .to_owned(),
        cause: Some("The answer was 403: role missing.".to_owned()),
        remedy: Some("Ask a project admin of Metro Sales to raise your role.".to_owned()),
        technical: Some(
            "GET /v1/runs/run_01JD4M8Q2XV7\n403 role_missing\n2026-11-20 22:11:40 UTC".to_owned(),
        ),
    };
    view! {
        <div>
            <Sample name="Run statuses">
                {RunStatus::ALL.iter().map(|status| view! { <RunBadge status=*status size=BadgeSize::Medium /> }).collect_view()}
            </Sample>
            <Sample name="Run statuses in lists">
                {RunStatus::ALL.iter().map(|status| view! { <RunBadge status=*status /> }).collect_view()}
            </Sample>
            <Sample name="Step statuses">
                {StepStatus::ALL.iter().map(|status| view! { <StepBadge status=*status size=BadgeSize::Medium /> }).collect_view()}
                <StepBadge status=StepStatus::Skipped word="Skipped (Blocked)" />
                <StepBadge status=StepStatus::Retrying word="Retrying 2/3" />
            </Sample>
            <Sample name="Glyphs without colour, 16 and 20 px">
                {Glyph::ALL.map(|glyph| view! { <StatusGlyph glyph=glyph /> }).collect_view()}
                {Glyph::ALL.map(|glyph| view! { <StatusGlyph glyph=glyph large=true /> }).collect_view()}
            </Sample>
            <Sample name="Counts, codes, tags, progress, time, ids">
                <Count value=3_u64 tone=Tone::Fail of="runs need a decision" />
                <Count value=12_u64 tone=Tone::Wait of="open waitpoints" />
                <Count value=1_u64 tone=Tone::Block of="blockers" />
                <CodeWord code="LLM_REQUEST_FAILED" tone=Tone::Fail />
                <CodeWord code="RUN_STOPPED" />
                <Tag>"Mock Mode"</Tag>
                <Tag>"v7"</Tag>
                <Progress done=4_u64 total=6_u64 of="steps" />
                <Time at=start />
                <Elapsed since=start until=None />
                <CopyId id="run_01JD4M8Q2XV7H2K4P6R8T0ABCD" of="run" />
            </Sample>
            <Sample name="Banners">
                <Banner
                    tone=Tone::Fail
                    title="Failed at Draft quote"
                    actions=move || view! { <Button kind=ButtonKind::Primary>"Retry from Draft quote"</Button> }
                >
                    "The model provider answered 503 on all three tries. This is temporary: retry when it is back."
                </Banner>
                <Banner tone=Tone::Wait title="Waiting 14 min for approval of Send quote">"By anyone in Sales."</Banner>
                <Banner tone=Tone::Block title="GitHub connection needs re-authorization">"It holds 3 runs."</Banner>
                <Banner tone=Tone::Run>"Live. 12,408 events, showing the last 500."</Banner>
                <Banner tone=Tone::Idle>"Reconnecting, last update 12 s ago."</Banner>
                <Banner tone=Tone::Ok>"Published as version 8."</Banner>
            </Sample>
            <Sample name="Card and facts">
                <Card title="Summary" aside=|| view! { "2 of 6 done" }>
                    <Facts>
                        <Fact name="Run"><CopyId id="run_01JD4M8Q2XV7H2K4P6R8T0ABCD" of="run" /></Fact>
                        <Fact name="Started"><Time at=start />" by A. Kern"</Fact>
                        <Fact name="Took">"4 m 12 s " <span class="dim">"(queued 0.2 s)"</span></Fact>
                        <Fact name="Cost">"$0.38 " <span class="dim">"estimated"</span></Fact>
                    </Facts>
                </Card>
                <Card title="Step">
                    <Facts column=true>
                        <Fact name="Type">"llm_call"</Fact>
                        <Fact name="Model"><span class="mono">"gpt-5-mini"</span></Fact>
                        <Fact name="Tokens">"38,112"</Fact>
                    </Facts>
                </Card>
                <Card title="Loading"><Skeleton lines=4 /></Card>
            </Sample>
            <Sample name="Empty and problem">
                <Card title="Runs" flush=true>
                    <Empty
                        icon=lucide::LuWorkflow
                        title="No run matches"
                        text="Three filters are on. Take one away, or start a run."
                    >
                        <Button>"Clear filters"</Button>
                    </Empty>
                </Card>
                <Problem problem=problem>
                    <Button icon=lucide::LuRotateCw>"Try again"</Button>
                    <Button kind=ButtonKind::Quiet>"Back to runs"</Button>
                </Problem>
            </Sample>
        </div>
    }
    .into_any()
}
