//! The words of environment health.

use crate::words::words;

words! {
    /// What a check looks at.
    CheckKind {
        /// A secret is there, can be opened and has not ended.
        Credential = "credential", "Credential";
        /// The service behind a connection takes its credential.
        Connection = "connection", "Connection";
        McpServer = "mcp_server", "MCP server";
        Provider = "provider", "Model provider";
        /// The backend behind tools.
        Entity = "entity", "Entity";
        Queue = "queue", "Queue";
        Worker = "worker", "Worker";
    }
}

words! {
    /// What a check found.
    CheckState {
        Passing = "passing", "Passing";
        /// It works, and a person should look at it soon.
        Warning = "warning", "Warning";
        Failing = "failing", "Failing";
        /// Nobody has looked yet.
        Unknown = "unknown", "Not checked";
    }
}
