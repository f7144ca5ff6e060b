//! A look inside an artifact: text, markdown, JSON, a table, an image. Anything else is only for download.

use super::csv;
use crate::{
    api::{Api, artifacts},
    pages::run::values::{
        loaded,
        whole::{Loaded, Whole},
    },
    ui::{
        banner::Banner, button::Button, empty::Empty, fmt, icon::lucide, markdown::Markdown,
        skeleton::Skeleton, status::Tone,
    },
};
use leptos::prelude::*;
use model::RunId;
use model::event::Artifact;

/// Larger ones are fetched when a person asks for them.
const AT_ONCE: u64 = 1_000_000;
/// Longer texts are not laid out as markdown, in bytes.
const MARKDOWN: usize = 200_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Markdown,
    Json,
    Table,
    Image,
    Text,
    Other,
}

fn kind(media_type: &str, name: &str) -> Kind {
    let media = media_type.split(';').next().unwrap_or_default().trim();
    let ends = |end: &str| name.to_ascii_lowercase().ends_with(end);
    match media {
        "text/markdown" => Kind::Markdown,
        "application/json" => Kind::Json,
        "text/csv" => Kind::Table,
        "image/png" | "image/jpeg" | "image/gif" | "image/webp" => Kind::Image,
        _ if ends(".md") => Kind::Markdown,
        _ if ends(".csv") => Kind::Table,
        _ if ends(".json") || media.ends_with("+json") => Kind::Json,
        _ if media.starts_with("text/") => Kind::Text,
        _ => Kind::Other,
    }
}

#[component]
pub fn Preview(run: RunId, artifact: Artifact) -> AnyView {
    let kind = kind(&artifact.media_type, &artifact.name);
    let title = artifact.name.clone();
    let body = match kind {
        Kind::Other => view! {
            <Empty icon=lucide::LuFileQuestion title="No look inside" text=format!("A browser cannot show {}. Download it instead.", artifact.media_type) />
        }
        .into_any(),
        Kind::Image => {
            let source = artifacts::content(Api::get(), &run, &artifact.id);
            view! { <img class="artifact__image" src=source alt=artifact.name.clone() /> }.into_any()
        }
        Kind::Markdown | Kind::Json | Kind::Table | Kind::Text => inside(&run, &artifact, kind),
    };
    view! {
        <section class="artifact" aria-label=title>
            <h3>{artifact.name.clone()}</h3>
            {artifact.partial.then(|| view! { <Banner tone=Tone::Wait>"This is partial: the step had not finished when it was written."</Banner> })}
            {body}
        </section>
    }
    .into_any()
}

fn inside(run: &RunId, artifact: &Artifact, kind: Kind) -> AnyView {
    let path = artifacts::content_path(run, &artifact.id);
    let whole = Whole::new(Api::get(), path, kind == Kind::Json);
    let at_once = artifact.bytes <= AT_ONCE;
    if at_once {
        whole.load();
    }
    let size = fmt::bytes(artifact.bytes);
    let waiting = move || {
        if at_once {
            return view! { <Skeleton lines=6 /> }.into_any();
        }
        let busy = Signal::derive(move || whole.is_loading());
        view! {
            <p class="value__about">
                <b>{size.clone()}</b>
                <Button small=true icon=lucide::LuMaximize2 busy on_click=move || whole.load()>"Open all of it"</Button>
                <span role="status">{move || whole.said()}</span>
            </p>
        }
        .into_any()
    };
    let name = artifact.name.clone();
    whole.view("the artifact", waiting, move |found| {
        show(kind, &name, found)
    })
}

fn show(kind: Kind, name: &str, found: Loaded) -> AnyView {
    match (kind, found) {
        (Kind::Markdown, Loaded::Text(text)) if text.len() <= MARKDOWN => {
            view! { <Markdown text=text.to_string() /> }.into_any()
        }
        (Kind::Table, Loaded::Text(text)) => table(name, &text),
        (kind, found) => {
            let note = (kind == Kind::Markdown).then(|| {
                let most = fmt::bytes(MARKDOWN as u64);
                view! { <p class="record__cut">{format!("Shown as it is written: markdown of more than {most} is not laid out.")}</p> }
            });
            view! { {note} {loaded("the artifact", found, String::new())} }.into_any()
        }
    }
}

fn table(name: &str, text: &str) -> AnyView {
    let (rows, cut) = csv::read(text, 500);
    let mut rows = rows.into_iter();
    let head = rows.next().unwrap_or_default();
    let cells = |row: Vec<String>| {
        row.into_iter()
            .map(|cell| view! { <td>{cell}</td> })
            .collect_view()
    };
    view! {
        <div class="table-scroll artifact__table" tabindex="0" role="region" aria-label=name.to_owned()>
            <table class="table">
                <caption class="visually-hidden">{name.to_owned()}</caption>
                <thead><tr>{head.into_iter().map(|cell| view! { <th scope="col">{cell}</th> }).collect_view()}</tr></thead>
                <tbody>{rows.map(|row| view! { <tr>{cells(row)}</tr> }).collect_view()}</tbody>
            </table>
        </div>
        {cut.then(|| view! { <p class="record__cut">"Showing the first 500 rows."</p> })}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_media_type_decides_and_the_name_helps() {
        assert_eq!(
            kind("text/markdown; charset=utf-8", "quote"),
            Kind::Markdown
        );
        assert_eq!(kind("text/plain", "quote.md"), Kind::Markdown);
        assert_eq!(kind("application/problem+json", "x"), Kind::Json);
        assert_eq!(kind("text/csv", "x"), Kind::Table);
        assert_eq!(kind("application/pdf", "x.pdf"), Kind::Other);
        assert_eq!(kind("image/svg+xml", "x.svg"), Kind::Other);
    }
}
