//! The client against hand-written bytes, made from the reference of the protocol.

mod again;
mod answers;
mod proxy;
mod requests;
mod stand_in;
mod tls;
