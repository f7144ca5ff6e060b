//! The folders that agents work in: one a run, entered only through capabilities. What is put into a folder at first is put
//! there once; a folder that was not finished is made anew.

mod git;

use super::StepCall;
use crate::mcp_files::{FileError, Folder, Quota, Room, Used};
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use futures_util::future::{self, Either};
use model::workflow::AgentSandbox;
use model::{Failure, FailureCode, RunId, SandboxId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use git::{Git, GitCredentials};

/// Time between two looks at what git has written.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Makes ids of new sandboxes.
pub type NewId = Arc<dyn Fn() -> SandboxId + Send + Sync>;

/// The sandboxes of all runs.
pub struct Sandboxes {
    /// Where they lie; made when the first one is needed.
    root: PathBuf,
    new_id: NewId,
    git: Option<Git>,
    quota: Quota,
    open: Mutex<HashMap<RunId, Arc<Slot>>>,
}

/// The sandbox that a run has now. Its lock is held while a folder is filled.
#[derive(Default)]
struct Slot(tokio::sync::Mutex<Option<Current>>);

struct Current {
    id: SandboxId,
    room: Arc<Room>,
}

/// What is known of a sandbox beside its files.
#[derive(Default, Serialize, Deserialize)]
struct Standing {
    /// The folders that were filled.
    folders: Vec<String>,
}

/// A folder to work in.
pub struct Entered {
    pub folder: Arc<Folder>,
    /// The sandbox was opened for it; with it why the one before could not be used again.
    pub opened: Option<(SandboxId, Option<String>)>,
    /// The folder was filled just now: nothing that an agent did before is in it.
    pub fresh: bool,
}

impl Sandboxes {
    /// Keeps them in `root`; repositories are fetched by `git`, where that is given.
    pub fn new(root: PathBuf, new_id: NewId, git: Option<Git>) -> Self {
        Self {
            root,
            new_id,
            git,
            quota: Quota::default(),
            open: Mutex::default(),
        }
    }

    /// As much may lie in each.
    pub fn with_quota(self, quota: Quota) -> Self {
        Self { quota, ..self }
    }

    /// The folder that `wants` names in the sandbox of the call's run.
    pub async fn enter(&self, call: &StepCall, wants: &AgentSandbox) -> Result<Entered, Failure> {
        let (run, known) = (&call.run, call.sandbox.as_ref());
        let slot = Arc::clone(self.open().entry(run.clone()).or_default());
        let mut current = slot.0.lock().await;
        let root = self.root_of(run);
        let mut opened = None;
        let before = current.as_ref().map(|current| &current.id).or(known);
        let sound = before.map(|id| standing(&root, id).map(|_| id.clone()));
        let id = match sound {
            Some(Ok(id)) => id,
            other => {
                let id = self.make(&root)?;
                let replaces = other.and_then(Result::err).map(|error| why_not(&error));
                opened = Some((id.clone(), replaces));
                id
            }
        };
        let files = root.join(id.as_str());
        let room = match &*current {
            Some(current) if current.id == id => Arc::clone(&current.room),
            _ => measured(self.quota, &files).map_err(|error| lost(&error))?,
        };
        *current = Some(Current {
            id: id.clone(),
            room: Arc::clone(&room),
        });
        let name = wants.folder.as_deref().unwrap_or_default();
        let mut stands = standing(&root, &id).map_err(|error| lost(&error))?;
        let fresh = !stands.folders.iter().any(|known| known == name);
        let folder = open(&files, name, fresh).map_err(|error| lost(&error))?;
        let folder = folder.within(Arc::clone(&room));
        if fresh {
            let filled = self.fill(call, (&files, name), &folder, &room, wants).await;
            if filled.is_err() {
                // What is left of it would lie there until the next try.
                open(&files, name, true).map_err(|error| lost(&error))?;
            }
            room.set(Used::of(&files).map_err(|error| lost(&error))?);
            filled?;
            stands.folders.push(name.to_owned());
            keep(&root, &id, &stands).map_err(|error| lost(&error))?;
        }
        Ok(Entered {
            folder: Arc::new(folder),
            opened,
            fresh,
        })
    }

    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<RunId, Arc<Slot>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn root_of(&self, run: &RunId) -> PathBuf {
        self.root.join(run.as_str())
    }

    fn make(&self, root: &Path) -> Result<SandboxId, Failure> {
        let id = (self.new_id)();
        std::fs::create_dir_all(root.join(id.as_str()))
            .and_then(|()| keep(root, &id, &Standing::default()))
            .map_err(|error| lost(&error))?;
        Ok(id)
    }

    async fn fill(
        &self,
        call: &StepCall,
        (files, name): (&Path, &str),
        folder: &Folder,
        room: &Room,
        wants: &AgentSandbox,
    ) -> Result<(), Failure> {
        if let Some(source) = &wants.git {
            let git = self.git.as_ref().ok_or_else(|| {
                let message = "This runtime fetches no repositories.";
                Failure::new(FailureCode::SandboxFailed, message)
            })?;
            let at = files.join(name);
            let fetched = pin!(git.check_out(call, source, &at));
            let full = pin!(overfull(files, room.quota()));
            match future::select(fetched, full).await {
                Either::Left((fetched, _)) => fetched?,
                Either::Right((failure, _)) => return Err(failure),
            }
            let used = Used::of(files).map_err(|error| lost(&error))?;
            fits(room.quota(), used)?;
            room.set(used);
        }
        for (path, content) in &wants.files {
            folder.write(path, content).map_err(|error| {
                let message = format!("The sandbox could not be filled: {error}");
                let code = match error {
                    FileError::Full { .. } => FailureCode::QuotaExceeded,
                    _ => FailureCode::InvalidInput,
                };
                Failure::new(code, message)
            })?;
        }
        Ok(())
    }

    /// Removes a sandbox. What cannot be removed now is removed at the next start.
    pub async fn release(&self, run: &RunId, sandbox: &SandboxId) {
        let slot = self.open().remove(run);
        if let Some(slot) = slot {
            // Whoever fills a folder finishes first.
            slot.0.lock().await.take();
        }
        let root = self.root_of(run);
        let files = root.join(sandbox.as_str());
        let state = state_of(&root, sandbox);
        let removed = tokio::task::spawn_blocking(move || {
            gone(std::fs::remove_file(state))?;
            gone(std::fs::remove_dir_all(files))?;
            // The run may have another one by now.
            match std::fs::remove_dir(root) {
                Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => Ok(()),
                other => gone(other),
            }
        });
        match removed.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%run, %error, "a sandbox could not be removed"),
            Err(error) => tracing::warn!(%run, %error, "a sandbox could not be removed"),
        }
    }

    /// The runs that have a folder here, and the sandboxes in it.
    pub fn all(&self) -> Vec<(RunId, SandboxId)> {
        let names = |folder: &Path| -> Vec<String> {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let folders = entries.filter(|e| e.file_type().is_ok_and(|t| t.is_dir()));
            folders
                .map(|e| e.file_name().to_string_lossy().into_owned())
                .collect()
        };
        let mut all = Vec::new();
        for run in names(&self.root) {
            for sandbox in names(&self.root.join(&run)) {
                all.push((RunId::new(&run), SandboxId::new(sandbox)));
            }
        }
        all
    }
}

fn state_of(root: &Path, id: &SandboxId) -> PathBuf {
    root.join(format!("{id}.json"))
}

/// What is known of a sandbox whose folder is there.
fn standing(root: &Path, id: &SandboxId) -> io::Result<Standing> {
    let text = std::fs::read(state_of(root, id))?;
    if !root.join(id.as_str()).is_dir() {
        return Err(ErrorKind::NotFound.into());
    }
    serde_json::from_slice(&text).map_err(io::Error::other)
}

fn keep(root: &Path, id: &SandboxId, stands: &Standing) -> io::Result<()> {
    let text = serde_json::to_vec(stands).map_err(io::Error::other)?;
    let dir = Dir::open_ambient_dir(root, ambient_authority())?;
    let mut fresh = cap_tempfile::TempFile::new(&dir)?;
    io::Write::write_all(&mut fresh, &text)?;
    fresh.as_file().sync_all()?;
    fresh.replace(format!("{id}.json"))
}

/// Opens a folder inside the sandbox; one that is to be filled is emptied first.
fn open(files: &Path, name: &str, fresh: bool) -> io::Result<Folder> {
    let dir = Dir::open_ambient_dir(files, ambient_authority())?;
    if name.is_empty() {
        if fresh {
            for entry in dir.entries()? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    dir.remove_dir_all(entry.file_name())?;
                } else {
                    dir.remove_file(entry.file_name())?;
                }
            }
        }
        return Ok(Folder::of(dir));
    }
    if fresh {
        gone(dir.remove_dir_all(name))?;
    }
    dir.create_dir_all(name)?;
    Ok(Folder::of(dir.open_dir(name)?))
}

/// Removing what is not there is no mistake.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn measured(quota: Quota, files: &Path) -> io::Result<Arc<Room>> {
    let room = Room::new(quota);
    room.set(Used::of(files)?);
    Ok(Arc::new(room))
}

/// Ends when more lies in the sandbox than may. Looks again and again, for what others write there.
async fn overfull(files: &Path, quota: Quota) -> Failure {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let files = files.to_owned();
        let used = tokio::task::spawn_blocking(move || Used::of(&files)).await;
        // What cannot be measured now is measured at the end.
        if let Ok(Ok(used)) = used
            && let Err(failure) = fits(quota, used)
        {
            return failure;
        }
    }
}

fn fits(quota: Quota, used: Used) -> Result<(), Failure> {
    let Some((what, most)) = quota.exceeded(used) else {
        return Ok(());
    };
    let message = format!(
        "The repository does not fit into the sandbox: with it there would be {what} or more, and there may be {most}. Fetch a \
         smaller one, or have whoever runs Signalbox raise --sandbox-mib or --sandbox-files."
    );
    Err(Failure::new(FailureCode::QuotaExceeded, message))
}

fn why_not(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "its files are gone".into(),
        _ => format!("it could not be read: {error}"),
    }
}

fn lost(error: &io::Error) -> Failure {
    let message = format!("The sandbox cannot be used: {error}.");
    Failure::new(FailureCode::SandboxFailed, message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn what_others_write_is_noticed_while_they_do() {
        let files = tempfile::tempdir().unwrap();
        let quota = Quota {
            bytes: 10,
            files: 10,
        };
        let mut watched = pin!(overfull(files.path(), quota));
        assert!(future::poll_immediate(&mut watched).await.is_none());
        std::fs::create_dir(files.path().join(".git")).unwrap();
        std::fs::write(files.path().join(".git/pack"), "12345678901").unwrap();
        let failure = watched.await;
        assert_eq!(failure.code, FailureCode::QuotaExceeded);
        assert!(failure.message.contains("11 bytes"), "{}", failure.message);
    }
}
