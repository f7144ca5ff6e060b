//! The filters in force, each with a way to take it off.

use super::filter::{Filters, KEYS, SPANS, write};
use crate::{
    api::{Query, workflows},
    routes::{
        param::{Address, Step},
        with_query,
    },
    ui::chip::Chip,
};
use leptos::prelude::*;
use model::api::{Page, WorkflowRow};
use model::{FailureCode, RunStatus};

/// One chip: the parameter it stands for, its name, its value, and what is left in the address when it is taken off.
#[derive(Clone, PartialEq)]
struct One {
    key: &'static str,
    name: &'static str,
    value: String,
    rest: Option<String>,
}

fn chips(filters: &Filters, workflow_name: impl Fn(&str) -> String) -> Vec<One> {
    let mut all = Vec::new();
    let mut several = |key: &'static str,
                       name: &'static str,
                       words: &[String],
                       shown: &dyn Fn(&str) -> String| {
        for word in words {
            let rest: Vec<String> = words.iter().filter(|own| *own != word).cloned().collect();
            all.push(One {
                key,
                name,
                value: shown(word),
                rest: write(&rest, String::as_str),
            });
        }
    };
    let same = |word: &str| word.to_owned();
    let status: Vec<String> = filters
        .status
        .iter()
        .map(|status| status.as_str().to_owned())
        .collect();
    let code: Vec<String> = filters
        .code
        .iter()
        .map(|code: &FailureCode| code.as_str().to_owned())
        .collect();
    let trigger: Vec<String> = filters
        .trigger
        .iter()
        .map(|trigger| trigger.as_str().to_owned())
        .collect();
    several("status", "Status", &status, &|word| {
        RunStatus::parse(word).map_or(word.to_owned(), |status| status.shown().to_owned())
    });
    several("workflow", "Workflow", &filters.workflow, &workflow_name);
    several("code", "Code", &code, &same);
    several("queue", "Queue", &filters.queue, &same);
    several("trigger", "Trigger", &trigger, &same);
    let mut single = |key: &'static str, name: &'static str, value: String| {
        if !value.is_empty() {
            all.push(One {
                key,
                name,
                value,
                rest: None,
            });
        }
    };
    let span = SPANS
        .iter()
        .find(|(word, ..)| *word == filters.time)
        .map(|(_, shown, _)| (*shown).to_owned());
    single("time", "Time", span.unwrap_or_default());
    single("who", "Who", filters.who.clone());
    single("label", "Label", filters.label.clone());
    single(
        "unresolved",
        "Only",
        if filters.unresolved {
            "unresolved".to_owned()
        } else {
            String::new()
        },
    );
    single("q", "Text", filters.q.clone());
    all
}

#[component]
pub fn Chips(filters: Memo<Filters>) -> AnyView {
    let address = StoredValue::new(Address::get());
    let names =
        Query::<Page<WorkflowRow>>::get(|| Some(with_query(workflows::LIST, &[("limit", "100")])));
    let all = Memo::new(move |_| {
        let names = names.data();
        let name = |id: &str| {
            let found = names
                .as_ref()
                .and_then(|page| page.items.iter().find(|row| row.id.as_str() == id));
            found.map_or_else(|| id.to_owned(), |row| row.name.clone())
        };
        filters.with(|filters| chips(filters, name))
    });
    let clear = move |_| {
        let none: Vec<(&str, Option<String>)> = KEYS.iter().map(|key| (*key, None)).collect();
        address.with_value(|address| address.set(&none, Step::Push));
    };
    let one = move |chip: One| {
        let remove = move || {
            address.with_value(|address| address.set(&[(chip.key, chip.rest.clone())], Step::Push));
        };
        view! { <Chip name=chip.name value=chip.value on_remove=move |()| remove() /> }
    };
    let shown = move || {
        let all = all.get();
        (!all.is_empty()).then(|| {
            view! {
                <div class="runs__chips">
                    {all.into_iter().map(one).collect_view()}
                    <button type="button" class="link-button" on:click=clear>"Clear all"</button>
                </div>
            }
        })
    };
    shown.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taking_one_of_several_off_keeps_the_others() {
        let filters = Filters {
            status: vec![RunStatus::Failed, RunStatus::Blocked],
            q: "x".into(),
            ..Filters::default()
        };
        let all = chips(&filters, ToOwned::to_owned);
        let words: Vec<(&str, &str, Option<&str>)> = all
            .iter()
            .map(|one| (one.name, one.value.as_str(), one.rest.as_deref()))
            .collect();
        assert_eq!(
            words,
            [
                ("Status", "Failed", Some("blocked")),
                ("Status", "Blocked", Some("failed")),
                ("Text", "x", None)
            ]
        );
    }
}
