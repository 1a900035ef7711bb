//! The server against hand-written bytes, made from the reference of the protocol.

mod bench;
mod calls;
mod faults;
mod limit;
mod refusals;
mod uploads;
