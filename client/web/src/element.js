//! `<repartee-call>`: a call in one card on any site, in a shadow tree of its own.

import { Announcer } from "./announce.js";
import { Call } from "./call.js";
import { Captions } from "./captions.js";
import { STYLE } from "./element-style.js";
import { Sound } from "./sound.js";
import { stateInWords } from "./stage.js";
import { FLOOR, HARMLESS, troubleOf } from "./words.js";

const OWN_SERVER = new URL(import.meta.url).origin;

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
    return this.call.start();
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
    call.addEventListener("state", (event) => this.#show(event.detail));
    call.addEventListener("event", (event) => this.#hear(event.detail));
    call.addEventListener("sound", (event) => this.#sound.play(event.detail));
    this.#sound.addEventListener("blocked", () => (els.status.textContent = "Press Call again: the browser holds the sound back."));
    els.call.addEventListener("click", () => this.start());
    els.hangup.addEventListener("click", () => this.hangUp());
    els.mute.addEventListener("click", () => {
      call.setMuted(!call.muted);
      els.mute.setAttribute("aria-pressed", String(call.muted));
    });
    els.composer.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = els.text.value.trim();
      if (!text) return;
      els.text.value = "";
      if (["idle", "ended", "error"].includes(call.state)) this.start({ microphone: false });
      call.type(text);
    });
  }

  #hear(event) {
    if (event.type === "repartee.floor") this.#els.status.textContent = FLOOR[event.to] ?? "";
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
    els.call.hidden = live;
    els.call.disabled = waiting;
    els.call.textContent = waiting ? "Calling" : state === "idle" ? "Call" : "Call again";
    els.hangup.hidden = !live && !waiting;
    els.hangup.textContent = waiting ? "Cancel" : "Hang up";
    els.mute.hidden = !live || !this.call.microphone.track;
    els.status.className = state === "error" ? "status trouble" : "status";
    els.status.textContent = state === "talking" ? FLOOR.open : state === "idle" ? "" : state === "error" ? troubleInWords(failure) : stateInWords(detail);
    if (!live) this.#sound.stop();
    this.#announcer.say(state === "idle" ? "" : stateInWords(detail));
    this.dispatchEvent(new CustomEvent("repartee-state", { detail: { state, failure } }));
  }
}

function serverOf(value) {
  return (value || OWN_SERVER).replace(/\/+$/, "");
}

function troubleInWords(failure) {
  const words = troubleOf(failure);
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
    mute: make("button", { type: "button", textContent: "Mute" }),
    hangup: make("button", { type: "button", className: "end", textContent: "Hang up" }),
    text: make("input", { type: "text", maxLength: 4000, autocomplete: "off", enterKeyHint: "send", placeholder: "Or type a message", ariaLabel: `Message to ${name}` }),
    announcer: make("p", { className: "unseen", role: "status" }),
  };
  els.mute.setAttribute("aria-pressed", "false");
  els.composer = make("form", {}, [els.text, make("button", { type: "submit", textContent: "Send" })]);
  const row = make("div", { className: "row" }, [els.status, els.call, els.mute, els.hangup]);
  root.append(make("section", { className: "card", ariaLabel: `Call ${name}` }, [els.captions, row, els.composer, els.announcer]));
  return els;
}
