//! Buttons. One that cannot be used now stays in place, can be focused and says why.

use super::{
    dom::unique_id,
    icon::{Icon, IconRef, lucide},
    kbd::Kbd,
    menu::{MenuButton, MenuItem},
};
use leptos::prelude::*;

/// How loud a button is. A view has one primary button at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonKind {
    Primary,
    #[default]
    Default,
    /// No ground until pointed at: for toolbars.
    Quiet,
    /// Ends or removes something.
    Danger,
}

impl ButtonKind {
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Primary => "btn btn--primary",
            Self::Default => "btn",
            Self::Quiet => "btn btn--quiet",
            Self::Danger => "btn btn--danger",
        }
    }
}

/// A button. With `disabled` holding a reason it does nothing when pressed, and shows the reason on hover, focus and touch.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    /// 24 px high instead of 30 px.
    #[prop(optional)]
    small: bool,
    #[prop(optional)] icon: Option<IconRef>,
    /// The key that does the same, for example `"R"`.
    #[prop(optional)]
    keys: Option<&'static str>,
    /// Something started by the button is under way: shows it and takes no second press.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Why it cannot be used now; `None` when it can.
    #[prop(optional, into)]
    disabled: Signal<Option<String>>,
    /// The name of a button that shows only an icon; also its tooltip.
    #[prop(optional, into)]
    label: MaybeProp<String>,
    /// Whether it is switched on, for a button that stays in.
    #[prop(optional, into)]
    pressed: MaybeProp<bool>,
    /// Submits the form around it.
    #[prop(optional)]
    submit: bool,
    #[prop(optional, into)] on_click: Option<Callback<()>>,
    #[prop(optional)] node_ref: NodeRef<leptos::html::Button>,
    #[prop(optional)] children: Option<Children>,
) -> AnyView {
    let bare = children.is_none();
    let why_id = StoredValue::new(unique_id("why"));
    let class = [
        kind.class(),
        if small { " btn--s" } else { "" },
        if bare { " btn--bare" } else { "" },
    ]
    .concat();
    let off = move || busy.get() || disabled.with(Option::is_some);
    let tip = move || disabled.get().or_else(|| label.get());
    view! {
        <button
            node_ref=node_ref
            class=class
            type=if submit { "submit" } else { "button" }
            aria-label=move || label.get()
            aria-pressed=move || pressed.get().map(|on| if on { "true" } else { "false" })
            aria-disabled=move || off().then_some("true")
            aria-busy=move || busy.get().then_some("true")
            aria-describedby=move || disabled.with(Option::is_some).then(|| why_id.get_value())
            data-tip=tip
            on:click=move |event| {
                if off() {
                    event.prevent_default();
                    event.stop_propagation();
                } else if let Some(on_click) = on_click {
                    on_click.run(());
                }
            }
        >
            {move || if busy.get() {
                Some(view! { <span class="btn__busy" aria-hidden="true"></span> }.into_any())
            } else {
                icon.map(|icon| view! { <Icon icon /> }.into_any())
            }}
            {children.map(|children| view! { <span class="btn__text">{children()}</span> })}
            {keys.map(|keys| view! { <Kbd keys /> })}
            {move || disabled.get().map(|why| view! { <span hidden id=why_id.get_value()>{why}</span> })}
        </button>
    }
    .into_any()
}

/// A link that looks like a button: it goes somewhere.
#[component]
pub fn LinkButton(
    #[prop(into)] href: Signal<String>,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] small: bool,
    #[prop(optional)] icon: Option<IconRef>,
    /// Keeps what the address answers as a file of this name.
    #[prop(optional, into)]
    download: Option<String>,
    children: Children,
) -> AnyView {
    let class = [kind.class(), if small { " btn--s" } else { "" }].concat();
    view! {
        <a class=class href=move || href.get() download=download>
            {icon.map(|icon| view! { <Icon icon /> })}
            <span class="btn__text">{children()}</span>
        </a>
    }
    .into_any()
}

/// A button with more of its kind in a menu beside it: "Retry ▾".
#[component]
pub fn SplitButton(
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] icon: Option<IconRef>,
    #[prop(optional)] keys: Option<&'static str>,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<Option<String>>,
    /// What the menu holds, for its button: "More ways to retry".
    #[prop(into)]
    more: String,
    #[prop(into)] items: Signal<Vec<MenuItem>>,
    #[prop(into)] on_click: Callback<()>,
    children: Children,
) -> AnyView {
    view! {
        <span class="split" role="group">
            <Button kind nostrip:icon=icon nostrip:keys=keys busy disabled on_click>{children()}</Button>
            <MenuButton kind icon=lucide::LuChevronDown label=more items />
        </span>
    }
    .into_any()
}
