//! A guide's file: a title, one sentence, and the same five sections in every guide.

/// The sections of every guide, in order.
pub const SECTIONS: [&str; 5] = [
    "Symptoms",
    "Likely causes",
    "How to fix it",
    "Where to look next",
    "When to report",
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuideText {
    pub title: String,
    /// One sentence: what the guide is for.
    pub summary: String,
    /// Markdown, one text for each of [`SECTIONS`].
    pub sections: [String; SECTIONS.len()],
}

/// What is wrong with a guide's file.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoGuide {
    #[error("The file does not begin with a title.")]
    NoTitle,
    #[error("The sentence below the title is missing or longer than one paragraph.")]
    NoSummary,
    #[error("The section {0:?} is missing, empty or not in its place.")]
    NoSection(&'static str),
    #[error("It has {0} sections instead of the five of a guide.")]
    OtherSections(usize),
}

impl GuideText {
    /// Reads a file: `# Title`, a sentence, and the five `## ` sections.
    pub fn parse(text: &str) -> Result<Self, NoGuide> {
        let text = text.replace("\r\n", "\n");
        let mut parts = format!("\n{}", text.trim())
            .split("\n## ")
            .map(str::to_owned)
            .collect::<Vec<_>>()
            .into_iter();
        let head = parts.next().unwrap_or_default();
        let (title, summary) = head
            .trim_start()
            .strip_prefix("# ")
            .and_then(|head| head.split_once('\n'))
            .ok_or(NoGuide::NoTitle)?;
        let summary = summary.trim();
        if summary.is_empty() || summary.contains("\n\n") {
            return Err(NoGuide::NoSummary);
        }
        let parts: Vec<String> = parts.collect();
        if parts.len() != SECTIONS.len() {
            return Err(NoGuide::OtherSections(parts.len()));
        }
        let mut sections: [String; SECTIONS.len()] = Default::default();
        for ((name, part), section) in SECTIONS.iter().zip(&parts).zip(&mut sections) {
            let body = part
                .strip_prefix(name)
                .and_then(|rest| rest.strip_prefix('\n'))
                .map(str::trim)
                .filter(|body| !body.is_empty())
                .ok_or(NoGuide::NoSection(name))?;
            body.clone_into(section);
        }
        Ok(Self {
            title: title.trim().to_owned(),
            summary: summary.to_owned(),
            sections,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn file(sections: &[&str]) -> String {
        let sections: Vec<String> = sections
            .iter()
            .map(|name| format!("\n## {name}\n\n- a line\n\n### More\n\nwords\n"))
            .collect();
        format!("# A title\n\nOne sentence.\n{}", sections.concat())
    }

    #[test]
    fn a_guide_is_read_with_its_sections() {
        let guide = GuideText::parse(&file(&SECTIONS)).unwrap();
        assert_eq!(guide.title, "A title");
        assert_eq!(guide.summary, "One sentence.");
        assert!(
            guide
                .sections
                .iter()
                .all(|text| text.starts_with("- a line"))
        );
        assert_eq!(
            GuideText::parse(&file(&SECTIONS).replace('\n', "\r\n")),
            Ok(guide)
        );
    }

    #[test]
    fn anything_else_is_told_apart() {
        assert_eq!(GuideText::parse("<!doctype html>"), Err(NoGuide::NoTitle));
        assert_eq!(
            GuideText::parse("# T\n\n## Symptoms\n\nx"),
            Err(NoGuide::NoSummary)
        );
        assert_eq!(
            GuideText::parse(&file(&SECTIONS[..4])),
            Err(NoGuide::OtherSections(4))
        );
        let mut swapped = SECTIONS;
        swapped.swap(1, 2);
        assert_eq!(
            GuideText::parse(&file(&swapped)),
            Err(NoGuide::NoSection("Likely causes"))
        );
    }
}
