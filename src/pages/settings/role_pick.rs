//! Choosing a role, with what each one allows.

use crate::{state::session, ui::dom::unique_id};
use leptos::prelude::*;
use model::Role;

/// What a role allows, beside what the one below it does.
pub const fn allows(role: Role) -> &'static str {
    match role {
        Role::ProjectViewer => "Read everything in the project, report runs",
        Role::ProjectContributor => {
            "Also start and control runs, decide tasks, edit and publish workflows"
        }
        Role::ProjectAdmin => {
            "Also change providers, connections and queues, invite members, set up webhooks"
        }
        Role::TenantAdmin => "Everything in every project of the tenant",
    }
}

/// The roles up to one's own. `value` holds the word of the chosen one.
#[component]
pub fn RolePick(value: RwSignal<String>) -> AnyView {
    let access = session::access();
    let name = unique_id("role");
    let group = name.clone();
    let mut all = Role::ALL.to_vec();
    all.reverse();
    let one = move |role: Role| {
        let id = unique_id("role");
        let hint = format!("{id}-hint");
        let above = move || access.get().is_none_or(|access| access.role < role);
        let says = move || {
            if above() {
                "Nobody gives a role above their own.".to_owned()
            } else {
                allows(role).to_owned()
            }
        };
        view! {
            <div class="pick__one">
                <input
                    type="radio"
                    class="pick__box"
                    id=id.clone()
                    name=group.clone()
                    disabled=above
                    aria-describedby=hint.clone()
                    prop:checked=move || value.with(|value| value == role.as_str())
                    on:change=move |_| value.set(role.as_str().to_owned())
                />
                <label class="pick__label" for=id>{role.shown()}</label>
                <span class="field__hint pick__hint" id=hint>{says}</span>
            </div>
        }
    };
    view! {
        <fieldset class="field pick">
            <legend class="field__label">"Role"</legend>
            {all.into_iter().map(one).collect_view()}
        </fieldset>
    }
    .into_any()
}
