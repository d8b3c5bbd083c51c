//! The middle of the page: the invitation, the call button, and what to do when a call cannot be made.

import { HINTS, PLAIN_HTTP, troubleOf } from "./words.js";

/** Shows one state; `els` are the page's elements by id. */
export function showState(els, call, { state, failure, reason }) {
  const root = document.documentElement;
  root.dataset.state = state === "error" ? `error:${failure.code}` : state;
  root.dataset.live = String(["talking", "lost"].includes(state));
  const spokenTo = call.transcript.lines.length > 0;
  root.dataset.script = String(spokenTo);
  showTrouble(els, state === "error" ? failure : null);
  els.hint.textContent = hintOf(state, reason);
  els.hint.hidden = state === "error" || state === "talking";
  els.invitation.hidden = state === "error" || spokenTo;
  const asked = call.microphone.track ? "I am listening." : "Ask away.";
  els.invitation.textContent = state === "talking" ? asked : "Say something.";
  els.starters.hidden = !["idle", "ended"].includes(state) || spokenTo;
  // Disabled for good would drop the keyboard's place on the page.
  els.call.setAttribute("aria-disabled", String(["asking", "connecting"].includes(state)));
  els["call-label"].textContent = { idle: "Call", asking: "Calling", connecting: "Calling" }[state] ?? "Call again";
  els["hangup-label"].textContent = ["asking", "connecting"].includes(state) ? "Cancel" : "Hang up";
  els.retry.hidden = state !== "lost";
  els["type-instead"].hidden = !(state === "asking" || (state === "error" && troubleOf(failure).typing));
}

function hintOf(state, reason) {
  if (state === "idle" && !globalThis.isSecureContext) return PLAIN_HTTP;
  return reason ? `The server hung up: ${reason}.` : (HINTS[state] ?? "");
}

function showTrouble(els, failure) {
  els.trouble.hidden = !failure;
  if (!failure) return;
  const words = troubleOf(failure);
  els["trouble-title"].textContent = words.title;
  els["trouble-text"].textContent = words.text;
  const said = ["refused", "full", "key"].includes(failure.code) ? failure.said : "";
  els["trouble-said"].textContent = said;
  els["trouble-said"].hidden = !said;
  els["key-form"].hidden = failure.code !== "key";
}

/** What a screen reader hears of a state. */
export function stateInWords({ state, failure, reason }) {
  if (state === "error") {
    const words = troubleOf(failure);
    return `${words.title}. ${words.text}`;
  }
  if (state === "talking") return "The call stands. You may speak.";
  return hintOf(state, reason);
}
