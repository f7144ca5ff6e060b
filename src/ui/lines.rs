//! Lines of a form that a person adds and removes: prices, headers, profiles.

use super::{
    button::{Button, ButtonKind},
    dom,
    icon::lucide,
};
use leptos::{html, prelude::*};

/// The lines of a form. Each keeps its place and what is typed in it while others come and go.
pub struct Lines<T: 'static> {
    all: RwSignal<Vec<(usize, T)>>,
    next: StoredValue<usize>,
}

impl<T> Clone for Lines<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Lines<T> {}

impl<T: Clone + Send + Sync + 'static> Lines<T> {
    pub fn new(lines: impl IntoIterator<Item = T>) -> Self {
        let all: Vec<(usize, T)> = lines.into_iter().enumerate().collect();
        Self {
            next: StoredValue::new(all.len()),
            all: RwSignal::new(all),
        }
    }

    /// In the order they stand.
    pub fn get(self) -> Vec<T> {
        self.all
            .with(|all| all.iter().map(|(_, line)| line.clone()).collect())
    }

    fn add(self, line: T) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        self.all.update(|all| all.push((id, line)));
    }

    fn remove(self, id: usize) {
        self.all.update(|all| all.retain(|(own, _)| *own != id));
    }
}

/// Shows lines with a button that removes each and one that adds another. The focus goes to the first field of a new line,
/// and to the button that adds one after a line was removed.
#[component]
pub fn LineList<T>(
    lines: Lines<T>,
    /// What the lines are: "Prices".
    legend: &'static str,
    #[prop(optional)] optional: bool,
    #[prop(optional, into)] hint: MaybeProp<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    /// "Add a price"
    add: &'static str,
    /// "Remove this price"
    remove: &'static str,
    /// The names above the columns, for lines that are one row of fields.
    #[prop(optional)]
    head: &'static [&'static str],
    /// An empty line.
    blank: fn() -> T,
    show: impl Fn(T) -> AnyView + Clone + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + Send + Sync + 'static,
{
    let (list, adder) = (NodeRef::<html::Ul>::new(), NodeRef::<html::Button>::new());
    let add_one = move || {
        lines.add(blank());
        request_animation_frame(move || {
            let fields = list.try_get_untracked().flatten().and_then(|list| {
                let last = list.last_element_child()?;
                Some(dom::all(&last, "input, select, textarea"))
            });
            if let Some(first) = fields.as_ref().and_then(|fields| fields.first()) {
                let _ = first.focus();
            }
        });
    };
    let one = move |(id, line): (usize, T)| {
        let take_away = move || {
            lines.remove(id);
            if let Some(Some(adder)) = adder.try_get_untracked() {
                let _ = adder.focus();
            }
        };
        view! {
            <li class="lines__one">
                {show(line)}
                <Button kind=ButtonKind::Quiet icon=lucide::LuTrash2 label=remove on_click=take_away />
            </li>
        }
    };
    let there = move || lines.all.with(|all| !all.is_empty());
    let names = move || {
        head.iter()
            .map(|name| view! { <span>{*name}</span> })
            .collect_view()
    };
    view! {
        <fieldset class="lines">
            <legend class="field__label">
                {legend}
                {optional.then(|| view! { <span class="field__optional">" optional"</span> })}
            </legend>
            {move || hint.get().map(|text| view! { <p class="field__hint">{text}</p> })}
            <Show when=move || !head.is_empty() && there()>
                <div class="lines__one lines__head" aria-hidden="true"><div class="lines__cells">{names}</div></div>
            </Show>
            <ul node_ref=list><For each=move || lines.all.get() key=|(id, _)| *id children=one /></ul>
            {move || error.get().map(|text| view! { <p class="field__error" role="alert">{text}</p> })}
            <Button node_ref=adder small=true icon=lucide::LuPlus on_click=add_one>{add}</Button>
        </fieldset>
    }
    .into_any()
}

/// A field in a line: its name is heard, not seen.
#[component]
pub fn Cell(
    #[prop(into)] name: String,
    value: RwSignal<String>,
    #[prop(optional)] placeholder: &'static str,
) -> AnyView {
    view! {
        <input
            class="input input--mono"
            aria-label=name
            placeholder=placeholder
            autocomplete="off"
            spellcheck="false"
            bind:value=value
        />
    }
    .into_any()
}
