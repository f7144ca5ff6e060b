//! Walls between crates, from what cargo says they depend on (tests and build scripts included).

use serde_json::Value;

use crate::problem::Problem;

/// Which of our crates a crate may depend on.
const MAY_KNOW: [(&str, &[&str]); 9] = [
    ("layout", &[]),
    ("layout-worker", &["layout"]),
    ("model", &[]),
    ("engine", &["model"]),
    ("runtime", &["model", "engine"]),
    ("demo", &["model", "engine", "runtime"]),
    ("console", &["model", "engine", "layout"]),
    ("xtask", &[]),
    ("bundle", &[]),
];

/// `metadata` is the answer of `cargo metadata --no-deps`.
pub fn breaches(metadata: &str) -> Result<Vec<String>, Problem> {
    let metadata: Value = serde_json::from_str(metadata)
        .map_err(|error| Problem::Wrong(format!("cargo metadata cannot be read: {error}.")))?;
    let mut broken = Vec::new();
    for package in list(&metadata["packages"]) {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, allowed)) = MAY_KNOW.iter().find(|(known, _)| *known == name) else {
            broken.push(format!("{name}: a crate the architecture does not name"));
            continue;
        };
        for dependency in list(&package["dependencies"]) {
            let other = dependency["name"].as_str().unwrap_or_default();
            let ours = MAY_KNOW.iter().any(|(known, _)| *known == other);
            if ours && !allowed.contains(&other) {
                broken.push(format!("{name}'s Cargo.toml: {other}"));
            }
        }
    }
    Ok(broken)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn metadata(name: &str, dependency: &str) -> String {
        format!(
            r#"{{"packages": [{{"name": "{name}", "dependencies": [{{"name": "{dependency}"}}]}}]}}"#
        )
    }

    #[test]
    fn a_dependency_outwards_is_caught() {
        for (name, dependency) in [
            ("model", "engine"),
            ("engine", "runtime"),
            ("console", "runtime"),
            ("runtime", "console"),
            ("xtask", "model"),
        ] {
            let broken = breaches(&metadata(name, dependency)).unwrap();
            assert_eq!(broken, [format!("{name}'s Cargo.toml: {dependency}")]);
        }
    }

    #[test]
    fn dependencies_inwards_and_on_libraries_are_fine() {
        for (name, dependency) in [
            ("engine", "model"),
            ("console", "engine"),
            ("model", "serde"),
        ] {
            assert!(breaches(&metadata(name, dependency)).unwrap().is_empty());
        }
    }

    #[test]
    fn a_crate_nobody_decided_on_is_caught() {
        assert_eq!(breaches(&metadata("utils", "serde")).unwrap().len(), 1);
    }
}
