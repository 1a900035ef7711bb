//! The command line of `state`.

use clap::{Args as ClapArgs, Subcommand};

use crate::model::TreId;

/// `state`
#[derive(Debug, Subcommand)]
pub enum State {
    /// Lists the TREs that were applied to the target
    List,
    /// Shows who holds the lock of the target
    Locks,
    /// Takes the lock from a run that is gone and did not let go; asks first
    Unlock(Unlock),
    /// Moves old segments of the journal into few archives: nothing is lost
    Gc(Gc),
    /// Forgets TREs: nothing changes on the platform
    Forget(Forget),
}

/// `state unlock`
#[derive(Debug, ClapArgs)]
pub struct Unlock {
    /// Does not ask
    #[arg(long)]
    pub yes: bool,
}

/// `state gc`
#[derive(Debug, ClapArgs)]
pub struct Gc {
    /// Leaves alone what was written in the last so many days
    #[arg(long, value_name = "N", default_value_t = 30)]
    pub keep_days: u16,
}

/// `state forget`
#[derive(Debug, ClapArgs)]
pub struct Forget {
    /// The TREs
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<TreId>,
}
