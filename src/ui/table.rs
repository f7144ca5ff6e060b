//! Short tables: what fits on a page. Longer lists are virtual: see `virtual_list`.

use leptos::prelude::*;

/// A column of a [`Table`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    /// Numbers stand at the end of their column.
    pub number: bool,
    /// The name is heard, not seen: for columns of buttons.
    pub quiet: bool,
}

impl Column {
    pub const fn text(name: &'static str) -> Self {
        Self {
            name,
            number: false,
            quiet: false,
        }
    }
    pub const fn number(name: &'static str) -> Self {
        Self {
            name,
            number: true,
            quiet: false,
        }
    }
    pub const fn quiet(name: &'static str) -> Self {
        Self {
            name,
            number: false,
            quiet: true,
        }
    }
}

/// A table with a head that stays in sight. `children` are `<tr>` rows; a cell with numbers has the class `num`, a link
/// with the class `row-link` makes its whole row a target.
#[component]
pub fn Table(
    /// What the rows are: "Attempts of this run".
    #[prop(into)]
    label: String,
    columns: &'static [Column],
    /// On a narrow screen the cells of a row stand below each other: the first is the row's title, each other one says its
    /// column's name where it has `data-name`.
    #[prop(optional)]
    stacked: bool,
    children: Children,
) -> AnyView {
    let caption = label.clone();
    view! {
        <div class="table-scroll" tabindex="0" role="group" aria-label=label>
            <table class=if stacked { "table table--stacked" } else { "table" }>
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>
                        {columns
                            .iter()
                            .map(|column| {
                                view! {
                                    <th scope="col" class=column.number.then_some("num")>
                                        <span class=column.quiet.then_some("visually-hidden")>{column.name}</span>
                                    </th>
                                }
                            })
                            .collect_view()}
                    </tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
