//! The list of shortcuts: `?`.

use crate::{
    state::keys::{Command, Commands},
    ui::dialog::Dialog,
};
use leptos::prelude::*;

/// What the lists and menus themselves take, wherever they stand.
const IN_LISTS: [(&str, &str); 4] = [
    ("J / K", "Next and previous row"),
    ("Enter", "Open the row"),
    ("Home / End", "First and last row"),
    ("Esc", "Close what is open"),
];

#[component]
pub fn Sheet(open: RwSignal<bool>) -> AnyView {
    let Some(commands) = Commands::get() else {
        return ().into_any();
    };
    let groups = move || {
        let mut groups: Vec<(&'static str, Vec<Command>)> = Vec::new();
        for command in commands
            .all()
            .into_iter()
            .filter(|command| command.keys.is_some())
        {
            match groups.iter_mut().find(|(name, _)| *name == command.group) {
                Some((_, all)) => all.push(command),
                None => groups.push((command.group, vec![command])),
            }
        }
        groups
            .into_iter()
            .map(|(name, all)| {
                let rows = all.into_iter().filter_map(|command| Some(row(command.keys?, command.label))).collect_view();
                view! { <section class="keys__group"><h3>{name}</h3><dl class="keys">{rows}</dl></section> }
            })
            .collect_view()
    };
    view! {
        <Dialog open title="Keyboard shortcuts">
            <div class="keys__sheet">
                {groups}
                <section class="keys__group">
                    <h3>"In lists"</h3>
                    <dl class="keys">
                        {IN_LISTS.into_iter().map(|(keys, label)| row(keys, label.to_owned())).collect_view()}
                    </dl>
                </section>
            </div>
        </Dialog>
    }
    .into_any()
}

fn row(keys: &'static str, label: String) -> AnyView {
    let parts = keys
        .split(' ')
        .map(|key| {
            if key == "/" && keys.len() > 1 {
                view! { <span class="dim">"/"</span> }.into_any()
            } else {
                view! { <kbd class="kbd">{key}</kbd> }.into_any()
            }
        })
        .collect_view();
    view! { <div class="keys__row"><dt>{label}</dt><dd>{parts}</dd></div> }.into_any()
}
