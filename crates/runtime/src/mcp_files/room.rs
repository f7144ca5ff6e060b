//! How much may lie in a folder, and how much does.

use super::error::FileError;
use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The most that may lie in a folder and everything under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    pub bytes: u64,
    /// Files, folders and links.
    pub files: u64,
}

impl Default for Quota {
    fn default() -> Self {
        Self {
            bytes: 1024 * 1024 * 1024,
            files: 100_000,
        }
    }
}

/// What lies in a folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    pub bytes: u64,
    /// Files, folders and links.
    pub files: u64,
}

/// The room in a folder; all who write there take from it.
#[derive(Debug, Default)]
pub struct Room {
    quota: Quota,
    used: Mutex<Used>,
}

/// Room for a file. It is given back when this is dropped before the file is there.
#[derive(Debug, Default)]
pub struct Taken<'r> {
    room: Option<&'r Room>,
    /// What the file adds; what it replaces is gone once it is there.
    more: Used,
    less: u64,
}

impl Room {
    pub fn new(quota: Quota) -> Self {
        Self {
            quota,
            used: Mutex::default(),
        }
    }

    pub const fn quota(&self) -> Quota {
        self.quota
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From here on so much lies in the folder.
    pub fn set(&self, used: Used) {
        *self.used() = used;
    }

    /// Takes room for `more`, which takes the place of `less` bytes.
    pub(super) fn take(&self, path: &str, more: Used, less: u64) -> Result<Taken<'_>, FileError> {
        let mut used = self.used();
        let then = Used {
            bytes: used.bytes.saturating_add(more.bytes),
            files: used.files.saturating_add(more.files),
        };
        let after = Used {
            bytes: then.bytes.saturating_sub(less),
            ..then
        };
        // A file that becomes smaller always fits.
        let grows = more.bytes > less || more.files > 0;
        if let Some((what, most)) = self.quota.exceeded(after).filter(|_| grows) {
            return Err(FileError::Full {
                path: path.to_owned(),
                what,
                most,
            });
        }
        *used = then;
        Ok(Taken {
            room: Some(self),
            more,
            less,
        })
    }

    pub fn give_back(&self, gone: Used) {
        let mut used = self.used();
        used.bytes = used.bytes.saturating_sub(gone.bytes);
        used.files = used.files.saturating_sub(gone.files);
    }
}

impl Quota {
    /// What is too much and how much there may be, in words; `None` when all fits.
    pub fn exceeded(self, used: Used) -> Option<(String, String)> {
        if used.bytes > self.bytes {
            return Some((size(used.bytes), size(self.bytes)));
        }
        let count = |files: u64| format!("{files} files and folders");
        (used.files > self.files).then(|| (count(used.files), count(self.files)))
    }
}

impl Taken<'_> {
    /// The file is there.
    pub(super) fn keep(mut self) {
        if let Some(room) = self.room.take() {
            room.give_back(Used {
                bytes: self.less,
                files: 0,
            });
        }
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if let Some(room) = self.room {
            room.give_back(self.more);
        }
    }
}

impl Used {
    /// What lies in a folder and under it, links unfollowed. What vanishes meanwhile does not count.
    pub fn of(folder: &Path) -> io::Result<Self> {
        let mut all = Self::default();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            let entries = match std::fs::read_dir(folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                entries => entries?,
            };
            for entry in entries {
                let entry = entry?;
                let about = match entry.metadata() {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    about => about?,
                };
                all.files += 1;
                if about.is_dir() {
                    folders.push(entry.path());
                } else {
                    all.bytes += about.len();
                }
            }
        }
        Ok(all)
    }
}

fn size(bytes: u64) -> String {
    const KIB: u64 = 1024;
    let in_units = |unit: u64| (bytes as f64 / unit as f64 * 10.0).ceil() / 10.0;
    match bytes {
        0..KIB => format!("{bytes} bytes"),
        KIB..0x10_0000 => format!("{} KiB", in_units(KIB)),
        0x10_0000..0x4000_0000 => format!("{} MiB", in_units(KIB * KIB)),
        0x4000_0000.. => format!("{} GiB", in_units(KIB * KIB * KIB)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::mcp_files::Folder;
    use std::sync::Arc;

    fn small(bytes: u64, files: u64) -> (tempfile::TempDir, Arc<Room>, Folder) {
        let at = tempfile::tempdir().unwrap();
        let room = Arc::new(Room::new(Quota { bytes, files }));
        let folder = Folder::open(at.path()).unwrap().within(Arc::clone(&room));
        (at, room, folder)
    }

    #[test]
    fn what_is_written_never_exceeds_the_quota() {
        let (at, room, folder) = small(10, 100);
        folder.write("a", "12345").unwrap();
        folder.append("a", "678").unwrap();
        let full = folder.write("b", "123").unwrap_err().to_string();
        assert_eq!(
            full,
            "“b” was not written: with it the folder would have 11 bytes, and it may have 10 bytes. Delete what is not needed."
        );
        assert!(folder.append("a", "901").is_err());
        assert!(folder.edit("a", "8", "8901", false).is_err());
        // What replaces something counts in its place.
        folder.write("a", "1234567890").unwrap();
        folder.edit("a", "90", "", false).unwrap();
        folder.delete("a").unwrap();
        folder.write("b", "1234567890").unwrap();
        assert_eq!(*room.used(), Used::of(at.path()).unwrap());
    }

    #[test]
    fn folders_count_as_files_do() {
        let (at, room, folder) = small(1_000, 4);
        folder.write("x/y/a", "1").unwrap();
        folder.write("x/b", "1").unwrap();
        let full = folder.write("c", "1").unwrap_err().to_string();
        assert!(full.contains("5 files and folders"), "{full}");
        folder.write("x/b", "2").unwrap();
        folder.delete("x/b").unwrap();
        assert!(folder.write("z/c", "1").is_err());
        folder.write("c", "1").unwrap();
        assert_eq!(*room.used(), Used::of(at.path()).unwrap());
    }

    #[test]
    fn what_was_not_written_takes_no_room() {
        let (at, room, folder) = small(1_000, 10);
        folder.write("a", "1").unwrap();
        assert!(folder.write("a/b", "1").is_err());
        assert_eq!(*room.used(), Used::of(at.path()).unwrap());
    }

    #[test]
    fn a_folder_that_is_too_full_already_can_be_made_smaller() {
        let (_at, room, folder) = small(10, 10);
        folder.write("a", "1234567890").unwrap();
        room.set(Used {
            bytes: 20,
            files: 20,
        });
        folder.edit("a", "90", "", false).unwrap();
        assert!(folder.write("a", "123456789").is_err());
    }
}
