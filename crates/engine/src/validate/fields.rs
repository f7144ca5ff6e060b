//! Which fields there are and what they hold: one table for all of it.

/// What a field may hold.
#[derive(Clone, Copy)]
pub(in crate::validate) enum Holds {
    Text,
    Flag,
    /// A whole number in this range.
    Whole(u64, u64),
    /// Any number in this range.
    Number(f64, f64),
    Anything,
    List,
    Object,
    Texts,
    /// An object of texts.
    TextMap,
    OneOf(&'static [&'static str]),
    OnFailure,
    Schema,
    Steps,
    About,
    /// An object of these fields.
    Fields(&'static [Field]),
    /// A list of such objects.
    ListOf(&'static [Field]),
}

pub(in crate::validate) type Field = (&'static str, Holds);

const YEAR_S: u64 = 31_536_000;

pub(in crate::validate) const WORKFLOW: &[Field] = &[
    ("$schema", Holds::Text),
    ("name", Holds::Text),
    ("description", Holds::Text),
    ("queue", Holds::Text),
    ("timeout_s", Holds::Whole(1, YEAR_S)),
    ("ttl_s", Holds::Whole(1, YEAR_S)),
    ("resume", Holds::OneOf(&["manual", "auto"])),
    ("input_schema", Holds::Schema),
    ("labels", Holds::TextMap),
    ("about", Holds::About),
    ("output", Holds::Anything),
    ("steps", Holds::Steps),
];

pub(in crate::validate) const STEP: &[Field] = &[
    ("id", Holds::Text),
    ("type", Holds::Text),
    ("name", Holds::Text),
    ("depends_on", Holds::Texts),
    ("condition", Holds::Text),
    ("enabled", Holds::Flag),
    ("retry_count", Holds::Whole(0, 100)),
    ("retry_backoff_s", Holds::Number(0.0, 3600.0)),
    ("timeout_s", Holds::Whole(1, YEAR_S)),
    ("on_failure", Holds::OnFailure),
    ("effect", Holds::OneOf(&["read", "idempotent", "write"])),
];

/// The fields of a step's type; `None` for a type there is not.
pub(in crate::validate) fn fields_of(kind: &str) -> Option<&'static [Field]> {
    Some(match kind {
        "mcp_call" => &[
            ("server", Holds::Text),
            ("server_url", Holds::Text),
            ("tool_name", Holds::Text),
            ("arguments", Holds::Object),
            ("artifact", Holds::Text),
        ],
        "llm_call" => &[
            ("provider", Holds::Text),
            ("model", Holds::Text),
            ("system", Holds::Text),
            ("prompt", Holds::Text),
            ("output_schema", Holds::Schema),
            ("temperature", Holds::Number(0.0, 2.0)),
            ("max_tokens", Holds::Whole(1, 10_000_000)),
            ("mock", Holds::List),
            ("artifact", Holds::Text),
        ],
        "agent_call" => &[
            ("provider", Holds::Text),
            ("model", Holds::Text),
            ("system", Holds::Text),
            ("prompt", Holds::Text),
            (
                "tools",
                Holds::ListOf(&[
                    ("server", Holds::Text),
                    ("server_url", Holds::Text),
                    ("only", Holds::Texts),
                ]),
            ),
            (
                "sandbox",
                Holds::Fields(&[
                    ("folder", Holds::Text),
                    ("files", Holds::TextMap),
                    (
                        "git",
                        Holds::Fields(&[
                            ("url", Holds::Text),
                            ("ref", Holds::Text),
                            ("connection", Holds::Text),
                        ]),
                    ),
                ]),
            ),
            ("chat", Holds::Flag),
            (
                "limits",
                Holds::Fields(&[
                    ("turns", Holds::Whole(1, 1_000)),
                    ("tokens", Holds::Whole(1, 1_000_000_000)),
                    ("dollars", Holds::Number(0.000_001, 1_000_000.0)),
                    ("seconds", Holds::Whole(1, YEAR_S)),
                ]),
            ),
            ("output_schema", Holds::Schema),
            ("temperature", Holds::Number(0.0, 2.0)),
            ("max_tokens", Holds::Whole(1, 10_000_000)),
            ("mock", Holds::List),
            ("artifact", Holds::Text),
        ],
        "lua_script" => &[("script", Holds::Text), ("input", Holds::Anything)],
        "human_task" => &[
            ("title", Holds::Text),
            ("instructions", Holds::Text),
            ("assignee", Holds::Text),
            ("data", Holds::Anything),
            ("result_schema", Holds::Schema),
            ("on_reject", Holds::OneOf(&["run", "branch"])),
            ("checkpoint", Holds::Flag),
        ],
        "waitpoint" => &[
            ("title", Holds::Text),
            ("schema", Holds::Schema),
            ("expires_in_s", Holds::Whole(1, YEAR_S)),
        ],
        "timer" => &[("seconds", Holds::Anything)],
        "for_each" => &[
            ("items", Holds::Anything),
            ("concurrency", Holds::Whole(1, 1_000)),
            ("on_item_error", Holds::OneOf(&["stop", "skip", "collect"])),
            ("steps", Holds::Steps),
        ],
        "while" => &[
            ("max_iterations", Holds::Whole(1, 10_000)),
            ("steps", Holds::Steps),
        ],
        "workflow_call" => &[("workflow", Holds::Text), ("input", Holds::Anything)],
        _ => return None,
    })
}

/// The fields of the document, or of a step of this type.
#[cfg(test)]
pub(super) fn field_names(kind: Option<&str>) -> std::collections::BTreeSet<String> {
    let own = kind.and_then(fields_of).unwrap_or(WORKFLOW);
    let common = if kind.is_some() { STEP } else { &[] };
    let fields = own.iter().chain(common);
    fields.map(|(name, _)| (*name).to_owned()).collect()
}
