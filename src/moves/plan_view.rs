//! What a move will do, before it is made.

use crate::ui::{banner::Banner, fmt, icon::Glyph, status::Tone};
use leptos::prelude::*;
use model::{Effect, Plan, PlannedStep};

/// How many steps of a list are named at first.
const SHOWN: usize = 6;

/// The plan of a move: what runs, what is kept, what may happen twice, what it costs.
#[component]
pub fn PlanView(plan: Plan) -> AnyView {
    let known = known(&plan);
    let twice = plan.may_repeat.len();
    view! {
        <div class="plan">
            <p class="plan__summary">{plan.summary.clone()}</p>
            {(twice > 0)
                .then(|| {
                    let title = if twice == 1 { "1 writing step may happen twice".to_owned() } else { format!("{twice} writing steps may happen twice") };
                    view! {
                        <Banner tone=Tone::Block glyph=Glyph::Interrupted title=title>
                            {steps(&plan.may_repeat, plan.may_repeat.len())}
                        </Banner>
                    }
                })}
            {plan
                .warnings
                .clone()
                .into_iter()
                .map(|text| view! { <Banner tone=Tone::Wait glyph=Glyph::Interrupted>{text}</Banner> })
                .collect_view()}
            {list("Will run", &plan.runs, plan.runs_count)}
            {list("Will be cancelled", &plan.cancels, plan.cancels.len())}
            {list("Kept as they are", &plan.reused, plan.reused_count)}
            {(!known.is_empty()).then(|| view! { <p class="plan__cost">{known}</p> })}
        </div>
    }
    .into_any()
}

/// "About $0.36 and 3 m 58 s, as in earlier attempts".
fn known(plan: &Plan) -> String {
    let cost = plan
        .cost
        .map(|cost| format!("{} ({})", fmt::money(cost.amount), cost.label.shown()));
    let time = plan.time_ms.map(fmt::duration);
    match (cost, time) {
        (Some(cost), Some(time)) => format!("About {cost} and {time}, as in earlier attempts."),
        (Some(cost), None) => format!("About {cost}, as in earlier attempts."),
        (None, Some(time)) => format!("About {time}, as in earlier attempts."),
        (None, None) => String::new(),
    }
}

fn list(name: &'static str, all: &[PlannedStep], count: usize) -> Option<AnyView> {
    (count > 0).then(|| {
        view! {
            <section class="plan__part">
                <h3>{name} <span class="plan__count">{fmt::count(count as u64)}</span></h3>
                {steps(all, count)}
            </section>
        }
        .into_any()
    })
}

fn steps(all: &[PlannedStep], count: usize) -> AnyView {
    let rest: Vec<PlannedStep> = all.iter().skip(SHOWN).cloned().collect();
    let beyond = count.saturating_sub(all.len());
    view! {
        <ul class="plan__steps">{all.iter().take(SHOWN).map(step).collect_view()}</ul>
        {(!rest.is_empty())
            .then(|| {
                view! {
                    <details class="plan__more">
                        <summary>{format!("{} more", fmt::count((count - SHOWN) as u64))}</summary>
                        <ul class="plan__steps">{rest.iter().map(step).collect_view()}</ul>
                        {(beyond > 0).then(|| view! { <p class="dim">{format!("and {} that are not named here", fmt::count(beyond as u64))}</p> })}
                    </details>
                }
            })}
    }
    .into_any()
}

fn step(step: &PlannedStep) -> AnyView {
    let writes = match step.effect {
        Effect::Write => Some("writes"),
        Effect::Idempotent | Effect::Read => None,
    };
    view! {
        <li class="plan__step">
            <span class="plan__name">{step.name.clone()}</span>
            {writes.map(|word| view! { <span class="plan__writes">{word}</span> })}
            {step.note.clone().map(|note| view! { <span class="plan__note">{note}</span> })}
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Cost, CostLabel, MicroDollars, MoveKind};

    #[test]
    fn what_is_known_from_earlier_is_said_in_one_line() {
        let mut plan = Plan {
            kind: MoveKind::Retry,
            summary: String::new(),
            runs: Vec::new(),
            runs_count: 0,
            reused: Vec::new(),
            reused_count: 0,
            cancels: Vec::new(),
            may_repeat: Vec::new(),
            cost: Some(Cost {
                amount: MicroDollars(360_000),
                label: CostLabel::Estimated,
            }),
            time_ms: Some(238_000),
            warnings: Vec::new(),
            ask_fixed: false,
            ask_reason: false,
        };
        assert_eq!(
            known(&plan),
            "About $0.36 (estimated) and 3 m 58 s, as in earlier attempts."
        );
        plan.cost = None;
        plan.time_ms = None;
        assert_eq!(known(&plan), "");
    }
}
