use super::Sample;
use crate::ui::{
    button::Button,
    fmt,
    status::{RunBadge, StepBadge},
    table::{Column, Table},
    virtual_list::{ListHandle, ListRole, RowKey, VirtualList},
};
use leptos::prelude::*;
use model::{RunStatus, StepStatus};

#[component]
pub(super) fn Lists() -> AnyView {
    let handle = ListHandle::new();
    let added = RwSignal::new(0_usize);
    let rows = Signal::derive(move || 1_000_000 + added.get());
    let number = move |index: usize| (index + 1) as i64 - added.get() as i64;
    let row = move |index: Signal<usize>| {
        let status = Signal::derive(move || RunStatus::ALL[index.get() % RunStatus::ALL.len()]);
        view! {
            <div class="gallery__cells">
                <RunBadge status />
                <span role="cell" class="clip">"Row number "{move || number(index.get())}</span>
                <span role="cell" class="num dim">{move || fmt::duration(index.get() as u64 * 37)}</span>
            </div>
        }
        .into_any()
    };
    let tail = ListHandle::new();
    let lines = RwSignal::new(40_usize);
    let line = |index: Signal<usize>| {
        view! { <span class="mono">"event "{move || index.get() + 1}</span> }.into_any()
    };
    view! {
        <div>
            <Sample name="A million rows">
                <Button on_click=move || handle.go(777_777)>"Go to 777,778"</Button>
                <Button on_click=move || added.update(|n| *n += 3)>"Add three before"</Button>
                <Button on_click=move || tail.follow()>"Follow"</Button>
                <Button on_click=move || lines.update(|n| *n += 5)>"Add five at the end"</Button>
                <div class="gallery__tall card">
                    <VirtualList
                        label="Rows"
                        rows
                        row_height=32
                        row
                        key=move |index: usize| RowKey::of(index as i64 - added.get_untracked() as i64)
                        role=ListRole::Table
                        handle
                        head=|| {
                            view! {
                                <div class="gallery__cells">
                                    <span role="columnheader">"Status"</span>
                                    <span role="columnheader">"What"</span>
                                    <span role="columnheader" class="num">"Took"</span>
                                </div>
                            }
                        }
                    />
                </div>
                <div class="gallery__tall card">
                    <VirtualList label="Events" rows=lines row_height=24 row=line role=ListRole::Lines handle=tail />
                </div>
            </Sample>
            <Sample name="Table">
                <div class="card">
                    <Table label="Attempts of this run" columns=const { &[Column::text("Attempt"), Column::text("Ended"), Column::number("Took")] }>
                        <tr>
                            <td><a class="row-link" href="#light">"Attempt 1"</a></td>
                            <td><StepBadge status=StepStatus::Failed /></td>
                            <td class="num">"4 m 12 s"</td>
                        </tr>
                        <tr>
                            <td><a class="row-link" href="#light">"Attempt 2"</a></td>
                            <td><StepBadge status=StepStatus::Completed /></td>
                            <td class="num">"3.1 s"</td>
                        </tr>
                    </Table>
                </div>
            </Sample>
        </div>
    }
    .into_any()
}
