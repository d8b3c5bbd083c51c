//! Deterministic engines for each seam, for tests.
