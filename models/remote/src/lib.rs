//! Any chat server that speaks the OpenAI HTTP API, as a language model.
