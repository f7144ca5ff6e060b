//! Long lists: only the rows in view are in the page. A million rows open as fast as ten.

mod field;

use super::dom::{self, unique_id, watch_size};
use field::Field;
use leptos::{ev, html, prelude::*};
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

/// Rows kept above and below the view, so that a scroll does not show a gap before the next frame.
const SPARE: usize = 8;

/// What tells a row from the others whatever its index: a row keeps its place, its focus and its elements when rows are
/// added before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RowKey(u64);

impl RowKey {
    pub fn of(value: impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// Builds a row from the signal of its index. The index can be past the end for an instant while the list changes: read
/// the item with `get`.
#[derive(Clone)]
pub struct RowView(Arc<dyn Fn(Signal<usize>) -> AnyView + Send + Sync>);

impl<F: Fn(Signal<usize>) -> AnyView + Send + Sync + 'static> From<F> for RowView {
    fn from(build: F) -> Self {
        Self(Arc::new(build))
    }
}

/// Tells the key of the row at an index.
#[derive(Clone)]
pub struct RowKeys(Arc<dyn Fn(usize) -> RowKey + Send + Sync>);

impl<F: Fn(usize) -> RowKey + Send + Sync + 'static> From<F> for RowKeys {
    fn from(key: F) -> Self {
        Self(Arc::new(key))
    }
}

/// What a list is to those who hear it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ListRole {
    /// Entries of which one is chosen; they hold no links or buttons.
    #[default]
    Listbox,
    /// Rows of cells (`role="cell"` and `role="columnheader"`, given by the caller), which may hold links and buttons.
    Table,
    /// Lines to read.
    Lines,
}

impl ListRole {
    const fn roles(self) -> (&'static str, &'static str) {
        match self {
            Self::Listbox => ("listbox", "option"),
            Self::Table => ("grid", "row"),
            Self::Lines => ("list", "listitem"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Show(usize),
    Centre(usize),
    /// As `Centre`, and the page scrolls until the list is in sight.
    Bring(usize),
    End,
}

/// Steers a [`VirtualList`] from outside: shortcuts, "jump to failure".
#[derive(Debug, Clone, Copy)]
pub struct ListHandle {
    /// The row the keyboard is on.
    pub active: RwSignal<Option<usize>>,
    /// Whether the list stays at its end while rows are added: a live tail. Scrolling up ends it, scrolling to the end
    /// takes it up again, once it has been switched on.
    pub following: RwSignal<bool>,
    rows: RwSignal<usize>,
    wish: RwSignal<Option<Wish>>,
}

impl ListHandle {
    pub fn new() -> Self {
        Self {
            active: RwSignal::new(None),
            following: RwSignal::new(false),
            rows: RwSignal::new(0),
            wish: RwSignal::new(None),
        }
    }
    /// Scrolls until the row stands in the middle; the keyboard stays where it is.
    pub fn scroll_to(self, index: usize) {
        self.wish.set(Some(Wish::Centre(index)));
    }
    /// Puts the keyboard on a row and brings it before a person's eyes: what was searched may lie below the fold.
    pub fn bring(self, index: usize) {
        self.active.set(Some(index));
        self.wish.set(Some(Wish::Bring(index)));
    }
    /// Puts the keyboard on a row and shows it.
    pub fn go(self, index: usize) {
        self.active.set(Some(index));
        self.wish.set(Some(Wish::Show(index)));
    }
    /// Puts the keyboard on the row `by` rows further.
    pub fn step(self, by: isize) {
        let last = self.rows.get_untracked().saturating_sub(1);
        let next = match self.active.get_untracked() {
            Some(now) => now.saturating_add_signed(by).min(last),
            None => 0,
        };
        if self.rows.get_untracked() > 0 {
            self.go(next);
        }
    }
    /// Goes to the end and stays there while rows are added.
    pub fn follow(self) {
        self.following.set(true);
        self.wish.set(Some(Wish::End));
    }
}

impl Default for ListHandle {
    fn default() -> Self {
        Self::new()
    }
}

/// A list of rows of one height, of which only those in view exist. It fills the height of the element around it.
///
/// Keys: arrows or J and K, Page up and down, Home, End; Enter opens the active row.
#[component]
pub fn VirtualList(
    /// What the rows are: "Events of this run".
    #[prop(into)]
    label: String,
    #[prop(into)] rows: Signal<usize>,
    /// The height of a row in CSS pixels.
    row_height: u32,
    #[prop(into)] row: RowView,
    /// Give it when rows are added before others, so that what is in view stays.
    #[prop(optional, into)]
    key: Option<RowKeys>,
    #[prop(optional)] role: ListRole,
    #[prop(optional)] handle: Option<ListHandle>,
    /// Called with the index when a row is clicked (not on a link or button in it) or Enter is pressed on it.
    #[prop(optional, into)]
    on_open: Option<Callback<usize>>,
    /// The row of column names; stays in sight.
    #[prop(optional, into)]
    head: Option<ViewFn>,
) -> AnyView {
    let id = unique_id("list");
    let handle = handle.unwrap_or_default();
    let key = StoredValue::new(key.unwrap_or_else(|| (|index: usize| RowKey::of(index)).into()));
    let key_at = move |index: usize| key.with_value(|key| (key.0)(index));
    let scroller = NodeRef::<html::Div>::new();
    let head_node = NodeRef::<html::Div>::new();
    let view_height = RwSignal::new(0.0_f64);
    let top = RwSignal::new(0.0_f64);
    // The scroll position as last seen or set, and whether the next move of it is by wheel, touch or key.
    let scroll = RwSignal::new(0.0_f64);
    let fine = StoredValue::new(true);
    let anchor = StoredValue::new(None::<(usize, RowKey, f64)>);
    let row_px = f64::from(row_height);

    let field = Memo::new(move |_| Field {
        rows: rows.get(),
        row: row_px,
        view: view_height.get(),
    });
    let span = Memo::new(move |_| field.get().rows_at(top.get(), SPARE));
    watch_size(scroller, move |_, height| {
        let head = head_node
            .get_untracked()
            .map_or(0, |head| head.offset_height());
        view_height.set((height - f64::from(head)).max(0.0));
    });

    let remember = move |field: Field, now: f64| {
        let index = (now / field.row) as usize;
        anchor.set_value(
            (index < field.rows).then(|| (index, key_at(index), now - index as f64 * field.row)),
        );
    };
    let move_to = move |next: f64| {
        let field = field.get_untracked();
        let next = field.clamp(next);
        if let Some(node) = scroller.get_untracked() {
            node.set_scroll_top(field.scroll_for(next) as i32);
            scroll.set(f64::from(node.scroll_top()));
        }
        top.set(next);
        remember(field, next);
    };

    // Rows came or went: keep what is in view where it is, or stay at the end.
    Effect::new(move || {
        let field = field.get();
        let before = handle.rows.get_untracked();
        handle.rows.set(field.rows);
        if field.view <= 0.0 {
            return;
        }
        let now = top.get_untracked();
        if handle.following.get_untracked() {
            move_to(field.max_top());
        } else if let Some((index, own, within)) = anchor.get_value().filter(|_| now > 0.0) {
            let moved = find_row(index, own, before, field.rows, key_at).unwrap_or(index);
            move_to(moved as f64 * field.row + within);
        } else {
            move_to(now);
        }
    });
    Effect::new(move || {
        let (Some(wish), field) = (handle.wish.get(), field.get()) else {
            return;
        };
        if field.view <= 0.0 || field.rows == 0 {
            return;
        }
        let last = field.rows - 1;
        let now = top.get_untracked();
        move_to(match wish {
            Wish::Show(index) => field.top_showing(now, index.min(last)),
            Wish::Centre(index) | Wish::Bring(index) => field.top_centring(index.min(last)),
            Wish::End => field.max_top(),
        });
        if let (Wish::Bring(_), Some(node)) = (wish, scroller.get_untracked()) {
            dom::into_sight(&node);
        }
        handle.wish.set(None);
    });

    let on_scroll = move |_| {
        let Some(node) = scroller.get_untracked() else {
            return;
        };
        let field = field.get_untracked();
        let (from, to) = (scroll.get_untracked(), f64::from(node.scroll_top()));
        if (to - from).abs() < 0.5 {
            return;
        }
        let before = top.get_untracked();
        let (next, place) = field.scrolled(before, from, to, fine.get_value());
        if let Some(place) = place {
            node.set_scroll_top(place as i32);
        }
        scroll.set(f64::from(node.scroll_top()));
        top.set(next);
        remember(field, next);
        if handle.following.get_untracked() && next < before {
            handle.following.set(false);
        }
    };
    // When a scroll by wheel has come to rest, the scroll bar goes to where the list really is.
    let on_rest = move |_| move_to(top.get_untracked());

    let open = move |index: usize| {
        handle.active.set(Some(index));
        if let Some(on_open) = on_open {
            on_open.run(index);
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
        fine.set_value(true);
        let inside = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        if inside.is_some_and(|target| dom::is_typing(&target)) || !dom::plain(&event) {
            return;
        }
        let page = (view_height.get_untracked() / row_px).floor().max(2.0) as isize - 1;
        match event.key().as_str() {
            "ArrowDown" | "j" | "J" => handle.step(1),
            "ArrowUp" | "k" | "K" => handle.step(-1),
            "PageDown" => handle.step(page),
            "PageUp" => handle.step(-page),
            "Home" => handle.step(isize::MIN / 2),
            "End" => handle.step(isize::MAX / 2),
            "Enter" if event.target() == event.current_target() => {
                let Some(active) = handle.active.get_untracked() else {
                    return;
                };
                open(active);
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };

    let (list_role, row_role) = role.roles();
    let row_id = {
        let id = id.clone();
        move |index: usize| format!("{id}-{index}")
    };
    let active_id = row_id.clone();
    let indexes = StoredValue::new(HashMap::<RowKey, RwSignal<usize>>::new());
    let each = move || {
        let (first, end) = span.get();
        (first..end)
            .map(|index| (key_at(index), index))
            .collect::<Vec<_>>()
    };
    Effect::new(move || {
        for (key, index) in each() {
            let held = indexes.with_value(|all| all.get(&key).copied());
            if let Some(held) =
                held.filter(|held| held.try_get_untracked().is_some_and(|old| old != index))
            {
                held.set(index);
            }
        }
    });
    let one = move |(key, index): (RowKey, usize)| {
        let index = RwSignal::new(index);
        indexes.update_value(|all| {
            all.insert(key, index);
        });
        on_cleanup(move || {
            indexes.try_update_value(|all| {
                if all.get(&key).is_some_and(|held| *held == index) {
                    all.remove(&key);
                }
            });
        });
        let is_active = Memo::new(move |_| handle.active.get() == Some(index.get()));
        let chosen = move || {
            (role != ListRole::Lines).then(|| if is_active.get() { "true" } else { "false" })
        };
        let number = move || (index.get() + 1).to_string();
        let row_id = row_id.clone();
        view! {
            <div
                class="vlist__row"
                class=("vlist__row--active", move || is_active.get())
                id=move || row_id(index.get())
                role=row_role
                aria-selected=chosen
                aria-rowindex=move || (role == ListRole::Table).then(number)
                aria-posinset=move || (role != ListRole::Table).then(number)
                aria-setsize=move || (role != ListRole::Table).then(|| rows.get().to_string())
                on:click=move |event| {
                    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
                    let on_control = target.and_then(|at| at.closest("a, button, input, select, summary").ok().flatten());
                    if on_control.is_none() {
                        open(index.get_untracked());
                    }
                }
            >
                {(row.0)(index.into())}
            </div>
        }
    };
    let pushed = move || {
        let first = span.get().0 as f64 * row_px;
        format!("translateY({}px)", first + scroll.get() - top.get())
    };
    view! {
        <div
            node_ref=scroller
            class="vlist"
            role=list_role
            aria-label=label
            tabindex="0"
            aria-rowcount=move || (role == ListRole::Table).then(|| rows.get().to_string())
            aria-activedescendant=move || {
                let (first, end) = span.get();
                // A list of lines has none: nothing in it is chosen.
                let active = handle.active.get().filter(|_| role != ListRole::Lines);
                active.filter(|index| (first..end).contains(index)).map(&active_id)
            }
            on:scroll=on_scroll
            on:scrollend=on_rest
            on:wheel=move |_: ev::WheelEvent| fine.set_value(true)
            on:touchstart=move |_| fine.set_value(true)
            on:pointerdown=move |event| {
                if event.pointer_type() == "mouse" {
                    fine.set_value(false);
                }
            }
            on:keydown=on_keydown
        >
            {head.map(|head| view! { <div node_ref=head_node class="vlist__head" role="row">{head.run()}</div> })}
            <div class="vlist__field" role="presentation" style:height=move || format!("{}px", field.get().height())>
                <div
                    class="vlist__rows"
                    role="presentation"
                    style:transform=pushed
                    style:grid-auto-rows=format!("{row_height}px")
                >
                    <For each=each key=|(key, _)| key.0 children=one />
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// Where the row that was at `index` of a list of `before` rows is now: moved by as much as the list has grown, as a rule,
/// or else not far from its old place.
fn find_row(
    index: usize,
    key: RowKey,
    before: usize,
    rows: usize,
    key_at: impl Fn(usize) -> RowKey,
) -> Option<usize> {
    const FAR: usize = 400;
    let is = |at: &usize| *at < rows && key_at(*at) == key;
    let grown = (index + rows).checked_sub(before);
    let near = (0..=FAR)
        .flat_map(|off| [index.checked_add(off), index.checked_sub(off)])
        .flatten();
    std::iter::once(index).chain(grown).chain(near).find(is)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_found_after_rows_came_before_it() {
        let ids: Vec<usize> = (100..200).collect();
        let key_at = |at: usize| RowKey::of(ids[at]);
        assert_eq!(
            find_row(2, RowKey::of(107_usize), 95, ids.len(), key_at),
            Some(7)
        );
        assert_eq!(
            find_row(9, RowKey::of(104_usize), 100, ids.len(), key_at),
            Some(4)
        );
        assert_eq!(
            find_row(5, RowKey::of(999_usize), 100, ids.len(), key_at),
            None
        );
    }
}
