//! Markdown as a tree of what may be shown. What is not in [`Node`] cannot come onto the page.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag};

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Text(String),
    Code(String),
    LineBreak,
    Rule,
    /// A block of code and, where it is named, its language.
    Pre(Option<String>, String),
    /// A link that may be followed; `host` where the text does not say where it leads.
    Link {
        address: String,
        host: Option<String>,
        children: Vec<Node>,
    },
    /// A link that may not be followed: its address is shown as text.
    Unfollowed {
        address: String,
        children: Vec<Node>,
    },
    Element(Element, Vec<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    Paragraph,
    Heading,
    SubHeading,
    Quote,
    Bullets,
    /// A numbered list and its first number.
    Numbers(u64),
    Item,
    Table,
    Head,
    Row,
    Cell,
    Emphasis,
    Strong,
    Struck,
    /// HTML as it was written.
    Raw,
    /// Nothing of its own.
    Plain,
}

pub(super) fn parse(text: &str) -> Vec<Node> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    inside(&mut Parser::new_ext(text, options))
}

/// Everything up to the end of the element that has begun.
fn inside<'a>(events: &mut impl Iterator<Item = Event<'a>>) -> Vec<Node> {
    let mut out = Vec::new();
    while let Some(event) = events.next() {
        out.push(match event {
            Event::Start(tag) => element(tag, events),
            Event::End(_) => break,
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                Node::Text(text.into_string())
            }
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                Node::Code(text.into_string())
            }
            Event::SoftBreak => Node::Text("\n".to_owned()),
            Event::HardBreak => Node::LineBreak,
            Event::Rule => Node::Rule,
            Event::TaskListMarker(done) => Node::Text(if done { "☑ " } else { "☐ " }.to_owned()),
            Event::FootnoteReference(name) => Node::Text(format!("[{name}]")),
        });
    }
    out
}

fn element<'a>(tag: Tag<'a>, events: &mut impl Iterator<Item = Event<'a>>) -> Node {
    let children = inside(events);
    let kind = match tag {
        Tag::CodeBlock(kind) => {
            let language = match kind {
                CodeBlockKind::Fenced(language) if !language.is_empty() => {
                    Some(language.into_string())
                }
                CodeBlockKind::Fenced(_) | CodeBlockKind::Indented => None,
            };
            return Node::Pre(language, plain(&children));
        }
        Tag::Image { dest_url, .. } => {
            let about = plain(&children);
            let words = if about.is_empty() {
                "Picture".to_owned()
            } else {
                format!("Picture: {about}")
            };
            return link(&dest_url, vec![Node::Text(words)]);
        }
        Tag::Link { dest_url, .. } => return link(&dest_url, children),
        Tag::Paragraph => Element::Paragraph,
        Tag::Heading {
            level: HeadingLevel::H1 | HeadingLevel::H2,
            ..
        } => Element::Heading,
        Tag::Heading { .. } => Element::SubHeading,
        Tag::BlockQuote(_) => Element::Quote,
        Tag::List(Some(start)) => Element::Numbers(start),
        Tag::List(None) => Element::Bullets,
        Tag::Item => Element::Item,
        Tag::Table(_) => Element::Table,
        Tag::TableHead => Element::Head,
        Tag::TableRow => Element::Row,
        Tag::TableCell => Element::Cell,
        Tag::Emphasis => Element::Emphasis,
        Tag::Strong => Element::Strong,
        Tag::Strikethrough => Element::Struck,
        Tag::HtmlBlock => Element::Raw,
        Tag::FootnoteDefinition(_)
        | Tag::DefinitionList
        | Tag::DefinitionListTitle
        | Tag::DefinitionListDefinition
        | Tag::Superscript
        | Tag::Subscript
        | Tag::MetadataBlock(_) => Element::Plain,
    };
    Node::Element(kind, children)
}

fn link(address: &str, children: Vec<Node>) -> Node {
    let address = address.to_owned();
    match target(&address) {
        Some(host) => {
            let host = (!plain(&children).contains(host)).then(|| host.to_owned());
            Node::Link {
                address,
                host,
                children,
            }
        }
        None => Node::Unfollowed { address, children },
    }
}

/// The host a link leads to, or the person it writes to; `None` for an address that must not be followed.
fn target(address: &str) -> Option<&str> {
    let (scheme, rest) = address.split_once(':')?;
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => {
            let authority = rest
                .strip_prefix("//")?
                .split(['/', '?', '#', '\\'])
                .next()?;
            let host = authority.rsplit('@').next()?;
            (!host.is_empty()).then_some(host)
        }
        "mailto" => Some(rest),
        _ => None,
    }
}

/// The text without its marks.
fn plain(nodes: &[Node]) -> String {
    let of = |node: &Node| match node {
        Node::Text(text) | Node::Code(text) | Node::Pre(_, text) => text.clone(),
        Node::LineBreak | Node::Rule => "\n".to_owned(),
        Node::Link { children, .. }
        | Node::Unfollowed { children, .. }
        | Node::Element(_, children) => plain(children),
    };
    nodes.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_and_mail_can_be_followed() {
        assert_eq!(target("https://example.com/a?b"), Some("example.com"));
        assert_eq!(target("HTTP://example.com"), Some("example.com"));
        assert_eq!(target("https://bank.com@evil.com/"), Some("evil.com"));
        assert_eq!(target("mailto:a@b.c"), Some("a@b.c"));
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "JaVaScRiPt:x",
            "/runs",
            "#x",
            "https:evil",
            "file:///etc",
        ] {
            assert_eq!(target(bad), None, "{bad}");
        }
    }

    #[test]
    fn html_is_text() {
        let shown = parse("a <b onclick=x>b</b>\n\n<script>x</script>");
        let Node::Element(Element::Paragraph, inline) = &shown[0] else {
            panic!("{shown:?}")
        };
        assert!(inline.contains(&Node::Text("<b onclick=x>".to_owned())));
        assert_eq!(
            shown[1],
            Node::Element(
                Element::Raw,
                vec![Node::Text("<script>x</script>".to_owned())]
            )
        );
    }

    #[test]
    fn a_link_says_where_it_leads() {
        let hosts = |text: &str| match &parse(text)[0] {
            Node::Element(_, inline) => match &inline[0] {
                Node::Link { host, .. } => host.clone(),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        };
        assert_eq!(
            hosts("[bank](https://evil.example/x)").as_deref(),
            Some("evil.example")
        );
        assert_eq!(hosts("[evil.example](https://evil.example)"), None);
    }

    #[test]
    fn a_script_link_is_text() {
        let shown = parse("[x](javascript:alert)");
        assert!(
            matches!(&shown[0], Node::Element(_, inline) if matches!(inline[0], Node::Unfollowed { .. }))
        );
    }

    #[test]
    fn a_picture_becomes_a_link() {
        let shown = parse("![chart](https://example.com/c.png)");
        let Node::Element(_, inline) = &shown[0] else {
            panic!("{shown:?}")
        };
        assert!(
            matches!(&inline[0], Node::Link { children, .. } if plain(children) == "Picture: chart")
        );
    }

    #[test]
    fn tables_have_heads_rows_and_cells() {
        let shown = parse("|a|b|\n|-|-|\n|1|2|");
        let Node::Element(Element::Table, parts) = &shown[0] else {
            panic!("{shown:?}")
        };
        assert!(
            matches!(parts[0], Node::Element(Element::Head, _))
                && matches!(parts[1], Node::Element(Element::Row, _))
        );
    }
}
