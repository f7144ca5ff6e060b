//! Finding words in a long text: how often they stand there, and the way from one place to the next.

mod needle;

use super::{
    button::{Button, ButtonKind},
    fmt,
    icon::lucide,
    search::Search,
    slices::Slices,
};
use leptos::{html, prelude::*};
pub use needle::Needle;
use std::sync::Arc;

/// Places that are counted; beyond them it says that there are more.
const MOST: usize = 10_000;
/// From this many bytes on there is something to search.
const SEARCHED: usize = 2_000;
/// Bytes looked through between two looks at the clock.
const SLICE: usize = 128 * 1024;

/// What is looked for in a text, and where it stands.
#[derive(Clone, Copy)]
pub struct Find {
    words: RwSignal<String>,
    /// What is looked for; `None` while nothing is.
    pub needle: RwSignal<Option<Needle>>,
    /// Where it stands, in bytes.
    hits: RwSignal<Vec<u32>>,
    /// Which of them is shown.
    now: RwSignal<Option<usize>>,
    looking: RwSignal<bool>,
    turn: StoredValue<u64>,
}

impl Find {
    pub fn new() -> Self {
        Self {
            words: RwSignal::new(String::new()),
            needle: RwSignal::new(None),
            hits: RwSignal::new(Vec::new()),
            now: RwSignal::new(None),
            looking: RwSignal::new(false),
            turn: StoredValue::new(0),
        }
    }

    /// The place that is shown, in bytes; `None` while nothing is looked for or found.
    pub fn place(self) -> Option<usize> {
        let now = self.now.get()?;
        self.hits.with(|hits| hits.get(now).map(|at| *at as usize))
    }

    fn look(self, text: Arc<str>, words: String) {
        let mine = self.turn.get_value() + 1;
        self.turn.set_value(mine);
        let needle = Needle::new(&words);
        self.words.set(words);
        self.needle.set(needle.clone());
        self.hits.set(Vec::new());
        self.now.set(None);
        self.looking.set(needle.is_some());
        let Some(needle) = needle else { return };
        leptos::task::spawn_local(async move {
            let (mut from, mut slices) = (0, Slices::begin());
            while from < text.len() {
                let until = text.ceil_char_boundary(from + SLICE);
                let found = needle.places(&text, from..until);
                // Others look for something else meanwhile, or the page is gone.
                if self.turn.try_get_value() != Some(mine) {
                    return;
                }
                if !found.is_empty() {
                    self.hits.update(|hits| hits.extend(found));
                    if self.now.with_untracked(Option::is_none) {
                        self.now.set(Some(0));
                    }
                }
                if self.hits.with_untracked(Vec::len) > MOST {
                    break;
                }
                from = until;
                slices.breathe().await;
            }
            self.looking.try_set(false);
        });
    }

    fn step(self, forward: bool) {
        let count = self.hits.with_untracked(Vec::len).min(MOST);
        if count > 0 {
            let now = self.now.get_untracked().unwrap_or(0);
            let by = if forward { 1 } else { count - 1 };
            self.now.set(Some((now + by) % count));
        }
    }

    fn said(self) -> Option<String> {
        self.needle.with(Option::is_some).then_some(())?;
        let found = self.hits.with(Vec::len) as u64;
        let most = MOST as u64;
        Some(match (found, self.looking.get()) {
            (0, true) => "Looking…".to_owned(),
            (0, false) => "Not found".to_owned(),
            (found, looking) => {
                let now = self.now.get().unwrap_or(0) as u64 + 1;
                let all = fmt::count_or_more(found.min(most), found <= most && !looking);
                format!("{} of {all}", fmt::count(now))
            }
        })
    }
}

impl Default for Find {
    fn default() -> Self {
        Self::new()
    }
}

/// The field, the count, and the buttons to the next and the one before. Enter goes on, with Shift back; Ctrl or ⌘ with F,
/// pressed inside of what is searched, comes here.
#[component]
pub fn FindBar(
    find: Find,
    /// What is searched: "Search the step's output".
    #[prop(into)]
    label: String,
    #[prop(into)] text: Signal<Arc<str>>,
    #[prop(optional)] node_ref: NodeRef<html::Input>,
) -> AnyView {
    let words = Signal::derive(move || find.words.get());
    let none = Signal::derive(move || {
        let none = find.hits.with(Vec::is_empty);
        none.then(|| "Nothing is found to go to.".to_owned())
    });
    let on_keydown = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            find.step(!event.shift_key());
        }
    };
    view! {
        <div class="find-bar">
            <div class="find-bar__words" on:keydown=on_keydown>
                <Search label value=words on_input=move |now| find.look(text.get_untracked(), now) node_ref />
            </div>
            <span class="find-bar__count" role="status">{move || find.said()}</span>
            <Button kind=ButtonKind::Quiet small=true icon=lucide::LuChevronUp label="The one before" disabled=none on_click=move || find.step(false) />
            <Button kind=ButtonKind::Quiet small=true icon=lucide::LuChevronDown label="The next one" disabled=none on_click=move || find.step(true) />
        </div>
    }
    .into_any()
}

/// What `body` shows of a text, below a field that searches it where it is long. `what` is what is searched: "the step's
/// output".
pub fn searched(what: &str, text: Signal<Arc<str>>, body: impl FnOnce(Find) -> AnyView) -> AnyView {
    let find = Find::new();
    let field = NodeRef::<html::Input>::new();
    let long = Memo::new(move |_| text.with(|text| text.len() > SEARCHED));
    let label = format!("Search {what}");
    let bar = move || {
        long.get()
            .then(|| view! { <FindBar find label=label.clone() text node_ref=field /> })
    };
    view! { <div class="searched" on:keydown=move |event| find_on_key(&event, field)>{bar}{body(find)}</div> }
        .into_any()
}

/// A text in which what is looked for is marked.
pub fn marked(text: &str, needle: Option<&Needle>) -> AnyView {
    let places = needle.map(|needle| needle.spans(text)).unwrap_or_default();
    if places.is_empty() {
        return text.to_owned().into_any();
    }
    let mut parts = Vec::new();
    let mut from = 0;
    for place in places {
        parts.push(text[from..place.start].to_owned().into_any());
        from = place.end;
        parts.push(view! { <mark>{text[place].to_owned()}</mark> }.into_any());
    }
    parts.push(text[from..].to_owned().into_any());
    parts.into_any()
}

/// Brings the keyboard to the field for Ctrl or ⌘ with F.
fn find_on_key(event: &web_sys::KeyboardEvent, field: NodeRef<html::Input>) {
    if event.key() == "f"
        && (event.ctrl_key() || event.meta_key())
        && let Some(field) = field.get_untracked()
    {
        event.prevent_default();
        let _ = field.focus();
        field.select();
    }
}
