//! Values of which only the beginning came with the runs: fetched whole and compared when a person asks for it.

use super::{
    documents::{differing, shown},
    of::Noun,
};
use crate::{
    api::{Api, ApiError, ErrorFace},
    ui::{
        button::{Button, LinkButton},
        diff::Difference,
        fmt,
        icon::lucide,
        json_view::pretty,
    },
};
use leptos::prelude::*;
use model::{Cut, cut::Kind};
use serde_json::Value;
use std::sync::Arc;

/// Larger values are not taken apart line by line: a person gets both files.
const LARGEST: u64 = 4_000_000;

/// What one side has.
#[derive(Debug, Clone, Default)]
pub struct Side {
    pub value: Option<Value>,
    /// The address of all of it.
    pub whole: Option<String>,
}

impl Side {
    pub fn new(value: Option<&Value>, whole: Option<String>) -> Self {
        Self {
            value: value.cloned(),
            whole,
        }
    }

    fn cut(&self) -> Option<Cut> {
        self.value.as_ref().and_then(Cut::of)
    }

    pub fn is_cut(&self) -> bool {
        self.cut().is_some()
    }

    /// "20 MB", "nothing"
    fn size(&self) -> String {
        match (&self.value, self.cut()) {
            (None, _) => "nothing".to_owned(),
            (_, Some(cut)) => fmt::bytes(cut.bytes),
            (Some(value), None) => fmt::bytes(shown(value).len() as u64),
        }
    }
}

/// All of what a side has, as text.
async fn read(api: Api, side: Side) -> Result<Arc<str>, ApiError> {
    let cut = side.cut();
    match (cut, side.whole, side.value) {
        (Some(cut), Some(path), _) => {
            let text = api.load_text(&path).await?;
            Ok(if cut.kind == Kind::Text {
                text.into()
            } else {
                pretty(&text).await.into()
            })
        }
        (_, _, Some(value)) => Ok(shown(&value).into()),
        (_, _, None) => Ok("".into()),
    }
}

async fn difference(api: Api, this: Side, other: Side) -> Result<Arc<Difference>, ApiError> {
    let before = read(api, other).await?;
    let after = read(api, this).await?;
    Ok(Arc::new(Difference::slowly(before, after).await))
}

#[derive(Clone, PartialEq)]
enum Standing {
    Asked,
    Comparing,
    Here(Arc<Difference>),
}

/// What is known of both sides, and the whole of them once it is asked for. `what` is a noun: "output".
#[component]
pub fn WholeValues(what: &'static str, this: Side, other: Side, noun: Noun) -> AnyView {
    let api = Api::get();
    let standing = RwSignal::new(Standing::Asked);
    let error = RwSignal::new(None::<ApiError>);
    let sizes = format!(
        "The {what} is large: {} in this {noun}, {} in the other.",
        this.size(),
        other.size(),
        noun = noun.0
    );
    let sides = [&this, &other];
    let too_large = sides
        .iter()
        .any(|side| side.cut().is_some_and(|cut| cut.bytes > LARGEST));
    let files = [
        (&this, format!("This {}\u{2019}s", noun.0)),
        (&other, format!("The other {}\u{2019}s", noun.0)),
    ];
    let files = files.map(|(side, name)| {
        let path = side.whole.as_ref().filter(|_| side.is_cut())?;
        let href = format!("{}&download=true", api.direct(path));
        Some(view! { <LinkButton small=true icon=lucide::LuDownload href=href download="">{name}</LinkButton> })
    });
    let both = StoredValue::new((this, other));
    let compare = move || {
        let (this, other) = both.get_value();
        error.set(None);
        standing.set(Standing::Comparing);
        leptos::task::spawn_local(async move {
            let now = match difference(api, this, other).await {
                Ok(found) => Standing::Here(found),
                Err(why) => {
                    error.try_set(Some(why));
                    Standing::Asked
                }
            };
            // The person may have gone elsewhere meanwhile.
            standing.try_set(now);
        });
    };
    if too_large {
        let bound = fmt::bytes(LARGEST);
        return view! {
            <p class="compare__none">{sizes}{format!(" Above {bound} values are not compared line by line here: compare the files.")}</p>
            <p class="compare__files">{files}</p>
        }
        .into_any();
    }
    let busy = Signal::derive(move || standing.with(|now| *now == Standing::Comparing));
    let here = Memo::new(move |_| match standing.get() {
        Standing::Here(found) => Some(found),
        Standing::Asked | Standing::Comparing => None,
    });
    let shown = move || {
        match here.get() {
        Some(found) => differing(what, noun, found),
        None => view! {
            <p class="compare__none">{sizes.clone()}</p>
            <p class="compare__files">
                <Button small=true icon=lucide::LuGitCompareArrows busy on_click=compare>"Compare the whole values"</Button>
                <span role="status">{move || busy.get().then_some("Comparing…")}</span>
            </p>
        }
        .into_any(),
    }
    };
    let retry = Callback::new(move |()| compare());
    view! { {shown} <ErrorFace error what="these values" compact=true retry /> }.into_any()
}
