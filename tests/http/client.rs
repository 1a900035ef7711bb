//! The client against hand-written bytes.
