//! Threads that run engines, and the ports that sessions hold.
