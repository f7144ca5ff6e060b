//! Choosing the connection that runs of a workflow use instead of a wired one.

use super::{Data, used::Used};
use crate::{
    api::Api,
    moves::form::{Saving, form_dialog, some},
    ui::field::{Choice, Select},
};
use leptos::prelude::*;

pub fn override_dialog(data: Data) -> AnyView {
    let title = |used: &Used| format!("Use another connection instead of {}", used.id);
    form_dialog(data.choosing, title, move |used, saving| {
        inside(used, saving, data)
    })
}

fn inside(used: Used, saving: Saving, data: Data) -> AnyView {
    let api = Api::get();
    let chosen = RwSignal::new(used.instead.clone().unwrap_or_default());
    let own = used.id.clone();
    let choices = Signal::derive(move || {
        let none = Choice::new("", format!("{own} itself"));
        let page = data.connections.data();
        let others = page.iter().flat_map(|page| &page.items);
        let others = others
            .filter(|one| one.id != own)
            .map(|one| Choice::new(one.id.clone(), format!("{} · {}", one.id, one.auth.shown())));
        std::iter::once(none).chain(others).collect::<Vec<_>>()
    });
    let fields = view! {
        <Select
            label=format!("Where {} is wired, use", used.id)
            value=chosen
            choices
            error=saving.wrong("/overrides")
            on_change=move |to| chosen.set(to)
            hint="In runs of this workflow only, from the next step that begins."
        />
    };
    let save = move || {
        let to = some(chosen);
        if to == used.instead {
            return saving.close();
        }
        let from = used.id.clone();
        let said = to.as_ref().map_or_else(
            || format!("Runs use {from} itself again."),
            |to| format!("Runs use {to} where {from} is wired."),
        );
        saving.send(
            |key| async move { data.set(api, &from, to, &key).await },
            move |()| said,
        );
    };
    saving.form("this connection", fields.into_any(), save)
}
