use super::Sample;
use crate::ui::{
    button::{Button, ButtonKind, LinkButton, SplitButton},
    chip::Chip,
    copy::CopyButton,
    dialog::{Dialog, DialogKind},
    icon::lucide,
    kbd::Kbd,
    menu::{MenuButton, MenuItem},
    popover::Popover,
    toast::{Toast, Toasts},
};
use leptos::prelude::*;

fn retry_items() -> Vec<MenuItem> {
    vec![
        MenuItem::new("Retry", || {})
            .detail("From Draft quote, the first step that did not finish")
            .keys("R"),
        MenuItem::new("Retry from step…", || {}),
        MenuItem::new("Run again", || {}).icon(lucide::LuPlay),
        MenuItem::link("Open the workflow", "#light").icon(lucide::LuWorkflow),
        MenuItem::new("Resume", || {})
            .disabled(Some("Only a paused or blocked run can resume".to_owned())),
        MenuItem::new("Cancel", || {})
            .danger()
            .apart()
            .keys("C")
            .icon(lucide::LuX),
    ]
}

#[component]
pub(super) fn Actions() -> AnyView {
    let busy = RwSignal::new(false);
    let open = RwSignal::new(false);
    let wide = RwSignal::new(false);
    let drawer = RwSignal::new(false);
    let starred = RwSignal::new(true);
    let theme = RwSignal::new("Dark");
    let themes = Signal::derive(move || {
        ["Light", "Dark", "System"]
            .map(|name| MenuItem::new(name, move || theme.set(name)).checked(theme.get() == name))
            .to_vec()
    });
    let toast = |toast: fn() -> Toast| {
        move || {
            if let Some(toasts) = Toasts::get() {
                toasts.push(toast());
            }
        }
    };
    let done = toast(|| Toast::done("Retry started: attempt 3.").link("Audit entry", "#light"));
    let failed = toast(|| Toast::failed("Not cancelled: the run had ended."));
    view! {
        <div>
            <Sample name="Buttons">
                <Button kind=ButtonKind::Primary keys="R">"Retry from Draft quote"</Button>
                <Button icon=lucide::LuPlay>"Run again"</Button>
                <Button kind=ButtonKind::Quiet>"Report this Run"</Button>
                <Button kind=ButtonKind::Danger keys="C">"Cancel"</Button>
                <Button disabled=Some("The run has ended".to_owned())>"Cancel"</Button>
                <Button kind=ButtonKind::Primary disabled=Some("Needs the role project_contributor".to_owned())>"Approve"</Button>
                <Button kind=ButtonKind::Primary busy=true>"Publishing"</Button>
                <Button busy on_click=move || busy.set(true)>"Press me"</Button>
                <LinkButton href="#dark" icon=lucide::LuExternalLink>"Open provider"</LinkButton>
            </Sample>
            <Sample name="Small and bare">
                <Button small=true>"Small"</Button>
                <Button small=true kind=ButtonKind::Primary icon=lucide::LuCheck>"Approve"</Button>
                <Button kind=ButtonKind::Quiet icon=lucide::LuBell label="Notifications" />
                <Button kind=ButtonKind::Quiet small=true icon=lucide::LuCopy label="Copy" />
                <Button
                    icon=lucide::LuBookmark
                    label="Save this view"
                    pressed=starred
                    on_click=move || starred.update(|on| *on = !*on)
                />
                <CopyButton text="copied" label="Copy the text" />
                <Kbd keys="Ctrl K" />
            </Sample>
            <Sample name="Menus and popovers">
                <SplitButton kind=ButtonKind::Primary more="More ways to go on" items=Signal::from(retry_items()) on_click=|| {}>
                    "Retry"
                </SplitButton>
                <SplitButton more="More" items=Signal::from(retry_items()) on_click=|| {}>"Retry"</SplitButton>
                <MenuButton label="Actions" items=Signal::from(retry_items())>"Actions"</MenuButton>
                <MenuButton label="Theme" kind=ButtonKind::Quiet icon=lucide::LuMoon items=themes />
                <Popover label="Why" trigger=|| view! { "Why?" }>
                    <p>"The model provider answered 503 on all three tries. Retry when it is back."</p>
                </Popover>
            </Sample>
            <Sample name="Chips">
                <Chip name="Status" value="Failed, Interrupted" on_remove=|| {} />
                <Chip name="Workflow" value="RFQ draft" on_remove=|| {} />
            </Sample>
            <Sample name="Dialogs and messages">
                <Button on_click=move || open.set(true)>"Dialog"</Button>
                <Button on_click=move || wide.set(true)>"Wide dialog"</Button>
                <Button on_click=move || drawer.set(true)>"Drawer"</Button>
                <Button on_click=done>"Message"</Button>
                <Button on_click=failed>"Error message"</Button>
            </Sample>
            <Dialog
                open
                title="Cancel this run?"
                footer=move || {
                    view! {
                        <Button on_click=move || open.set(false)>"Keep running"</Button>
                        <Button kind=ButtonKind::Danger>"Cancel run"</Button>
                    }
                }
            >
                <p>"Two steps are in flight. Their tool calls are cancelled and the sandbox is released."</p>
            </Dialog>
            <Dialog open=wide title="Plan" kind=DialogKind::Wide><p>"Six steps will run."</p></Dialog>
            <Dialog open=drawer title="Signalbox" kind=DialogKind::Drawer><p>"Navigation"</p></Dialog>
        </div>
    }
    .into_any()
}
