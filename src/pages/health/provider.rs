//! One model provider: its mode, its address, its last check.

use super::price::dollars;
use crate::{
    api::{ActionKey, Api, Query, providers},
    state::session,
    ui::{
        banner::Banner,
        button::{Button, ButtonKind},
        card::{Card, Fact, Facts},
        chip::Tag,
        icon::{Glyph, lucide},
        status::{Look, StatusBadge, Tone},
        table::{Column, Table},
        time::Time,
        toast::{Toast, Toasts},
    },
};
use leptos::prelude::*;
use model::api::{CheckResult, Page, Provider, ProviderMode};
use model::{Role, Scope};

const PRICES: &[Column] = &[
    Column::text("Model"),
    Column::number("Input, $ per million tokens"),
    Column::number("Output, $ per million tokens"),
];

pub fn card(
    provider: Memo<Provider>,
    query: Query<Page<Provider>>,
    editing: RwSignal<Option<Provider>>,
) -> AnyView {
    let may_check = session::denied(Role::ProjectContributor, Scope::WorkflowRun);
    let may_edit = session::denied(Role::ProjectAdmin, Scope::WorkflowRun);
    let api = Api::get();
    let toasts = Toasts::get();
    let busy = RwSignal::new(false);
    let check = move || {
        busy.set(true);
        let id = provider.with_untracked(|one| one.id.clone());
        leptos::task::spawn_local(async move {
            let answer = providers::check(api, &id, &ActionKey::fresh()).await;
            busy.try_set(false);
            if let (Err(error), Some(toasts)) = (&answer, toasts) {
                toasts.push(Toast::failed(error.line()));
            }
            query.reload();
        });
    };
    let actions = move || {
        view! {
            <Button small=true icon=lucide::LuActivity busy disabled=may_check on_click=check>"Check now"</Button>
            <Button
                small=true
                kind=ButtonKind::Primary
                icon=lucide::LuPencil
                disabled=may_edit
                on_click=move || editing.set(Some(provider.get_untracked()))
            >
                "Edit"
            </Button>
        }
        .into_any()
    };
    let title = Signal::derive(move || provider.with(|one| format!("Model provider: {}", one.id)));
    view! { <Card title aside=actions>{move || facts(provider.get())}</Card> }.into_any()
}

fn facts(provider: Provider) -> AnyView {
    let mock = provider.mode == ProviderMode::Mock;
    let mode = mock.then(|| {
        view! {
            <Banner tone=Tone::Wait glyph=Glyph::Paused title="Mock Mode">
                "Model calls play the "<code>"mock"</code>
                " script written in the workflow's step. No model is called and nothing is spent. Every output made this way is labelled Mock Mode wherever it appears."
            </Banner>
        }
    });
    let prices: Vec<_> = provider
        .prices
        .iter()
        .map(|(model, price)| (model.clone(), *price))
        .collect();
    let key = if provider.has_key {
        "A key is set. It is never shown."
    } else {
        "No key is set."
    };
    view! {
        <div class="provider">
            {mode}
            {last_check(provider.check.as_ref(), mock)}
            <Facts column=true>
                <Fact name="Mode">
                    {if mock { "Mock Mode: plays the workflow's scripts" } else { "Live: calls the address below" }}
                </Fact>
                <Fact name="Address"><span class="mono">{provider.base_url}</span></Fact>
                <Fact name="Default model"><span class="mono">{provider.default_model}</span></Fact>
                <Fact name="Key">{key}</Fact>
                <Fact name="Changed"><Time at=provider.updated_at />" by "{provider.updated_by.name}</Fact>
            </Facts>
            {price_table(&prices)}
        </div>
    }
    .into_any()
}

fn last_check(check: Option<&CheckResult>, mock: bool) -> AnyView {
    let (look, message, at) = match check {
        Some(check) if check.ok => (
            Look {
                glyph: Glyph::Success,
                tone: Tone::Ok,
                word: "Answers",
            },
            check.message.clone(),
            Some(check.at),
        ),
        Some(check) => (
            Look {
                glyph: Glyph::Failed,
                tone: Tone::Fail,
                word: "Does not answer",
            },
            check.message.clone(),
            Some(check.at),
        ),
        None => (
            Look {
                glyph: Glyph::Queued,
                tone: Tone::Idle,
                word: "Not checked",
            },
            if mock {
                "In Mock Mode nothing is called."
            } else {
                "Not checked since it was last changed."
            }
            .to_owned(),
            None,
        ),
    };
    view! {
        <div class="provider__check">
            <StatusBadge look />
            <span class="provider__message">{message}</span>
            {at.map(|at| view! { <span class="dim"><Time at /></span> })}
        </div>
    }
    .into_any()
}

fn price_table(prices: &[(String, model::api::Price)]) -> AnyView {
    if prices.is_empty() {
        return view! {
            <p class="provider__none">
                <Tag>"No prices"</Tag>
                " Without a price for its model, a call's cost is shown as unavailable."
            </p>
        }
        .into_any();
    }
    let rows = prices
        .iter()
        .map(|(model, price)| {
            view! {
                <tr>
                    <td class="mono lead">{model.clone()}</td>
                    <td class="num" data-name="Input">{dollars(price.input)}</td>
                    <td class="num" data-name="Output">{dollars(price.output)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="provider__prices">
            <h3>"Prices"</h3>
            <p class="field__hint">"Costs in the console are tokens times these, and marked as estimated."</p>
            <Table label="Prices" columns=PRICES stacked=true>{rows}</Table>
        </div>
    }
    .into_any()
}
