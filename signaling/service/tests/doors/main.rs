//! The doors, asked in process: what they let in, what they answer, and what they refuse.

mod calls;
mod hostile;
mod house;
mod secrets;
mod status;
mod strangers;
