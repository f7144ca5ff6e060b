//! A server that is a program of its own, spoken to over its standard input and output.

use crate::steps::MAX_MESSAGE;
use process_wrap::tokio::{ChildWrapper, CommandWrap};
use rmcp::service::{RoleClient, RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use rmcp::transport::async_rw::AsyncRwTransport;
use std::io;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{ChildStderr, ChildStdin, ChildStdout, Command};

/// How long a program may take to end when its input has ended, and again when it was asked to.
const PATIENCE: Duration = Duration::from_secs(3);
/// The request to end.
#[cfg(unix)]
const SIGTERM: i32 = 15;

/// rmcp has one too, which reads no message of more than 16 MiB: a call whose answer is larger would never end.
pub(super) struct Program {
    child: Box<dyn ChildWrapper>,
    lines: AsyncRwTransport<RoleClient, ChildStdout, ChildStdin>,
}

impl Program {
    /// Starts it; with what it says on its error output.
    pub(super) fn start(mut command: Command) -> io::Result<(Self, Option<ChildStderr>)> {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = CommandWrap::from(command).spawn()?;
        let missing = || io::Error::other("its input and output cannot be reached");
        let stdin = child.stdin().take().ok_or_else(missing)?;
        let stdout = child.stdout().take().ok_or_else(missing)?;
        let stderr = child.stderr().take();
        let lines = AsyncRwTransport::new(stdout, stdin).with_max_line_length(MAX_MESSAGE);
        Ok((Self { child, lines }, stderr))
    }

    async fn has_ended(&mut self) -> bool {
        tokio::time::timeout(PATIENCE, self.child.wait())
            .await
            .is_ok_and(|ended| ended.is_ok())
    }
}

impl Transport<RoleClient> for Program {
    type Error = io::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleClient>,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        self.lines.send(message)
    }

    fn receive(&mut self) -> impl Future<Output = Option<RxJsonRpcMessage<RoleClient>>> + Send {
        self.lines.receive()
    }

    /// Ends its input, asks it to end, and ends it, whatever is needed.
    async fn close(&mut self) -> io::Result<()> {
        self.lines.close().await?;
        if self.has_ended().await {
            return Ok(());
        }
        #[cfg(unix)]
        if self.child.signal(SIGTERM).is_ok() && self.has_ended().await {
            return Ok(());
        }
        Box::into_pin(self.child.kill()).await
    }
}
