//! Tells a screen reader what changed, politely and once: states, notices, finished lines.

import { spoken } from "./transcript.js";

const SHOWN = 4;

export class Announcer {
  linesToo = true;
  #region;
  #told = new Set();

  constructor(region, transcript) {
    this.#region = region;
    transcript.addEventListener("change", (event) => {
      if (event.detail) this.#line(event.detail);
    });
  }

  say(text) {
    if (!text) return;
    const sentence = document.createElement("span");
    sentence.textContent = `${text} `;
    this.#region.append(sentence);
    while (this.#region.childElementCount > SHOWN) this.#region.firstElementChild.remove();
  }

  /** A line is told when it will not change any more. */
  #line(line) {
    if (!this.linesToo || !["settled", "cut", "failed"].includes(line.phase) || this.#told.has(line.key)) return;
    const text = spoken(line).trim();
    if (!text) return;
    this.#told.add(line.key);
    const names = { caller: "You: ", agent: "Repartee: ", mark: "" };
    this.say(`${names[line.side]}${text}${line.phase === "cut" ? " (cut off)" : ""}`);
  }
}
