//! OpenAI's Realtime vocabulary, our native dialect.
