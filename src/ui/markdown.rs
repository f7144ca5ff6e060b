//! Markdown from people and agents, as views. It is untrusted text: HTML in it is shown as text, pictures are not loaded,
//! and a link shows where it leads.

mod tree;

use leptos::prelude::*;
use tree::{Element, Node, parse};

/// A longer text is shown as it is written.
const LONGEST: usize = 200_000;

/// Renders markdown: paragraphs, headings, lists, tables, code, quotes, links.
#[component]
pub fn Markdown(#[prop(into)] text: Signal<String>) -> AnyView {
    let shown = move || {
        text.with(|text| {
            if text.len() > LONGEST {
                view! { <pre tabindex="0">{text.clone()}</pre> }.into_any()
            } else {
                nodes(parse(text), false)
            }
        })
    };
    view! { <div class="markdown">{shown}</div> }.into_any()
}

fn nodes(nodes: Vec<Node>, in_head: bool) -> AnyView {
    nodes
        .into_iter()
        .map(|node| one(node, in_head))
        .collect_view()
        .into_any()
}

fn one(node: Node, in_head: bool) -> AnyView {
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
                {nodes(children, in_head)}
            </a>
            {host.map(|host| view! { <span class="markdown__host">" (" {host} ")"</span> })}
        }
        .into_any(),
        Node::Unfollowed { address, children } => view! {
            {nodes(children, in_head)}
            <span class="markdown__host">" (" {address} ")"</span>
        }
        .into_any(),
        Node::Element(element, children) => wrap(element, nodes(children, in_head || element == Element::Head), in_head),
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
