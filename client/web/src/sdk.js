//! What other sites import: the call, its transcript, and its failures.

export { Call } from "./call.js";
export { CallFailure } from "./failure.js";
export { Transcript, spoken } from "./transcript.js";
