//! What the step did in both, up to and with the first entry that differs.

use super::of::{Noun, Of};
use crate::{
    api::{ErrorFace, Query},
    routes::param::{Address, Step, param},
    ui::{button::Button, fmt, icon::lucide, skeleton::Skeleton, talk::entry},
};
use engine::StepState;
use leptos::prelude::*;
use model::TranscriptEntry;
use model::api::{TranscriptLine, TranscriptPage};

/// The value of the address that opens the transcripts.
const OPEN: &str = "open";

/// Both transcripts of the attempts in which the step came to stand as it does; nothing where neither has one.
pub fn of(this: Option<(&Of, &StepState)>, other: Option<(&Of, &StepState)>) -> AnyView {
    let entries = |side: Option<(&Of, &StepState)>| -> u64 {
        let tries = side.iter().flat_map(|(_, step)| &step.history);
        let own = tries.filter(|tried| side.is_some_and(|(_, step)| tried.attempt == step.attempt));
        own.map(|tried| tried.entries).sum()
    };
    let (here, there) = (entries(this), entries(other));
    if here + there == 0 {
        return ().into_any();
    }
    let path = |side: Option<(&Of, &StepState)>| {
        side.filter(|_| entries(side) > 0)
            .map(|(of, step)| of.transcript(&step.path, step.attempt))
    };
    let (this, other) = (path(this), path(other));
    view! {
        <section>
            <h3>"Transcript"</h3>
            <Talk this other here there />
        </section>
    }
    .into_any()
}

#[component]
fn Talk(
    /// The addresses of the transcripts; absent where there is none.
    this: Option<String>,
    other: Option<String>,
    /// How many entries they have.
    here: u64,
    there: u64,
) -> AnyView {
    let noun = Noun::get();
    let address = StoredValue::new(Address::get());
    let wanted = param("transcript");
    let open = Memo::new(move |_| wanted.with(|wanted| wanted == OPEN));
    let turn = move || {
        let to = (!open.get_untracked()).then(|| OPEN.to_owned());
        address.with_value(|address| address.set(&[("transcript", to)], Step::Replace));
    };
    let (has_this, has_other) = (this.is_some(), other.is_some());
    let load = |path: Option<String>| {
        Query::<TranscriptPage>::get(move || path.clone().filter(|_| open.get()))
    };
    let (own, against) = (load(this), load(other));
    let error = Signal::derive(move || own.error().or_else(|| against.error()));
    let retry = Callback::new(move |()| {
        own.reload();
        against.reload();
    });
    let body = move || {
        if !open.get() {
            return ().into_any();
        }
        let (own, against) = (own.data(), against.data());
        if (has_this && own.is_none()) || (has_other && against.is_none()) {
            return if error.with(Option::is_some) {
                view! { <ErrorFace error what="the transcripts" retry compact=true /> }.into_any()
            } else {
                view! { <Skeleton lines=4 /> }.into_any()
            };
        }
        let cut = [&own, &against]
            .into_iter()
            .flatten()
            .any(|page| page.next_after.is_some());
        let lines = |page: Option<std::sync::Arc<TranscriptPage>>| {
            page.map(|page| page.items.clone()).unwrap_or_default()
        };
        let parted = parted(lines(own), lines(against), noun);
        view! {
            {cut.then(|| view! { <p class="compare__none">"Only what the first 1,000 events of each transcript hold is compared."</p> })}
            {parted}
        }
        .into_any()
    };
    let both = format!(
        "{} here, {} there.",
        fmt::plural(here, "entry", "entries"),
        fmt::count(there)
    );
    view! {
        <p class="compare__legend">
            <Button small=true icon=lucide::LuMessagesSquare pressed=open on_click=turn>"Compare the transcripts"</Button>
            " "{both}
        </p>
        {body}
    }
    .into_any()
}

fn parted(this: Vec<TranscriptLine>, other: Vec<TranscriptLine>, noun: Noun) -> AnyView {
    let same = alike(&this, &other);
    let (left, right) = (this.len() - same, other.len() - same);
    let shown = RwSignal::new(false);
    let words = if left + right == 0 {
        format!(
            "Both did the same: {}.",
            fmt::plural(same as u64, "entry", "entries")
        )
    } else if same == 0 {
        "They part at their first entry.".to_owned()
    } else {
        let alike = fmt::plural(same as u64, "entry is", "entries are");
        format!("{alike} the same; then they part.")
    };
    let fork = (left + right > 0).then(|| {
        let side = |name: String, line: Option<&TranscriptLine>, more: usize| {
            let label = name.clone();
            let entry = match line {
                Some(line) => view! { <ol class="talk">{entry(line.clone())}</ol> }.into_any(),
                None => view! { <p class="compare__none">"It ends here."</p> }.into_any(),
            };
            let more = (more > 1).then(|| {
                let more =
                    fmt::plural(more as u64 - 1, "more entry follows", "more entries follow");
                view! { <p class="compare__none">{more}"."</p> }
            });
            view! {
                <section class="compare__side" aria-label=format!("{label}, where they part")>
                    <h4 class="compare__name">{name}</h4>
                    {entry}
                    {more}
                </section>
            }
        };
        view! {
            <div class="compare__head">
                {side(noun.this(), this.get(same), left)}
                {side(noun.other(), other.get(same), right)}
            </div>
        }
    });
    let alike = StoredValue::new(this.into_iter().take(same).collect::<Vec<_>>());
    let before = move || {
        shown.get().then(|| {
            let all = alike.get_value().into_iter().map(entry).collect_view();
            view! { <ol class="talk">{all}</ol> }
        })
    };
    view! {
        <p class="compare__difference">
            {words}
            {(same > 0).then(|| view! {
                " "
                <button type="button" class="link-button" aria-expanded=move || shown.get().to_string() on:click=move |_| shown.update(|shown| *shown = !*shown)>
                    {move || if shown.get() { "Hide what is the same" } else { "Show what is the same" }}
                </button>
            })}
        </p>
        {before}
        {fork}
    }
    .into_any()
}

/// How many entries both begin with.
fn alike(this: &[TranscriptLine], other: &[TranscriptLine]) -> usize {
    let pairs = this.iter().zip(other);
    pairs
        .take_while(|(this, other)| says_the_same(&this.entry, &other.entry))
        .count()
}

/// Whether both say the same. What an entry cost, how long it took and the id of a call are new each time.
fn says_the_same(this: &TranscriptEntry, other: &TranscriptEntry) -> bool {
    use TranscriptEntry::{Error, FileEdit, Log, Message, Thinking, ToolCall, ToolResult};
    match (this, other) {
        (
            Message { role, text, .. },
            Message {
                role: r, text: t, ..
            },
        ) => (role, text) == (r, t),
        (Thinking { text }, Thinking { text: t })
        | (Log { text }, Log { text: t })
        | (Error { text }, Error { text: t }) => text == t,
        (
            ToolCall {
                server,
                tool,
                arguments,
                ..
            },
            ToolCall {
                server: s,
                tool: t,
                arguments: a,
                ..
            },
        ) => (server, tool, arguments) == (s, t, a),
        (
            ToolResult {
                result, is_error, ..
            },
            ToolResult {
                result: r,
                is_error: e,
                ..
            },
        ) => (result, is_error) == (r, e),
        (
            FileEdit { path, diff, .. },
            FileEdit {
                path: p, diff: d, ..
            },
        ) => (path, diff) == (p, d),
        (
            Message { .. }
            | Thinking { .. }
            | ToolCall { .. }
            | ToolResult { .. }
            | FileEdit { .. }
            | Log { .. }
            | Error { .. },
            _,
        ) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Timestamp;
    use serde_json::json;

    fn line(entry: TranscriptEntry) -> TranscriptLine {
        TranscriptLine {
            seq: 1,
            at: Timestamp::default(),
            attempt: 1,
            try_no: 1,
            entry,
        }
    }

    fn call(id: &str, part: &str) -> TranscriptLine {
        line(TranscriptEntry::ToolCall {
            id: id.into(),
            server: "shop".into(),
            tool: "price".into(),
            arguments: json!({ "part": part }),
        })
    }

    fn result(ms: u64) -> TranscriptLine {
        line(TranscriptEntry::ToolResult {
            id: "x".into(),
            result: json!(1180),
            is_error: false,
            duration_ms: ms,
        })
    }

    #[test]
    fn they_part_where_something_else_is_said() {
        let this = [call("a", "HP-40"), result(10), call("b", "SK-9")];
        let other = [call("c", "HP-40"), result(99), call("d", "SK-10")];
        assert_eq!(alike(&this, &other), 2);
        assert_eq!(alike(&this, &this), 3);
        assert_eq!(alike(&this, &other[..1]), 1);
        assert_eq!(alike(&this[1..], &other), 0);
        assert_eq!(alike(&[], &other), 0);
    }
}
