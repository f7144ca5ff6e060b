//! What outlives a page: who is signed in, how the console is set, the runs that are being watched.

pub mod attention;
pub mod beat;
pub mod called;
pub mod follow;
pub mod inbox;
pub mod kept_query;
pub mod keys;
pub mod live_run;
pub mod opened;
pub mod paged;
pub mod pager;
pub mod prefs;
pub mod replay;
pub mod seen;
pub mod session;
pub mod storage;
pub mod title;
pub mod views;
