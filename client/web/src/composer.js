//! The box to type into: what is sent from it, and what comes back into it because no call took it.

const AT_REST = ["idle", "ended", "error"];

/** Sends one form's text through one call; `begin()` places the call where there is none. */
export class Composer {
  #box;
  #call;
  #begin;
  #returned = "";

  constructor({ form, box, call, begin }) {
    this.#box = box;
    this.#call = call;
    this.#begin = begin;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    call.addEventListener("state", ({ detail }) => {
      if (["ended", "error"].includes(detail.state)) this.#putBack(call.takeBack());
    });
  }

  /** Sends what stands in the box. */
  send() {
    const text = this.#box.value.trim();
    if (!text) return;
    this.#box.value = "";
    this.ask(text);
  }

  ask(text) {
    if (AT_REST.includes(this.#call.state)) this.#begin();
    if (!this.#call.type(text)) this.#putBack([text]);
  }

  /** To be called with each new call: what came back goes along, unless it was rewritten since. */
  resend() {
    if (this.#returned && this.#box.value === this.#returned) this.send();
  }

  /** Before what was begun since; a message half written is not sent by itself. */
  #putBack(texts) {
    if (texts.length === 0) return;
    const draft = this.#box.value;
    this.#box.value = [...texts, draft].filter(Boolean).join(" ");
    this.#returned = draft ? "" : this.#box.value;
  }
}
