//! Query parameters: each may repeat or hold several values with commas; an unknown one is an error, so that a filter with a
//! typing mistake never silently shows everything.

use super::problem::{Error, Result};
use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use model::Timestamp;

/// Allowed on every route: where the request is meant for.
const PLACE: [&str; 4] = ["tenant", "project", "x-tenant-id", "x-project-id"];

/// The first value of any of `names`.
pub fn first(uri: &Uri, names: &[&str]) -> Option<String> {
    form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .find(|(name, _)| names.iter().any(|known| name.eq_ignore_ascii_case(known)))
        .map(|(_, value)| value.into_owned())
}

/// The parameters of a request.
#[derive(Debug, Clone, Default)]
pub struct Query(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(Self::read(parts.uri.query().unwrap_or_default()))
    }
}

impl Query {
    pub fn read(text: &str) -> Self {
        Self(
            form_urlencoded::parse(text.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// Refuses names that are not in `known`.
    pub fn only(self, known: &[&str]) -> Result<Self> {
        for (name, _) in &self.0 {
            if !known.contains(&name.as_str())
                && !PLACE.contains(&name.to_ascii_lowercase().as_str())
            {
                return Err(Error::query(
                    name,
                    "this route does not know it.",
                    Some(format!("Known are: {}.", known.join(", "))),
                ));
            }
        }
        Ok(self)
    }

    /// The single value of a parameter.
    pub fn one(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// All values of a parameter, repeated or with commas.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|value| !value.is_empty())
    }

    /// As [`Query::all`], each read by `parse`; `known` is named when one cannot be read.
    pub fn words<T>(
        &self,
        name: &str,
        known: &[&str],
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>> {
        self.all(name)
            .map(|text| {
                parse(text).ok_or_else(|| {
                    Error::query(
                        name,
                        format!("{text:?} is not one of its values."),
                        (!known.is_empty())
                            .then(|| format!("Its values are: {}.", known.join(", "))),
                    )
                })
            })
            .collect()
    }

    pub fn number(&self, name: &str) -> Result<Option<u64>> {
        self.one(name)
            .map(|text| {
                text.parse().map_err(|_| {
                    Error::query(name, format!("{text:?} is not a whole number."), None)
                })
            })
            .transpose()
    }

    pub fn flag(&self, name: &str) -> Result<bool> {
        self.flag_or(name, false)
    }

    /// A flag that is `usual` when it is not given.
    pub fn flag_or(&self, name: &str, usual: bool) -> Result<bool> {
        match self.one(name) {
            None => Ok(usual),
            Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(text) => Err(Error::query(
                name,
                format!("{text:?} is neither true nor false."),
                None,
            )),
        }
    }

    pub fn time(&self, name: &str) -> Result<Option<Timestamp>> {
        self.one(name)
            .map(|text| {
                Timestamp::parse(text).ok_or_else(|| {
                    Error::query(
                        name,
                        format!("{text:?} is not a time."),
                        Some("Write it as 2026-11-20T22:11:40Z.".into()),
                    )
                })
            })
            .transpose()
    }

    /// `limit`, between 1 and `most`.
    pub fn limit(&self, usual: usize, most: usize) -> Result<usize> {
        match self.number("limit")? {
            None => Ok(usual),
            Some(0) => Err(Error::query("limit", "it must be at least 1.", None)),
            Some(number) => Ok(usize::try_from(number).unwrap_or(most).min(most)),
        }
    }

    /// `cursor`, where it is one that a page before gave: those are numbers.
    pub fn cursor(&self) -> Result<Option<String>> {
        match self.one("cursor") {
            Some(text) if !text.bytes().all(|b| b.is_ascii_digit()) => Err(Error::query(
                "cursor",
                "it is not the next_cursor of a page of this list.",
                None,
            )),
            other => Ok(other.map(str::to_owned)),
        }
    }

    pub fn text(&self, name: &str) -> Option<String> {
        self.one(name).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn values_may_repeat_or_stand_with_commas() {
        let query = Query::read("status=failed,waiting&status=blocked&q=a%20b");
        assert_eq!(
            query.all("status").collect::<Vec<_>>(),
            ["failed", "waiting", "blocked"]
        );
        assert_eq!(query.one("q"), Some("a b"));
    }

    #[test]
    fn a_mistyped_name_is_an_error_that_lists_the_known_ones() {
        let error = Query::read("statos=failed").only(&["status"]).unwrap_err();
        assert_eq!(error.problem().errors[0].pointer, "statos");
        assert!(
            error.problem().errors[0]
                .suggestion
                .as_ref()
                .unwrap()
                .contains("status")
        );
        assert!(Query::read("tenant=a&project=b").only(&[]).is_ok());
    }

    #[test]
    fn limits_are_kept() {
        assert_eq!(Query::read("limit=5000").limit(50, 1000).unwrap(), 1000);
        assert_eq!(Query::read("").limit(50, 1000).unwrap(), 50);
        assert!(Query::read("limit=0").limit(50, 1000).is_err());
        assert!(Query::read("limit=-1").limit(50, 1000).is_err());
    }
}
