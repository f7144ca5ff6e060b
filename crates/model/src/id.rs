//! Typed ids. Records made by the runtime carry a prefixed, sortable id (`run_` + ULID); what an author names (steps,
//! tenants, projects, queues) keeps the author's word.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $(: $prefix:literal)?;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            $(
                /// What every id of this kind begins with.
                pub const PREFIX: &'static str = $prefix;
            )?
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }
            pub fn as_str(&self) -> &str {
                &self.0
            }
            pub fn into_string(self) -> String {
                self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    )*};
}

ids! {
    /// One piece of work; never changes over its attempts.
    RunId: "run_";
    WorkflowId: "wf_";
    ArtifactId: "art_";
    AuditId: "aud_";
    TokenId: "tok_";
    UserId: "usr_";
    MissionId: "mis_";
    /// A person's decision that a run waits for, or the task a run belongs to.
    TaskId: "tsk_";
    /// A message in somebody's inbox.
    NotificationId: "ntf_";
    /// An address that messages are posted to.
    WebhookId: "whk_";
    /// One message on its way to one receiver.
    DeliveryId: "dlv_";
    /// The folder of files that the agents of a run work on.
    SandboxId: "sbx_";
    /// A move on many runs.
    BulkId: "blk_";
    /// A run reported to support.
    ReportId: "rep_";
    /// A slug, unique in the installation.
    TenantId;
    /// A slug, unique in its tenant.
    ProjectId;
    /// The id an author gave a step in the workflow document.
    StepId;
}

/// Where a step stands in a run. A top-level step's path is its id; a step in a loop adds the loop and the zero-based
/// iteration: `price_lines[3].look_up`. Its copies share the text: a run of many steps holds each path several times.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String))]
#[serde(transparent)]
pub struct StepPath(Arc<str>);

impl StepPath {
    pub fn new(path: impl Into<Arc<str>>) -> Self {
        Self(path.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0.as_ref().to_owned()
    }

    /// The path of `step` inside iteration `index` of the loop at `self`.
    pub fn child(&self, index: usize, step: &StepId) -> Self {
        Self::new(format!("{}[{index}].{step}", self.0))
    }

    /// The loop this step belongs to and its iteration; `None` at the top level.
    pub fn parent(&self) -> Option<(StepPath, usize)> {
        let (parent, index) = self.scope().strip_suffix(']')?.rsplit_once('[')?;
        Some((Self::from(parent), index.parse().ok()?))
    }

    /// The iteration this step stands in, as text: `price_lines[3]`; empty at the top level.
    pub fn scope(&self) -> &str {
        self.in_scope().map_or("", |end| &self.0[..=end])
    }

    /// Where that iteration's `].` stands.
    fn in_scope(&self) -> Option<usize> {
        self.0.as_bytes().windows(2).rposition(is_end)
    }

    /// The loops around it from the outermost on, each with its iteration, and the step itself: `("price_lines", Some(3))`,
    /// `("look_up", None)`.
    pub fn parts(&self) -> impl Iterator<Item = (&str, Option<usize>)> {
        let mut rest = Some(self.as_str());
        std::iter::from_fn(move || {
            let text = rest?;
            let end = text.as_bytes().windows(2).position(is_end);
            rest = end.map(|end| &text[end + 2..]);
            let part = end.map_or(text, |end| &text[..end]);
            Some(match part.split_once('[') {
                Some((id, index)) => (id, index.parse().ok()),
                None => (part, None),
            })
        })
    }

    /// The step's own id, without the loops around it.
    pub fn step(&self) -> StepId {
        let begin = self.in_scope().map_or(0, |end| end + 2);
        StepId(self.0[begin..].to_owned())
    }
}

/// Whether an iteration ends here. Paths are short and asked for by the ten thousand: a search for a text would take longer to
/// be set up than to be made.
fn is_end(pair: &[u8]) -> bool {
    pair == b"]."
}

impl fmt::Display for StepPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for StepPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for StepPath {
    fn from(path: &str) -> Self {
        Self(path.into())
    }
}

impl From<&StepId> for StepPath {
    fn from(id: &StepId) -> Self {
        Self::from(id.as_str())
    }
}

impl AsRef<str> for StepPath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// Whether `text` may name a step, a tenant, a project or a queue: 1 to 64 of `a-z A-Z 0-9 _ -`, a letter or `_` first.
pub fn is_slug(text: &str) -> bool {
    let mut chars = text.chars();
    text.len() <= 64
        && chars
            .next()
            .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nested_path_names_its_loop_iteration_and_step() {
        let path = StepPath::from("outer")
            .child(3, &"inner".into())
            .child(0, &"leaf".into());
        assert_eq!(path.as_str(), "outer[3].inner[0].leaf");
        assert_eq!(path.step().as_str(), "leaf");
        let (parent, index) = path
            .parent()
            .unwrap_or_else(|| panic!("a nested path has a parent"));
        assert_eq!((parent.as_str(), index), ("outer[3].inner", 0));
        assert_eq!(path.scope(), "outer[3].inner[0]");
        let plain = StepPath::from("plain");
        assert_eq!((plain.parent(), plain.scope()), (None, ""));
        let parts = [("outer", Some(3)), ("inner", Some(0)), ("leaf", None)];
        assert!(path.parts().eq(parts));
        assert!(plain.parts().eq([("plain", None)]));
        assert_eq!(plain.step().as_str(), "plain");
    }

    #[test]
    fn slugs_keep_paths_unambiguous() {
        assert!(is_slug("draft_quote-2"));
        for bad in ["", "2x", "a b", "a.b", "a[0]", "ü"] {
            assert!(!is_slug(bad), "{bad:?}");
        }
    }
}
