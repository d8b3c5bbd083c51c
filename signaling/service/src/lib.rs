//! The axum doors, and who is let in.
