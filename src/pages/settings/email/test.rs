//! A message to see whether the server works.

use crate::{
    api::{Api, channels},
    moves::form::{Form, Sending, text},
    ui::{
        card::Card,
        field::{TextField, TextKind},
    },
};
use leptos::prelude::*;

/// `sent` counts what was sent from here.
#[component]
pub fn Test(sent: RwSignal<u64>) -> AnyView {
    let api = Api::get();
    let sending = Sending::new();
    let to = RwSignal::new(String::new());
    let send = move || {
        let address = text(to);
        sending.send(
            |key| async move { channels::test_email(api, address, &key).await },
            move |answer| {
                sending.say(format!(
                    "A test message to {} is on its way.",
                    answer.value.to
                ));
                sent.try_update(|sent| *sent += 1);
            },
        );
    };
    view! {
        <Card title="Test">
            <Form sending what="the test message" verb="Send a test message" on_submit=move |()| send()>
                <TextField
                    label="To"
                    value=to
                    kind=TextKind::Email
                    error=sending.wrong("/to")
                    placeholder="you@example.com"
                    hint="What comes of it stands below."
                />
            </Form>
        </Card>
    }
    .into_any()
}
