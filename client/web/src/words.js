//! What the page says in each state: what happened, and what to do next.

const FLOOR = {
  open: "Listening",
  caller: "You are speaking",
  awaiting: "Thinking",
  agent: "Speaking. Cut in whenever you like",
  contested: "Go on, I am listening",
};

/** Whose turn it is, unless the caller would not be heard at all. */
export function floorInWords(call, floor) {
  const waits = floor === "open" || floor === "caller";
  if (waits && !call.microphone.track) return "Write, and the answer is spoken";
  if (waits && call.pushToTalk && !call.pressed) return "Hold the button and talk";
  if (waits && call.muted && !call.pushToTalk) return "Muted. Nobody hears you";
  return FLOOR[floor] ?? "";
}

/** The line under the button. */
export const HINTS = {
  idle: "Press Call and talk, as you would to a person. Cut in whenever you like.",
  asking: "Your browser is asking about the microphone. Choose Allow.",
  connecting: "Connecting…",
  talking: "",
  lost: "The connection was lost. Calling back…",
  ended: "The call has ended. What was said stays here until you leave the page.",
};

/** The idle page on a phone that came over plain HTTP. */
export const PLAIN_HTTP =
  "This page came over plain HTTP, so it may not use a microphone. Typing works: write below, and the answer is spoken.";

/** Each failure: a title, what to do, and whether typing would work. */
const TROUBLES = {
  denied: {
    title: "The microphone is blocked",
    text: "Press the icon left of the address, allow the microphone for this page, then call again. Or type: the answer is spoken all the same.",
    typing: true,
  },
  no_microphone: {
    title: "No microphone found",
    text: "Plug one in or switch it on, then call again. Or type: the answer is spoken all the same.",
    typing: true,
  },
  microphone_busy: {
    title: "The microphone is in use",
    text: "Another program holds it. Close that program, then call again. Or type for now.",
    typing: true,
  },
  microphone_failed: {
    title: "The microphone did not start",
    text: "Choose another one under Details, then call again. Or type for now.",
    typing: true,
  },
  insecure: {
    title: "This page may not use a microphone",
    text: "It came over plain HTTP, and browsers give a microphone only to HTTPS or to localhost. On the server, start “repartee serve --lan” and open the https:// address that it prints. Typing works here already.",
    typing: true,
  },
  unsupported: {
    title: "This browser cannot make calls",
    text: "WebRTC is missing or switched off. A current Firefox, Chrome, Edge or Safari will do.",
    typing: false,
  },
  key: {
    title: "This server asks for a key",
    text: "Enter the key that the server printed when it started, or open the page by its QR code, which carries it.",
    typing: false,
  },
  full: {
    title: "All lines are busy",
    text: "The server has as many calls as it can hold, or is still warming up. Wait a moment and call again.",
    typing: false,
  },
  refused: {
    title: "The server refused the call",
    text: "Its reason is below. When you have mended that, call again.",
    typing: false,
  },
  gone: {
    title: "The server does not answer",
    text: "Check that it is running (“repartee serve”) and that this device is on its network, then call again.",
    typing: false,
  },
  no_path: {
    title: "The server answered, but no sound can pass",
    text: "A firewall is likely in the way: the server’s UDP port must be open, or a relay must be configured. Then call again.",
    typing: false,
  },
};

export function troubleOf(failure) {
  return TROUBLES[failure.code] ?? TROUBLES.refused;
}

/** On somebody else's site: a visitor has no key, no server to look after, and not our page around the call. */
const VISITOR = {
  microphone_failed: { text: "Check it in your system's settings, then call again. Or type for now." },
  insecure: { text: "Browsers give a microphone only to sites that come over HTTPS. Typing works here already." },
  key: {
    title: "This page may not call at the moment",
    text: "Its permission may have run out: reload the page, then call again. If that does not help, tell the people who run this site.",
  },
  refused: { text: "Call again later. If that does not help, tell the people who run this site." },
  gone: { text: "Check your connection to the internet, then call again. If that does not help, tell the people who run this site." },
  no_path: { text: "A firewall is likely in the way. Try another network, then call again." },
};

export function visitorsTroubleOf(failure) {
  return { ...troubleOf(failure), ...VISITOR[failure.code] };
}

export const SEAMS = {
  voice_detector: "Voice detection",
  endpointer: "End of speech",
  recognizer: "Recognition",
  retriever: "Knowledge",
  language_model: "Language model",
  synthesizer: "Voice",
};

export const GRADES = {
  builtin: "built in",
  local: "local",
  remote: "remote",
  scripted: "scripted",
  none: "none",
};

/** One engine has taken another's place. */
export function engineInWords({ from, to, why }) {
  return `${SEAMS[to?.seam] ?? "Engine"}: ${to?.name} has taken over from ${from?.name}. ${why ?? ""}`.trim();
}

/** Errors that only say what anyone can see: nothing was running, nothing was said. */
export const HARMLESS = new Set(["response_cancel_not_active", "input_audio_buffer_commit_empty"]);
