//! Why a call could not be made or kept, as a closed list of codes that pages turn into words.

/** The codes: denied, no_microphone, microphone_busy, insecure, unsupported, key, full, refused, gone, no_path, microphone_failed. */
export class CallFailure extends Error {
  /**
   * @param {string} code one of the list above
   * @param {string} [message] what the browser or the server said, for people
   * @param {{retryAfterMs?: number, status?: number}} [more]
   */
  constructor(code, message = "", more = {}) {
    super(message || code);
    this.name = "CallFailure";
    this.code = code;
    this.said = message;
    this.status = more.status ?? 0;
    this.retryAfterMs = more.retryAfterMs ?? 0;
  }
}

/** Turns what `getUserMedia` threw into one of our codes. */
export function microphoneFailure(error) {
  const codes = {
    NotAllowedError: "denied",
    SecurityError: "denied",
    NotFoundError: "no_microphone",
    OverconstrainedError: "no_microphone",
    NotReadableError: "microphone_busy",
    AbortError: "microphone_busy",
  };
  return new CallFailure(codes[error?.name] ?? "microphone_failed", error?.message ?? "");
}

/** Reads the server's refusal: its status says which kind, its JSON body says why. */
export async function refusal(response) {
  let message = "";
  try {
    const body = JSON.parse((await response.text()).slice(0, 4096));
    if (typeof body?.error?.message === "string") message = body.error.message;
  } catch {
    // A proxy's page instead of our JSON: the status alone must do.
  }
  const seconds = Number(response.headers.get("retry-after"));
  const more = {
    status: response.status,
    retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 60) * 1000 : 0,
  };
  if (response.status === 401) return new CallFailure("key", message, more);
  if (response.status === 503 || response.status === 429) return new CallFailure("full", message, more);
  if (response.status === 502 || response.status === 504) return new CallFailure("gone", message, more);
  return new CallFailure("refused", message || `The server answered ${response.status}.`, more);
}
