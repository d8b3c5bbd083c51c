//! The page, the web component, the SDK, embedded.
