//! Walls inside the console.

use super::Text;
use crate::problem::Problem;

/// Building blocks know no screen and no data.
pub fn ui_breaches(text: &Text) -> Result<Vec<String>, Problem> {
    if !text.name.starts_with("src/ui/") && text.name != "src/ui.rs" {
        return Ok(Vec::new());
    }
    let mentions = text.mentions()?;
    let broken = mentions.iter().filter(|mention| {
        ["pages", "api"]
            .iter()
            .any(|other| mention.starts_with(&["crate", other]))
    });
    Ok(broken
        .map(|mention| text.at(mention.line, &mention.shown()))
        .collect())
}

/// A page's own things live inside it; what two pages need belongs to `ui/` or `state/`.
pub fn page_breaches(text: &Text) -> Result<Vec<String>, Problem> {
    let module = text.module();
    let [_, pages, own, ..] = module.as_slice() else {
        return Ok(Vec::new());
    };
    if pages != "pages" {
        return Ok(Vec::new());
    }
    let mentions = text.mentions()?;
    let broken = mentions.iter().filter(|mention| {
        mention.starts_with(&["crate", "pages"]) && mention.path.get(2) != Some(own)
    });
    Ok(broken
        .map(|mention| text.at(mention.line, &mention.shown()))
        .collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_building_block_that_knows_a_page_or_the_api_is_caught() {
        let text = Text::new(
            "src/ui/badge.rs",
            "use crate::pages::run;\nfn f() { crate::api::runs::list() }",
        );
        assert_eq!(
            ui_breaches(&text).unwrap(),
            [
                "src/ui/badge.rs:1: crate::pages::run",
                "src/ui/badge.rs:2: crate::api::runs::list"
            ]
        );
        let upwards = Text::new("src/ui/badge.rs", "use super::super::api;");
        assert_eq!(
            ui_breaches(&upwards).unwrap(),
            ["src/ui/badge.rs:1: crate::api"]
        );
    }

    #[test]
    fn a_building_block_may_know_another() {
        let text = Text::new(
            "src/ui/menu.rs",
            "use crate::ui::button; use super::dialog; use model::RunStatus;",
        );
        assert!(ui_breaches(&text).unwrap().is_empty());
        let page = Text::new("src/pages/run.rs", "use crate::api::runs;");
        assert!(ui_breaches(&page).unwrap().is_empty());
    }

    #[test]
    fn a_page_that_knows_another_is_caught() {
        let text = Text::new(
            "src/pages/run/header.rs",
            "use crate::{ui, pages::runs::Row};\nuse super::super::missions;",
        );
        assert_eq!(
            page_breaches(&text).unwrap(),
            [
                "src/pages/run/header.rs:1: crate::pages::runs::Row",
                "src/pages/run/header.rs:2: crate::pages::missions",
            ]
        );
        let all = Text::new("src/pages/run.rs", "use super::*;");
        assert_eq!(
            page_breaches(&all).unwrap(),
            ["src/pages/run.rs:1: crate::pages::*"]
        );
    }

    #[test]
    fn a_page_may_know_its_own_parts_and_the_routes_may_know_all() {
        let own = Text::new(
            "src/pages/run/header.rs",
            "use super::steps; use crate::pages::run::steps::Step;",
        );
        assert!(page_breaches(&own).unwrap().is_empty());
        let parent = Text::new(
            "src/pages.rs",
            "pub use self::run::Run; use crate::pages::runs;",
        );
        assert!(page_breaches(&parent).unwrap().is_empty());
    }
}
