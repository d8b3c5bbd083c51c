//! Short-lived HMAC credentials of the relay.
