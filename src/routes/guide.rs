//! The guides by name, and which of them explains a code, a blocker or a refusal. What they say is in `public/help/`.

use model::{BlockedBy, FailureCode};

macro_rules! guides {
    ($($name:ident = $slug:literal;)*) => {
        /// A guide: symptoms, causes, how to fix it, where to look next, when to report.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Guide { $($name,)* }

        impl Guide {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its name in addresses: `run-failed`.
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug),* }
            }

            pub fn parse(slug: &str) -> Option<Self> {
                match slug { $($slug => Some(Self::$name),)* _ => None }
            }
        }
    };
}

guides! {
    RunFailed = "run-failed";
    RetryCancelFix = "retry-cancel-or-fix";
    DecisionWaiting = "decision-waiting";
    RunBlocked = "run-blocked";
    RunInterrupted = "run-interrupted";
    RunStopped = "run-stopped";
    RunLimits = "run-limits";
    NoEvents = "no-events";
    StuckInQueue = "stuck-in-queue";
    HungStep = "hung-step";
    Waitpoint = "waitpoint";
    RepairQueues = "repair-queues";
    ModelCall = "model-call";
    McpTool = "mcp-tool";
    Service = "service-unavailable";
    Sandbox = "sandbox";
    Host = "host-disconnected";
    ProfileTest = "profile-test";
    Credential = "credential";
    OauthReconnect = "oauth-reconnect";
    Repository = "repository";
    DocumentImport = "document-import";
    PermissionDenied = "permission-denied";
    SignedOut = "signed-out";
    FileMissing = "file-missing";
    SecretMissing = "secret-missing";
    PullRequest = "pull-request";
    Merge = "merge";
    Validation = "validation";
    TemplateFields = "template-fields";
    LuaScript = "lua-script";
    PolicyBlocked = "policy-blocked";
    BudgetExceeded = "budget-exceeded";
    Credits = "credits";
    RequestRefused = "request-refused";
}

impl Guide {
    /// The guide that explains a failure code.
    pub const fn of_code(code: FailureCode) -> Self {
        match code {
            FailureCode::McpToolFailed => Self::McpTool,
            FailureCode::LlmRequestFailed => Self::ModelCall,
            FailureCode::InsufficientCredits => Self::Credits,
            FailureCode::RunStalledOrTimedOut => Self::HungStep,
            FailureCode::DrainTimeout | FailureCode::RunStopped => Self::RunStopped,
            FailureCode::HumanTaskFailed => Self::DecisionWaiting,
            FailureCode::UpstreamError
            | FailureCode::DependencyUnavailable
            | FailureCode::EntityOffline => Self::Service,
            FailureCode::PolicyBlocked => Self::PolicyBlocked,
            FailureCode::BudgetExceeded => Self::BudgetExceeded,
            FailureCode::QuotaExceeded | FailureCode::AgentLimitReached => Self::RunLimits,
            FailureCode::CredentialRequired => Self::Credential,
            FailureCode::EnvironmentBlocked => Self::RunBlocked,
            FailureCode::SandboxFailed => Self::Sandbox,
            FailureCode::HostDisconnected => Self::Host,
            FailureCode::WaitpointTimedOut => Self::Waitpoint,
            FailureCode::InvalidInput => Self::TemplateFields,
            FailureCode::LuaScriptFailed => Self::LuaScript,
            FailureCode::ArtifactMissing => Self::FileMissing,
            FailureCode::WorkerCrashed | FailureCode::PlatformInterrupted => Self::RunInterrupted,
            FailureCode::DispatchFailed => Self::StuckInQueue,
        }
    }

    /// The guide that says how a blocker is cleared.
    pub const fn of_block(by: BlockedBy) -> Self {
        match by {
            BlockedBy::Credential => Self::Credential,
            BlockedBy::Environment => Self::RunBlocked,
            BlockedBy::Host => Self::Host,
            BlockedBy::Entity => Self::Service,
            BlockedBy::Policy => Self::PolicyBlocked,
            BlockedBy::Budget => Self::BudgetExceeded,
            BlockedBy::Quota => Self::RunLimits,
            BlockedBy::Credits => Self::Credits,
        }
    }

    /// The guide for a request that was answered with this HTTP status; `None` where the answer itself says it all.
    pub const fn of_refusal(status: u16) -> Option<Self> {
        match status {
            401 => Some(Self::SignedOut),
            403 => Some(Self::PermissionDenied),
            422 => Some(Self::Validation),
            404 | 409 | 429 | 500..=599 => Some(Self::RequestRefused),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_guide_is_found_by_a_name_of_its_own() {
        let slugs: HashSet<&str> = Guide::ALL.iter().map(|guide| guide.slug()).collect();
        assert_eq!(slugs.len(), Guide::ALL.len());
        for guide in Guide::ALL {
            assert_eq!(Guide::parse(guide.slug()), Some(*guide));
        }
        assert_eq!(Guide::parse("codes"), None);
    }
}
