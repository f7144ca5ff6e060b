//! Menus: arrow keys, Home, End and the first letters move; Enter chooses; Escape closes and gives the focus back.

use super::{
    button::ButtonKind,
    dom::{self, Act, unique_id},
    icon::{Icon, IconRef, lucide},
    kbd::Kbd,
    popover::{opened, place},
};
use leptos::{html, prelude::*};
use std::sync::Arc;
use web_sys::{HtmlElement, KeyboardEvent};

/// An entry of a menu.
#[derive(Clone)]
pub struct MenuItem {
    label: String,
    detail: Option<String>,
    icon: Option<IconRef>,
    keys: Option<&'static str>,
    disabled: Option<String>,
    checked: Option<bool>,
    danger: bool,
    apart: bool,
    does: Does,
}

#[derive(Clone)]
enum Does {
    Run(Act),
    Go(String),
}

impl MenuItem {
    /// An entry that does something.
    pub fn new(label: impl Into<String>, act: impl Fn() + Send + Sync + 'static) -> Self {
        Self::with(label.into(), Does::Run(Arc::new(act)))
    }
    /// An entry that goes somewhere.
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self::with(label.into(), Does::Go(href.into()))
    }
    fn with(label: String, does: Does) -> Self {
        Self {
            label,
            detail: None,
            icon: None,
            keys: None,
            disabled: None,
            checked: None,
            danger: false,
            apart: false,
            does,
        }
    }
    /// A second, quieter line.
    pub fn detail(mut self, text: impl Into<String>) -> Self {
        self.detail = Some(text.into());
        self
    }
    pub fn icon(mut self, icon: IconRef) -> Self {
        self.icon = Some(icon);
        self
    }
    /// The key that does the same.
    pub fn keys(mut self, keys: &'static str) -> Self {
        self.keys = Some(keys);
        self
    }
    /// Why it cannot be chosen now: the entry stays, and the reason stands in it. `None` leaves it usable.
    pub fn disabled(mut self, why: Option<String>) -> Self {
        self.disabled = why;
        self
    }
    /// One of a set of which one is chosen.
    pub fn checked(mut self, on: bool) -> Self {
        self.checked = Some(on);
        self
    }
    /// Ends or removes something.
    pub fn danger(mut self) -> Self {
        self.danger = true;
        self
    }
    /// Stands apart from the entry above.
    pub fn apart(mut self) -> Self {
        self.apart = true;
        self
    }
}

/// A button that opens a menu.
#[component]
pub fn MenuButton(
    /// Its name, when `children` is absent, and the menu's.
    #[prop(into)]
    label: String,
    #[prop(optional)] kind: ButtonKind,
    /// Classes of the button in place of a button's own.
    #[prop(optional)]
    button_class: Option<&'static str>,
    #[prop(optional)] icon: Option<IconRef>,
    #[prop(into)] items: Signal<Vec<MenuItem>>,
    #[prop(optional)] children: Option<Children>,
) -> AnyView {
    let id = unique_id("menu");
    let open = RwSignal::new(false);
    let anchor = NodeRef::<html::Button>::new();
    let panel = NodeRef::<html::Div>::new();
    let bare = children.is_none();
    let typed = StoredValue::new((String::new(), 0.0));

    let on_toggle = move |event: web_sys::Event| {
        let now = opened(&event);
        open.set(now);
        let (Some(anchor), Some(panel)) = (anchor.get_untracked(), panel.get_untracked()) else {
            return;
        };
        if now {
            place(&anchor, &panel);
            request_animation_frame(move || {
                let rows = entries(&panel);
                let chosen = rows
                    .iter()
                    .find(|row| row.get_attribute("aria-checked").as_deref() == Some("true"));
                if let Some(row) = chosen.or(rows.first()) {
                    let _ = row.focus();
                }
            });
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
        let Some(panel) = panel.get_untracked() else {
            return;
        };
        let rows = entries(&panel);
        let at = document()
            .active_element()
            .and_then(|now| rows.iter().position(|row| row.is_same_node(Some(&now))));
        let last = rows.len().saturating_sub(1);
        let to = match event.key().as_str() {
            "ArrowDown" => at.map_or(0, |i| if i == last { 0 } else { i + 1 }),
            "ArrowUp" => at.map_or(last, |i| if i == 0 { last } else { i - 1 }),
            "Home" => 0,
            "End" => last,
            "Tab" => {
                let _ = panel.hide_popover();
                return;
            }
            key if key.chars().count() == 1 && key != " " && dom::plain(&event) => {
                match typed.try_update_value(|(text, when)| {
                    if event.time_stamp() - *when > 700.0 {
                        text.clear();
                    }
                    *when = event.time_stamp();
                    text.push_str(&key.to_lowercase());
                    find(&rows, at.unwrap_or(0), text)
                }) {
                    Some(Some(found)) => found,
                    _ => return,
                }
            }
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        if let Some(row) = rows.get(to) {
            let _ = row.focus();
        }
    };
    let class = match button_class {
        Some(class) => class.to_owned(),
        None => format!("{}{}", kind.class(), if bare { " btn--bare" } else { "" }),
    };
    view! {
        <button
            node_ref=anchor
            type="button"
            class=class
            aria-label=bare.then(|| label.clone())
            data-tip=bare.then(|| label.clone())
            aria-haspopup="menu"
            aria-expanded=move || if open.get() { "true" } else { "false" }
            popovertarget=id.clone()
        >
            {icon.map(|icon| view! { <Icon icon /> })}
            {children.map(|children| children())}
        </button>
        <div
            node_ref=panel
            id=id
            class="pop menu"
            popover="auto"
            role="menu"
            aria-label=label
            tabindex="-1"
            on:toggle=on_toggle
            on:keydown=on_keydown
        >
            {move || {
                let items = open.get().then(|| items.get())?;
                let marks = items.iter().any(|item| item.checked.is_some() || item.icon.is_some());
                Some(items.into_iter().map(|item| entry(item, marks, panel)).collect_view())
            }}
        </div>
    }
    .into_any()
}

fn entries(menu: &web_sys::Element) -> Vec<HtmlElement> {
    dom::all(menu, "[role^=menuitem]")
}

/// The next entry after `at` whose text starts with what was typed.
fn find(rows: &[HtmlElement], at: usize, text: &str) -> Option<usize> {
    let single = text.chars().count() == 1;
    let order = (0..rows.len()).map(|i| (at + i + usize::from(single)) % rows.len());
    order.into_iter().find(|i| {
        rows[*i]
            .text_content()
            .unwrap_or_default()
            .trim()
            .to_lowercase()
            .starts_with(text)
    })
}

/// `marks` says that some entry has an icon or a check, so that every one keeps room for it.
fn entry(item: MenuItem, marks: bool, panel: NodeRef<html::Div>) -> AnyView {
    let class = [
        "menu__item",
        if item.danger {
            " menu__item--danger"
        } else {
            ""
        },
        if item.apart { " menu__item--apart" } else { "" },
    ]
    .concat();
    let role = if item.checked.is_some() {
        "menuitemradio"
    } else {
        "menuitem"
    };
    let checked = item.checked.map(|on| if on { "true" } else { "false" });
    let mark = match item.checked {
        Some(true) => Some(lucide::LuCheck),
        Some(false) => None,
        None => item.icon,
    };
    let off = item.disabled.is_some();
    let inner = view! {
        {marks.then(|| view! { <span class="menu__mark">{mark.map(|icon| view! { <Icon icon /> })}</span> })}
        <span class="menu__text">
            {item.label}
            {item.disabled.or(item.detail).map(|text| view! { <span class="menu__detail">{text}</span> })}
        </span>
        {item.keys.map(|keys| view! { <Kbd keys /> })}
    };
    let close = move || {
        if let Some(panel) = panel.get_untracked() {
            let _ = panel.hide_popover();
        }
    };
    match item.does {
        Does::Run(act) => view! {
            <button
                type="button"
                class=class
                role=role
                tabindex="-1"
                aria-checked=checked
                aria-disabled=off.then_some("true")
                on:click=move |_| {
                    if !off {
                        close();
                        act();
                    }
                }
            >
                {inner}
            </button>
        }
        .into_any(),
        Does::Go(href) => view! {
            <a
                class=class
                role=role
                tabindex="-1"
                href=(!off).then_some(href)
                aria-disabled=off.then_some("true")
                on:click=move |_| close()
            >
                {inner}
            </a>
        }
        .into_any(),
    }
}
