//! Addresses of the console: one table, read and written here only. Every link is made by it, every address is read by it.

mod guide;
pub mod param;
mod section;
mod text;

pub use guide::Guide;
use model::{
    BulkId, FailureCode, MissionId, ProjectId, ReportId, RunId, StepPath, TenantId, WorkflowId,
};
pub use section::Section;
pub use text::{segment, with_query};

/// The tenant and project that everything on the page belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub tenant: TenantId,
    pub project: ProjectId,
}

/// What an address shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Area {
    /// `/`: goes to the last tenant and project.
    Home,
    /// `/sign-in`
    SignIn,
    /// `/file`: a report's file, which belongs to no project and needs nobody signed in.
    File,
    /// `/:tenant/:project/…`; without a page for an address that names none.
    Inside(Place, Option<Page>),
    /// Anything else.
    Unknown,
}

/// A screen inside a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    CommandCenter,
    Runs,
    Run(RunId),
    /// Two runs beside each other; with none to compare with, the previous attempt of the run, or else the last completed run of
    /// its workflow.
    Compare(RunId, Option<RunId>),
    /// A move on many runs, and what came of each.
    Bulk(BulkId),
    Workflows,
    Workflow(WorkflowId),
    Missions,
    Mission(MissionId),
    Health,
    Queues,
    Waitpoints,
    /// Who did what in the tenant.
    Audit,
    /// The guides, by group.
    Help,
    /// One guide.
    Guide(Guide),
    /// The person's inbox, and what fills it.
    Notifications,
    /// Report this Run.
    NewReport(RunId),
    Reports,
    Report(ReportId),
    /// Failure codes and statuses, in words.
    Codes,
    /// The person's own settings, and those of the tenant.
    Settings(Section),
}

impl Area {
    /// The address of [`Area::File`].
    pub const FILE: &'static str = "/file";

    /// Reads the path of an address, without its query.
    pub fn parse(path: &str) -> Self {
        let parts: Vec<String> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(text::decode)
            .collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match parts.as_slice() {
            [] => Self::Home,
            ["sign-in"] => Self::SignIn,
            ["file"] => Self::File,
            [tenant, project, rest @ ..] => {
                let place = Place {
                    tenant: (*tenant).into(),
                    project: (*project).into(),
                };
                Self::Inside(place, Page::parse(rest))
            }
            _ => Self::Unknown,
        }
    }
}

impl Page {
    fn parse(parts: &[&str]) -> Option<Self> {
        Some(match parts {
            [] | ["command-center"] => Self::CommandCenter,
            ["runs"] => Self::Runs,
            ["runs", run] => Self::Run((*run).into()),
            ["bulk", job] => Self::Bulk((*job).into()),
            ["workflows"] => Self::Workflows,
            ["workflows", workflow] => Self::Workflow((*workflow).into()),
            ["missions"] => Self::Missions,
            ["missions", mission] => Self::Mission((*mission).into()),
            ["health"] => Self::Health,
            ["queues"] => Self::Queues,
            ["waitpoints"] => Self::Waitpoints,
            ["audit"] => Self::Audit,
            ["help"] => Self::Help,
            ["help", "codes"] => Self::Codes,
            ["help", slug] => Self::Guide(Guide::parse(slug)?),
            ["notifications"] => Self::Notifications,
            ["runs", run, "compare"] => Self::Compare((*run).into(), None),
            ["runs", run, "compare", other] => Self::Compare((*run).into(), Some((*other).into())),
            ["runs", run, "report"] => Self::NewReport((*run).into()),
            ["reports"] => Self::Reports,
            ["reports", report] => Self::Report((*report).into()),
            ["settings"] => Self::Settings(Section::Me),
            ["settings", section] => Self::Settings(Section::parse(section)?),
            _ => return None,
        })
    }

    /// Reads a path inside a project: `runs`, `help/codes`.
    pub fn of_path(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        Self::parse(&parts)
    }

    /// The name of the screen; of a thing on it, the name of the list it stands in.
    pub const fn shown(&self) -> &'static str {
        match self {
            Self::CommandCenter => "Command Center",
            Self::Runs | Self::Run(_) | Self::Compare(..) | Self::NewReport(_) | Self::Bulk(_) => {
                "Runs"
            }
            Self::Workflows | Self::Workflow(_) => "Workflows",
            Self::Missions | Self::Mission(_) => "Missions",
            Self::Health => "Health",
            Self::Queues => "Queues",
            Self::Waitpoints => "Waitpoints",
            Self::Audit => "Audit",
            Self::Help | Self::Guide(_) | Self::Codes => "Help",
            Self::Notifications => "Notifications",
            Self::Reports | Self::Report(_) => "Reports",
            Self::Settings(_) => "Settings",
        }
    }

    /// The list a single thing belongs to; itself for a list.
    pub fn list(&self) -> Self {
        match self {
            Self::Run(_) | Self::Compare(..) | Self::NewReport(_) | Self::Bulk(_) => Self::Runs,
            Self::Report(_) => Self::Reports,
            Self::Workflow(_) => Self::Workflows,
            Self::Mission(_) => Self::Missions,
            Self::Guide(_) | Self::Codes => Self::Help,
            Self::Settings(_) => Self::Settings(Section::Me),
            Self::CommandCenter
            | Self::Runs
            | Self::Workflows
            | Self::Missions
            | Self::Health
            | Self::Queues
            | Self::Waitpoints
            | Self::Audit
            | Self::Help
            | Self::Notifications
            | Self::Reports => self.clone(),
        }
    }
}

impl Place {
    /// The address of a page: `/acme/sales/runs/run_01J…`.
    pub fn link(&self, page: &Page) -> String {
        let mut path = String::new();
        let mut push = |part: &str| {
            path.push('/');
            text::encode(part, &mut path);
        };
        push(self.tenant.as_str());
        push(self.project.as_str());
        match page {
            Page::CommandCenter => push("command-center"),
            Page::Runs => push("runs"),
            Page::Run(run) => {
                push("runs");
                push(run.as_str());
            }
            Page::Compare(run, other) => {
                push("runs");
                push(run.as_str());
                push("compare");
                if let Some(other) = other {
                    push(other.as_str());
                }
            }
            Page::Bulk(job) => {
                push("bulk");
                push(job.as_str());
            }
            Page::Workflows => push("workflows"),
            Page::Workflow(workflow) => {
                push("workflows");
                push(workflow.as_str());
            }
            Page::Missions => push("missions"),
            Page::Mission(mission) => {
                push("missions");
                push(mission.as_str());
            }
            Page::Health => push("health"),
            Page::Queues => push("queues"),
            Page::Waitpoints => push("waitpoints"),
            Page::Audit => push("audit"),
            Page::Help => push("help"),
            Page::Guide(guide) => {
                push("help");
                push(guide.slug());
            }
            Page::Notifications => push("notifications"),
            Page::NewReport(run) => {
                push("runs");
                push(run.as_str());
                push("report");
            }
            Page::Reports => push("reports"),
            Page::Report(report) => {
                push("reports");
                push(report.as_str());
            }
            Page::Codes => {
                push("help");
                push("codes");
            }
            Page::Settings(section) => {
                push("settings");
                push(section.slug());
            }
        }
        path
    }

    pub fn run(&self, run: &RunId) -> String {
        self.link(&Page::Run(run.clone()))
    }

    /// A run beside another.
    pub fn compare(&self, run: &RunId, other: &RunId) -> String {
        self.link(&Page::Compare(run.clone(), Some(other.clone())))
    }

    /// Two attempts of one run beside each other.
    pub fn compare_attempts(&self, run: &RunId, attempt: u32, with: u32) -> String {
        let (attempt, with) = (attempt.to_string(), with.to_string());
        with_query(
            &self.compare(run, run),
            &[("attempt", &attempt), ("with", &with)],
        )
    }

    /// A run beside the last completed one of its workflow, whatever attempts it has.
    pub fn compare_completed(&self, run: &RunId) -> String {
        let path = self.link(&Page::Compare(run.clone(), None));
        with_query(&path, &[("with", "completed")])
    }

    /// A run with a step selected and a tab of it open.
    pub fn run_step(&self, run: &RunId, step: &StepPath, tab: &str) -> String {
        with_query(&self.run(run), &[("step", step.as_str()), ("tab", tab)])
    }

    /// The audit trail with one entry open.
    pub fn audit_entry(&self, seq: u64) -> String {
        with_query(&self.link(&Page::Audit), &[("entry", &seq.to_string())])
    }

    /// The audit trail of one run.
    pub fn audit_of(&self, run: &RunId) -> String {
        with_query(&self.link(&Page::Audit), &[("run", run.as_str())])
    }

    pub fn bulk(&self, job: &BulkId) -> String {
        self.link(&Page::Bulk(job.clone()))
    }

    /// The entries of the audit trail that belong to a bulk job.
    pub fn audit_of_bulk(&self, job: &BulkId) -> String {
        with_query(&self.link(&Page::Audit), &[("q", job.as_str())])
    }

    pub fn workflow(&self, workflow: &WorkflowId) -> String {
        self.link(&Page::Workflow(workflow.clone()))
    }

    pub fn mission(&self, mission: &MissionId) -> String {
        self.link(&Page::Mission(mission.clone()))
    }

    /// The guide to what a run met: it names the run, to come back to, and the failure code.
    pub fn guide_of_run(&self, guide: Guide, run: &RunId, code: Option<FailureCode>) -> String {
        let code = code.map_or("", FailureCode::as_str);
        with_query(
            &self.link(&Page::Guide(guide)),
            &[("run", run.as_str()), ("code", code)],
        )
    }

    /// The guide to a failure code, for no run in particular.
    pub fn guide_of_code(&self, code: FailureCode) -> String {
        let guide = self.link(&Page::Guide(Guide::of_code(code)));
        with_query(&guide, &[("code", code.as_str())])
    }

    /// Where a failure code or another word is explained: `…/help/codes#LLM_REQUEST_FAILED`.
    pub fn explained(&self, word: &str) -> String {
        format!("{}#{word}", self.link(&Page::Codes))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn place() -> Place {
        Place {
            tenant: "metro".into(),
            project: "sales".into(),
        }
    }

    #[test]
    fn every_address_that_is_written_is_read_as_the_same_page() {
        let pages = [
            (Page::CommandCenter, "/metro/sales/command-center"),
            (Page::Runs, "/metro/sales/runs"),
            (Page::Run("run_01J".into()), "/metro/sales/runs/run_01J"),
            (Page::Bulk("blk_01J".into()), "/metro/sales/bulk/blk_01J"),
            (Page::Workflows, "/metro/sales/workflows"),
            (
                Page::Workflow("wf_01J".into()),
                "/metro/sales/workflows/wf_01J",
            ),
            (Page::Missions, "/metro/sales/missions"),
            (
                Page::Mission("mis_01J".into()),
                "/metro/sales/missions/mis_01J",
            ),
            (Page::Health, "/metro/sales/health"),
            (Page::Queues, "/metro/sales/queues"),
            (Page::Waitpoints, "/metro/sales/waitpoints"),
            (Page::Audit, "/metro/sales/audit"),
            (Page::Help, "/metro/sales/help"),
            (
                Page::Guide(Guide::RunFailed),
                "/metro/sales/help/run-failed",
            ),
            (Page::Notifications, "/metro/sales/notifications"),
            (
                Page::NewReport("run_1".into()),
                "/metro/sales/runs/run_1/report",
            ),
            (
                Page::Compare("run_1".into(), None),
                "/metro/sales/runs/run_1/compare",
            ),
            (
                Page::Compare("run_1".into(), Some("run_2".into())),
                "/metro/sales/runs/run_1/compare/run_2",
            ),
            (Page::Reports, "/metro/sales/reports"),
            (Page::Report("rep_1".into()), "/metro/sales/reports/rep_1"),
            (Page::Codes, "/metro/sales/help/codes"),
            (Page::Settings(Section::Me), "/metro/sales/settings/me"),
        ];
        let sections = Section::ALL.map(|section| {
            let path = format!("/metro/sales/settings/{}", section.slug());
            (Page::Settings(section), path)
        });
        let pages = pages.map(|(page, path)| (page, path.to_owned()));
        for (page, path) in pages.into_iter().chain(sections) {
            assert_eq!(place().link(&page), path);
            assert_eq!(Area::parse(&path), Area::Inside(place(), Some(page)));
        }
    }

    #[test]
    fn odd_characters_survive_the_address() {
        let place = Place {
            tenant: "a b/c".into(),
            project: "größe".into(),
        };
        let path = place.link(&Page::Runs);
        assert_eq!(Area::parse(&path), Area::Inside(place, Some(Page::Runs)));
    }

    #[test]
    fn short_and_unknown_addresses() {
        assert_eq!(Area::parse("/"), Area::Home);
        assert_eq!(Area::parse(Area::FILE), Area::File);
        assert_eq!(Area::parse("/sign-in"), Area::SignIn);
        assert_eq!(
            Area::parse("/metro/sales"),
            Area::Inside(place(), Some(Page::CommandCenter))
        );
        assert_eq!(
            Area::parse("/metro/sales/no-such"),
            Area::Inside(place(), None)
        );
        assert_eq!(
            Area::parse("/metro/sales/help/no-such-guide"),
            Area::Inside(place(), None)
        );
        assert_eq!(
            Area::parse("/metro/sales/settings"),
            Area::Inside(place(), Some(Page::Settings(Section::Me)))
        );
        assert_eq!(
            Area::parse("/metro/sales/settings/no-such-section"),
            Area::Inside(place(), None)
        );
        assert_eq!(Area::parse("/metro"), Area::Unknown);
    }

    #[test]
    fn a_link_to_a_step_carries_its_path_and_tab() {
        let link = place().run_step(&"run_1".into(), &"lines[3].look_up".into(), "error");
        assert_eq!(
            link,
            "/metro/sales/runs/run_1?step=lines%5B3%5D.look_up&tab=error"
        );
    }
}
