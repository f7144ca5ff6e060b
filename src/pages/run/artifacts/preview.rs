//! A look inside an artifact: text, markdown, JSON, a table, an image. Anything else is only for download.

use super::csv;
use crate::{
    api::{Api, ApiError, ErrorFace, artifacts},
    ui::{
        banner::Banner, empty::Empty, fmt, icon::lucide, json_view::JsonView, markdown::Markdown,
        skeleton::Skeleton, status::Tone, text_view::TextView,
    },
};
use leptos::prelude::*;
use model::RunId;
use model::event::Artifact;
use std::sync::Arc;

/// Larger ones are not fetched for a look.
const LARGEST: u64 = 2_000_000;

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
        _ if artifact.bytes > LARGEST => view! {
            <Empty icon=lucide::LuFileText title="Too large for a look" text=format!("It has {}. Download it instead.", fmt::bytes(artifact.bytes)) />
        }
        .into_any(),
        Kind::Markdown | Kind::Json | Kind::Table | Kind::Text => view! { <Inside run artifact=artifact.clone() kind /> }.into_any(),
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

#[component]
fn Inside(run: RunId, artifact: Artifact, kind: Kind) -> AnyView {
    let api = Api::get();
    let text = RwSignal::new(None::<Arc<String>>);
    let error = RwSignal::new(None::<ApiError>);
    let path = artifacts::content_path(&run, &artifact.id);
    let load = Callback::new(move |()| {
        let path = path.clone();
        error.set(None);
        leptos::task::spawn_local(async move {
            match api.load_text(&path).await {
                Ok(found) => drop(text.try_set(Some(Arc::new(found)))),
                Err(failed) => drop(error.try_set(Some(failed))),
            }
        });
    });
    load.run(());
    let name = artifact.name;
    let shown = move || match (text.get(), error.with(Option::is_some)) {
        (Some(text), _) => show(kind, &name, &text),
        (None, true) => ().into_any(),
        (None, false) => view! { <Skeleton lines=6 /> }.into_any(),
    };
    view! { {shown} <ErrorFace error what="the artifact" compact=true retry=load /> }.into_any()
}

fn show(kind: Kind, name: &str, text: &str) -> AnyView {
    let plain = || view! { <TextView label=name.to_owned() text=text.to_owned() /> }.into_any();
    match kind {
        Kind::Markdown => view! { <Markdown text=text.to_owned() /> }.into_any(),
        Kind::Json => match serde_json::from_str::<serde_json::Value>(text) {
            Ok(value) => {
                view! { <JsonView label=name.to_owned() value=Arc::new(value) levels=3 /> }
                    .into_any()
            }
            Err(_) => plain(),
        },
        Kind::Table => table(name, text),
        Kind::Text | Kind::Image | Kind::Other => plain(),
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
