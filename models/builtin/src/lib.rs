//! Engines that need no downloaded weight.
