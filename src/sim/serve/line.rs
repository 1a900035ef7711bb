//! A connection that can be cut on purpose: before a byte of the answer, or within its body.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// What ends the head of an HTTP message.
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// Accepts connections that can be cut.
pub(super) struct Lines(pub TcpListener);

impl Listener for Lines {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Answers are small and come whole: waiting for more to send only delays them. Where the
        // system refuses, they are late and nothing else.
        drop(stream.set_nodelay(true));
        (Line { stream, switch: Switch::default() }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// Cuts the connection that a call came on.
#[derive(Debug, Clone, Default)]
pub(super) struct Switch(Arc<Mutex<Fate>>);

/// What becomes of the bytes that are written from now on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Fate {
    /// They are sent.
    #[default]
    Sent,
    /// None is sent; the other side is told that the connection is reset.
    Reset,
    /// The head is sent and so many bytes of the body; then the connection is closed.
    Cut { body: usize, seen_of_end: usize },
}

impl Switch {
    /// Resets the connection instead of answering.
    pub(super) fn reset(&self) {
        *self.fate() = Fate::Reset;
    }

    /// Sends the head of the answer and so many bytes of its body, and then closes the connection.
    pub(super) fn cut(&self, body: usize) {
        *self.fate() = Fate::Cut { body, seen_of_end: 0 };
    }

    fn fate(&self) -> MutexGuard<'_, Fate> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connected<IncomingStream<'_, Lines>> for Switch {
    fn connect_info(stream: IncomingStream<'_, Lines>) -> Self {
        stream.io().switch.clone()
    }
}

impl Fate {
    /// Returns how many of the bytes may be sent.
    fn allowance(self, bytes: &[u8]) -> usize {
        match self {
            Self::Sent => bytes.len(),
            Self::Reset => 0,
            Self::Cut { .. } => {
                let mut fate = self;
                bytes.iter().take_while(|byte| fate.pass(**byte)).count()
            }
        }
    }

    /// Notes that bytes were sent.
    fn sent(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.pass(*byte);
        }
    }

    /// Notes a byte, and tells whether it may be sent.
    fn pass(&mut self, byte: u8) -> bool {
        match self {
            Self::Sent => true,
            Self::Reset => false,
            Self::Cut { body, seen_of_end } if *seen_of_end == END_OF_HEAD.len() => {
                let is_left = *body > 0;
                *body = body.saturating_sub(1);
                is_left
            }
            Self::Cut { body: _, seen_of_end } => {
                *seen_of_end = match END_OF_HEAD.get(*seen_of_end) {
                    Some(expected) if *expected == byte => *seen_of_end + 1,
                    _ => usize::from(byte == b'\r'),
                };
                true
            }
        }
    }
}

/// A connection.
pub(super) struct Line {
    stream: TcpStream,
    switch: Switch,
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Self { stream, switch } = &mut *self;
        let mut fate = switch.fate();
        let allowed = bytes.get(..fate.allowance(bytes)).unwrap_or_default();
        if allowed.is_empty() && !bytes.is_empty() {
            if *fate == Fate::Reset {
                stream.set_zero_linger()?;
            }
            // The server gives up the connection, and dropping it closes or resets it.
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let written = Pin::new(stream).poll_write(context, allowed);
        if let Poll::Ready(Ok(count)) = &written {
            fate.sent(allowed.get(..*count).unwrap_or_default());
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_answer_keeps_its_head_and_the_beginning_of_its_body() {
        let answer = b"HTTP/1.1 200 OK\r\nx: a\r\r\n\r\n{\"id\": \"\r\n\r\n\"}";
        let head = answer.len() - b"{\"id\": \"\r\n\r\n\"}".len();
        for piece in 1..=answer.len() {
            let mut fate = Fate::Cut { body: 9, seen_of_end: 0 };
            let mut sent = 0;
            loop {
                let rest = &answer[sent..];
                let next = &rest[..piece.min(rest.len())];
                let allowed = fate.allowance(next);
                fate.sent(&next[..allowed]);
                sent += allowed;
                if allowed < next.len() || next.is_empty() {
                    break;
                }
            }
            assert_eq!(sent, head + 9, "in pieces of {piece}");
        }
    }
}
