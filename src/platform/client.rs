//! Both halves of the seam over any transport.

use super::Transport;

/// Speaks the wire format over a transport.
#[derive(Debug, Clone)]
pub struct Wire<T: Transport>(pub T);
