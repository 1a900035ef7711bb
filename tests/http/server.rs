//! The server against hand-written bytes.
