//! `<repartee-call>`: a call in one card on any site, in a shadow tree of its own.

import { Announcer } from "./announce.js";
import { Call } from "./call.js";
import { Captions } from "./captions.js";
import { Composer } from "./composer.js";
import { STYLE } from "./element-style.js";
import { Sound } from "./sound.js";
import { stateInWords } from "./stage.js";
import { HARMLESS, floorInWords, visitorsTroubleOf } from "./words.js";

const OWN_SERVER = new URL(import.meta.url).origin;
const GONE = "The microphone was taken away. You may type, or plug it in, hang up and call again.";

/**
 * Attributes: `server` (default: where this script came from), `api-key` (short-lived ones only: a page shows it to everyone),
 * `voice`, `speed`, `instructions`, `name` (the agent's), `microphone="off"` for typed calls.
 * Events: `repartee-state` (detail: {state, failure}), `repartee-event` (detail: the server's event).
 */
export class CallElement extends HTMLElement {
  static observedAttributes = ["server", "api-key", "voice", "speed"];

  /** The call, for scripts: `element.call.transcript.lines`. */
  call = null;
  #els = null;
  #sound = null;
  #announcer = null;
  #composer = null;
  #floor = "open";

  connectedCallback() {
    if (!this.#els) this.#build();
  }

  disconnectedCallback() {
    // A node that is moved within the page comes back at once: only one that is gone hangs up.
    queueMicrotask(() => {
      if (!this.isConnected) this.call?.hangUp();
    });
  }

  attributeChangedCallback(name, _old, value) {
    if (!this.call) return;
    if (name === "server") this.call.options.server = serverOf(value);
    if (name === "api-key") this.call.options.key = value ?? "";
    if (name === "voice") this.call.setVoice(value);
    if (name === "speed" && Number(value) > 0) this.call.setSpeed(Number(value));
  }

  /** Places the call; `microphone: false` for a typed one. */
  start({ microphone = this.getAttribute("microphone") !== "off" } = {}) {
    this.call.options.microphone = microphone;
    const placed = this.call.start();
    this.#composer.resend();
    return placed;
  }

  hangUp() {
    this.call.hangUp();
  }

  #build() {
    this.call = new Call({
      server: serverOf(this.getAttribute("server")),
      key: this.getAttribute("api-key") ?? "",
      voice: this.getAttribute("voice") ?? "",
      speed: Number(this.getAttribute("speed")) || undefined,
      instructions: this.getAttribute("instructions") ?? "",
    });
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    this.#els = tree(root, this.getAttribute("name") || "Repartee");
    this.#sound = new Sound();
    this.#announcer = new Announcer(this.#els.announcer, this.call.transcript);
    new Captions(this.#els.captions, this.call.transcript, { agent: this.getAttribute("name") || "Repartee" });
    this.#listen();
    this.#show({ state: "idle" });
  }

  #listen() {
    const { call } = this;
    const els = this.#els;
    this.#composer = new Composer({ form: els.composer, box: els.text, call, begin: () => this.start({ microphone: false }) });
    call.addEventListener("state", (event) => this.#show(event.detail));
    call.addEventListener("event", (event) => this.#hear(event.detail));
    call.addEventListener("sound", (event) => this.#sound.play(event.detail));
    call.addEventListener("microphone", (event) => this.#showMicrophone(event.detail));
    this.#sound.addEventListener("blocked", () => {
      this.#offer({ sound: true });
      this.#announcer.say("Your browser holds the sound back. Press Play sound.");
    });
    this.#sound.addEventListener("playing", () => this.#offer({ sound: false }));
    els.sound.addEventListener("click", () => this.#sound.play());
    els.call.addEventListener("click", () => this.start());
    els.hangup.addEventListener("click", () => this.hangUp());
    els.mute.addEventListener("click", () => call.setMuted(!call.muted));
  }

  #hear(event) {
    if (event.type === "repartee.floor") this.#showFloor(event.to);
    if (event.type === "repartee.notice") this.#els.status.textContent = String(event.message ?? "");
    if (event.type === "error" && !HARMLESS.has(event.error?.code)) this.#els.status.textContent = String(event.error?.message ?? "");
    this.dispatchEvent(new CustomEvent("repartee-event", { detail: event }));
  }

  #show(detail) {
    const { state, failure } = detail;
    const els = this.#els;
    const live = state === "talking" || state === "lost";
    const waiting = state === "asking" || state === "connecting";
    this.dataset.state = state === "error" ? `error:${failure.code}` : state;
    const words = state === "idle" ? "" : state === "error" ? troubleInWords(failure) : stateInWords(detail);
    // Disabled, it would drop the keyboard's place on the page.
    els.call.setAttribute("aria-disabled", String(waiting));
    els.call.textContent = waiting ? "Calling" : state === "idle" ? "Call" : "Call again";
    els.hangup.textContent = waiting ? "Cancel" : "Hang up";
    this.#offer({
      call: !live,
      hangup: live || waiting,
      mute: live && this.call.microphone.track,
      sound: (live || waiting) && !els.sound.hidden,
    });
    els.status.className = state === "error" ? "status trouble" : "status";
    els.status.textContent = words;
    if (state === "talking") this.#showFloor("open");
    if (!live) this.#sound.stop();
    this.#announcer.say(words);
    this.dispatchEvent(new CustomEvent("repartee-state", { detail: { state, failure } }));
  }

  #showFloor(floor) {
    this.#floor = floor;
    this.#els.status.textContent = floorInWords(this.call, floor);
  }

  #showMicrophone({ live, muted, failure }) {
    this.#els.mute.setAttribute("aria-pressed", String(muted));
    if (!this.call.live) return;
    this.#offer({ mute: live });
    this.#showFloor(this.#floor);
    if (!failure) return;
    this.#els.status.textContent = GONE;
    this.#announcer.say(GONE);
  }

  /** Shows and hides controls. The keyboard's place on one that goes is kept within the element. */
  #offer(controls) {
    const els = this.#els;
    const held = this.shadowRoot.activeElement;
    for (const [name, shown] of Object.entries(controls)) els[name].hidden = !shown;
    if (!held?.hidden) return;
    const place = this.call.microphone.track ? els.card : els.text;
    (els.call.hidden ? place : els.call).focus({ preventScroll: true });
  }
}

function serverOf(value) {
  return (value || OWN_SERVER).replace(/\/+$/, "");
}

function troubleInWords(failure) {
  const words = visitorsTroubleOf(failure);
  return `${words.title}. ${failure.said && failure.code === "refused" ? failure.said : words.text}`;
}

function tree(root, name) {
  const make = (tag, fields = {}, children = []) => {
    const made = Object.assign(document.createElement(tag), fields);
    made.append(...children);
    return made;
  };
  const els = {
    captions: make("div", { className: "script", tabIndex: 0, role: "group", ariaLabel: "Conversation" }),
    status: make("p", { className: "status" }),
    call: make("button", { type: "button", className: "call", textContent: "Call" }),
    sound: make("button", { type: "button", textContent: "Play sound", hidden: true }),
    mute: make("button", { type: "button", textContent: "Mute" }),
    hangup: make("button", { type: "button", className: "end", textContent: "Hang up" }),
    text: make("input", { type: "text", maxLength: 4000, autocomplete: "off", enterKeyHint: "send", placeholder: "Or type a message", ariaLabel: `Message to ${name}` }),
    announcer: make("p", { className: "unseen", role: "status" }),
  };
  els.mute.setAttribute("aria-pressed", "false");
  els.composer = make("form", {}, [els.text, make("button", { type: "submit", textContent: "Send" })]);
  const row = make("div", { className: "row" }, [els.status, els.call, els.sound, els.mute, els.hangup]);
  els.card = make("section", { className: "card", tabIndex: -1, ariaLabel: `Call ${name}` }, [els.captions, row, els.composer, els.announcer]);
  root.append(els.card);
  return els;
}
