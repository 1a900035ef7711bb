//! The platform of a target, opened to read or to write: a store of our own, or an account over
//! HTTP. Every call is counted.

mod connection;
mod embedded;
mod failed;

use std::sync::Arc;

pub use self::connection::{Connection, settle_address};
pub use self::embedded::{options, refused};
pub use self::failed::failed;
use super::calls::Counted;
use super::failure::Stop;
use super::interrupt::Interrupt;
use super::session::Session;
use super::settings::Settings;
use crate::desired::PlatformTarget;
use crate::platform::{Reader, Transport, Wire, Writer};
use crate::sim::Access;

/// Both halves of a platform that may be changed.
pub struct Writable {
    /// The reading half.
    pub reader: Arc<dyn Reader>,
    /// The writing half.
    pub writer: Arc<dyn Writer>,
}

/// A platform whose answers are taken as they are.
pub struct Opened {
    /// Carries calls.
    pub transport: Arc<dyn Transport>,
    /// The connection over HTTP, where there is one.
    pub connection: Option<Connection>,
}

/// Opens the platform of the target to read: nothing is created or written.
///
/// # Errors
///
/// Where it cannot be reached.
pub async fn open_to_read(
    session: &Session,
    settings: &Settings,
    interrupt: &Interrupt,
) -> Result<Arc<dyn Reader>, Stop> {
    let Opened { transport, connection: _ } =
        open(session, settings, interrupt, Access::Read).await?;
    Ok(Arc::new(Wire(transport)))
}

/// Opens the platform of the target to read, without the types: its answers are what they are.
///
/// # Errors
///
/// Where it cannot be reached.
pub async fn open_transport(
    session: &Session,
    settings: &Settings,
    interrupt: &Interrupt,
) -> Result<Opened, Stop> {
    open(session, settings, interrupt, Access::Read).await
}

/// Opens the platform of the target to read and write.
///
/// # Errors
///
/// Where it cannot be reached.
pub async fn open_to_write(
    session: &Session,
    settings: &Settings,
    interrupt: &Interrupt,
) -> Result<Writable, Stop> {
    let Opened { transport, connection: _ } =
        open(session, settings, interrupt, Access::Write).await?;
    let wire = Wire(transport);
    Ok(Writable { reader: Arc::new(wire.clone()), writer: Arc::new(wire) })
}

async fn open(
    session: &Session,
    settings: &Settings,
    interrupt: &Interrupt,
    access: Access,
) -> Result<Opened, Stop> {
    match &session.target.platform {
        PlatformTarget::Embedded { .. } => {
            let embedded = embedded::open(session, settings, interrupt, access).await?;
            let transport = Arc::new(Counted::telling(embedded, settings));
            Ok(Opened { transport, connection: None })
        }
        PlatformTarget::DnaNexus(_) => {
            let connection = Connection::open(session, settings, interrupt)?;
            let transport = Arc::new(Counted::new(connection.client().clone(), settings));
            Ok(Opened { transport, connection: Some(connection) })
        }
    }
}
