//! What a move would do to many runs, in words.

use crate::{
    state::session,
    ui::{banner::Banner, fmt, icon::Glyph, status::Tone, time::OfDay},
};
use leptos::prelude::*;
use model::Timestamp;
use model::api::{BULK_MOST, BulkGroup, BulkPlan};

#[component]
pub fn BulkPlanView(plan: BulkPlan, at: Timestamp) -> AnyView {
    let cannot: u64 = plan.cannot.iter().map(|group| group.count).sum();
    let known = known(&plan);
    let more = plan.more.then(|| {
        let text = format!(
            "More than {} runs match, which is the most a job takes. These are the newest.",
            fmt::count(BULK_MOST as u64)
        );
        view! { <Banner tone=Tone::Wait>{text}</Banner> }
    });
    let repeats = (plan.repeats > 0).then(|| {
        let title = format!(
            "{} may repeat writing steps",
            fmt::plural(plan.repeats, "run", "runs")
        );
        view! {
            <Banner tone=Tone::Block glyph=Glyph::Interrupted title=title>
                {lines(&plan.may_repeat)}
            </Banner>
        }
    });
    let warnings = plan
        .warnings
        .clone()
        .into_iter()
        .map(|group| {
            let title = fmt::plural(group.count, "run", "runs");
            view! { <Banner tone=Tone::Wait glyph=Glyph::Interrupted title=title>{group.text}</Banner> }
        })
        .collect_view();
    let fix_first = (!plan.fix_first.is_empty()).then(|| {
        let count: u64 = plan.fix_first.iter().map(|group| group.count).sum();
        let title = format!(
            "{} failed for a cause that is to be fixed first",
            fmt::plural(count, "run", "runs")
        );
        view! { <Banner tone=Tone::Fail title=title>{lines(&plan.fix_first)}</Banner> }
    });
    view! {
        <div class="plan">
            <p class="plan__summary">{plan.summary.clone()}</p>
            <p class="plan__cost">
                {format!("These {}, as they stood at ", fmt::plural(plan.runs.len() as u64, "run", "runs"))}
                <OfDay at />
                ". What comes to match later is not among them."
            </p>
            {more}
            {(cannot > 0).then(|| left_out(&plan.cannot, cannot))}
            {fix_first}
            {repeats}
            {warnings}
            {(!known.is_empty()).then(|| view! { <p class="plan__cost">{known}</p> })}
        </div>
    }
    .into_any()
}

/// "About $3.20 (estimated), as in earlier attempts of 57 runs."
fn known(plan: &BulkPlan) -> String {
    plan.cost.map_or_else(String::new, |cost| {
        format!(
            "About {} ({}), as in earlier attempts of {}.",
            fmt::money(cost.amount),
            cost.label.shown(),
            fmt::plural(plan.costed, "run", "runs")
        )
    })
}

/// "Send quote: 40 runs".
fn lines(groups: &[BulkGroup]) -> AnyView {
    let all = groups
        .iter()
        .map(|group| {
            let runs = fmt::plural(group.count, "run", "runs");
            view! { <li class="plan__step"><span class="plan__name">{group.text.clone()}</span><span class="plan__note">{runs}</span></li> }
        })
        .collect_view();
    view! { <ul class="plan__steps">{all}</ul> }.into_any()
}

/// Those that cannot, by why; some are named.
fn left_out(groups: &[BulkGroup], count: u64) -> AnyView {
    let place = session::place();
    let group = |group: &BulkGroup| {
        let rest = group.count - group.runs.len() as u64;
        let named = group
            .runs
            .iter()
            .map(|named| {
                let name = if named.title.is_empty() {
                    named.run.to_string()
                } else {
                    named.title.clone()
                };
                view! { <li><a href=place.run(&named.run)>{name}</a></li> }
            })
            .collect_view();
        view! {
            <details class="bulkplan__why">
                <summary>{group.text.clone()}" "<span class="plan__count">{fmt::count(group.count)}</span></summary>
                <ul class="bulkplan__runs">
                    {named}
                    {(rest > 0).then(|| view! { <li class="dim">{format!("and {} more", fmt::count(rest))}</li> })}
                </ul>
            </details>
        }
    };
    view! {
        <section class="plan__part">
            <h3>"Left as they are" <span class="plan__count">{fmt::count(count)}</span></h3>
            {groups.iter().map(group).collect_view()}
        </section>
    }
    .into_any()
}
