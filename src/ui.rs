//! Building blocks that know no screen.
//!
//! Each file holds one piece and has its style sheet of the same name in `style/ui/`. Colours come from `style/tokens.css`
//! only. The feature `gallery` builds a page that shows every piece in every state.

pub mod banner;
pub mod brand;
pub mod button;
pub mod card;
pub mod chip;
pub mod code;
pub mod code_editor;
pub mod copy;
pub mod dialog;
pub mod diff;
pub mod dom;
pub mod drop_zone;
pub mod empty;
pub mod field;
pub mod file;
pub mod find;
pub mod fmt;
pub mod graph;
pub mod icon;
pub mod json_view;
pub mod kbd;
pub mod keyed;
pub mod lines;
pub mod markdown;
pub mod menu;
pub mod news;
pub mod page_head;
pub mod popover;
pub mod problem;
pub mod progress;
pub mod report_facts;
pub mod search;
pub mod select;
pub mod skeleton;
pub mod slices;
pub mod status;
pub mod table;
pub mod tabs;
pub mod talk;
pub mod text_view;
pub mod time;
pub mod toast;
pub mod tooltip;
pub mod virtual_list;

#[cfg(feature = "gallery")]
pub mod gallery;
