//! Quiet hours, and where e-mail goes.

use super::preferences::Editor;
use crate::{
    api::Query,
    ui::{
        button::Button,
        card::Card,
        field::{TextField, TextKind},
        time::own_zone,
    },
};
use leptos::prelude::*;
use model::notify::{Layer, PreferencesView, QuietHours};

#[component]
pub fn QuietForm(editor: Editor, query: Query<PreferencesView>) -> AnyView {
    let (from, to, zone, email) = (
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
    );
    // What is kept fills the fields when the layer changes or was kept.
    let kept = Memo::new(move |_| {
        let own = editor.own();
        (own.quiet, own.email)
    });
    Effect::new(move || {
        let (quiet, address) = kept.get();
        let hours = quiet.unwrap_or(QuietHours {
            from: String::new(),
            to: String::new(),
            zone: own_zone().to_owned(),
        });
        from.set(hours.from);
        to.set(hours.to);
        zone.set(hours.zone);
        email.set(address.unwrap_or_default());
    });
    let save = move || {
        let text = |signal: RwSignal<String>| signal.get_untracked().trim().to_owned();
        let (from, to, zone, email) = (text(from), text(to), text(zone), text(email));
        editor.change(|own| {
            own.quiet =
                (!from.is_empty() || !to.is_empty()).then_some(QuietHours { from, to, zone });
            own.email = (!email.is_empty()).then_some(email);
        });
    };
    let address = move || {
        (editor.layer.get() == Layer::Me).then(|| {
            let hint = Signal::derive(move || {
                query.data().map(|view| {
                    if !view.email_ready {
                        "No e-mail is sent yet: a tenant admin has to set up a server first.".to_owned()
                    } else if let Some(to) = &view.email_to {
                        format!("Now: {to}")
                    } else {
                        "Without an address you get no e-mail.".to_owned()
                    }
                })
            });
            view! { <TextField label="E-mail goes to" value=email kind=TextKind::Email hint optional=true /> }
        })
    };
    view! {
        <Card title="Quiet hours and e-mail">
            <div class="prefs__form">
                <div class="prefs__hours">
                    <TextField label="Quiet from" value=from placeholder="22:00" optional=true />
                    <TextField label="Quiet until" value=to placeholder="07:00" optional=true />
                </div>
                <TextField
                    label="Time zone"
                    value=zone
                    hint="Desktop and e-mail wait until quiet hours are over; the inbox and webhooks do not."
                />
                {address}
                <div><Button on_click=save>"Keep"</Button></div>
            </div>
        </Card>
    }
    .into_any()
}
