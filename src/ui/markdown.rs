//! Markdown from people and agents, as views. It is untrusted text: HTML in it is shown as text, pictures are not loaded,
//! and a link shows where it leads. Links inside the console are followed only where the caller says what they mean.

mod tree;

use leptos::prelude::*;
use std::sync::Arc;
use tree::{Element, Node, parse};

/// A longer text is shown as it is written.
const LONGEST: usize = 200_000;

/// The console's own address for a link that leads nowhere else; `None` where it means nothing.
pub type Inside = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Renders markdown: paragraphs, headings, lists, tables, code, quotes, links.
#[component]
pub fn Markdown(
    #[prop(into)] text: Signal<String>,
    /// For texts of the console's own: what a relative link means.
    #[prop(optional)]
    inside: Option<Inside>,
) -> AnyView {
    let shown = move || {
        text.with(|text| {
            if text.len() > LONGEST {
                view! { <pre tabindex="0">{text.clone()}</pre> }.into_any()
            } else {
                nodes(parse(text), false, inside.as_ref())
            }
        })
    };
    view! { <div class="markdown">{shown}</div> }.into_any()
}

fn nodes(nodes: Vec<Node>, in_head: bool, inside: Option<&Inside>) -> AnyView {
    nodes
        .into_iter()
        .map(|node| one(node, in_head, inside))
        .collect_view()
        .into_any()
}

fn one(node: Node, in_head: bool, inside: Option<&Inside>) -> AnyView {
    match node {
        Node::Text(text) => text.into_any(),
        Node::Code(text) => view! { <code>{text}</code> }.into_any(),
        Node::LineBreak => view! { <br /> }.into_any(),
        Node::Rule => view! { <hr /> }.into_any(),
        Node::Pre(language, text) => {
            view! { <pre tabindex="0" data-language=language><code>{text}</code></pre> }.into_any()
        }
        Node::Link { address, host, children } => view! {
            <a href=address target="_blank" rel="noopener noreferrer nofollow" class="markdown__link">
                {nodes(children, in_head, inside)}
            </a>
            {host.map(|host| view! { <span class="markdown__host">" (" {host} ")"</span> })}
        }
        .into_any(),
        Node::Unfollowed { address, children } => {
            let children = nodes(children, in_head, inside);
            match inside.and_then(|inside| inside(&address)) {
                Some(own) => view! { <a href=own class="markdown__link">{children}</a> }.into_any(),
                None => view! {
                    {children}
                    <span class="markdown__host">" (" {address} ")"</span>
                }
                .into_any(),
            }
        }
        Node::Element(element, children) => {
            let children = nodes(children, in_head || element == Element::Head, inside);
            wrap(element, children, in_head)
        }
    }
}

fn wrap(element: Element, children: AnyView, in_head: bool) -> AnyView {
    match element {
        Element::Paragraph => view! { <p>{children}</p> }.into_any(),
        // The page's own headings stand above these.
        Element::Heading => view! { <h3>{children}</h3> }.into_any(),
        Element::SubHeading => view! { <h4>{children}</h4> }.into_any(),
        Element::Quote => view! { <blockquote>{children}</blockquote> }.into_any(),
        Element::Bullets => view! { <ul>{children}</ul> }.into_any(),
        Element::Numbers(start) => view! { <ol start=start.to_string()>{children}</ol> }.into_any(),
        Element::Item => view! { <li>{children}</li> }.into_any(),
        Element::Table => {
            view! { <div class="markdown__table" tabindex="0"><table>{children}</table></div> }
                .into_any()
        }
        Element::Head => view! { <thead><tr>{children}</tr></thead> }.into_any(),
        Element::Row => view! { <tr>{children}</tr> }.into_any(),
        Element::Cell if in_head => view! { <th>{children}</th> }.into_any(),
        Element::Cell => view! { <td>{children}</td> }.into_any(),
        Element::Emphasis => view! { <em>{children}</em> }.into_any(),
        Element::Strong => view! { <strong>{children}</strong> }.into_any(),
        Element::Struck => view! { <s>{children}</s> }.into_any(),
        Element::Raw => view! { <pre tabindex="0">{children}</pre> }.into_any(),
        Element::Plain => children,
    }
}
