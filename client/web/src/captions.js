//! Draws the transcript: faint while composed, solid once heard, struck through where cut. Text only, never markup.

const NEAR_END_PX = 80;

/** Keeps one container in step with one transcript. */
export class Captions {
  #container;
  #transcript;
  #drawn = new Map();
  #names;
  #follow = true;

  /** Told whether the newest words are in view. */
  onFollow = () => {};

  /** @param {{caller?: string, agent?: string}} [names] */
  constructor(container, transcript, names = {}) {
    this.#container = container;
    this.#transcript = transcript;
    this.#names = { caller: "You", agent: "Repartee", ...names };
    transcript.addEventListener("change", (event) => this.#change(event.detail));
    container.addEventListener("scroll", () => {
      this.#follow = container.scrollHeight - container.scrollTop - container.clientHeight < NEAR_END_PX;
      this.onFollow(this.#follow);
    });
    // Notices and keyboards on screens take room from below.
    new ResizeObserver(() => this.#follow && this.toEnd()).observe(container);
    this.#change(null);
  }

  toEnd() {
    this.#container.scrollTop = this.#container.scrollHeight;
  }

  #change(line) {
    if (line) this.#draw(line);
    else this.#drawAll();
    this.#container.dataset.empty = String(this.#transcript.lines.length === 0);
    if (this.#follow) this.toEnd();
  }

  #drawAll() {
    const wanted = new Set(this.#transcript.lines.map((line) => line.key));
    for (const [key, view] of this.#drawn) {
      if (wanted.has(key)) continue;
      view.root.remove();
      this.#drawn.delete(key);
    }
    for (const line of this.#transcript.lines) this.#draw(line);
  }

  #draw(line) {
    let view = this.#drawn.get(line.key);
    if (!view) {
      view = lineView(line, this.#names[line.side] ?? "");
      this.#drawn.set(line.key, view);
      this.#container.append(view.root);
    }
    view.root.dataset.phase = line.phase;
    if (line.side === "agent") drawAgent(view, line);
    else drawCaller(view, line);
    drawNote(view, line);
    for (const passage of line.citations.slice(view.sources.childElementCount)) view.sources.append(source(passage));
  }
}

function lineView(line, name) {
  const root = element("article", `line ${line.side}`);
  root.dataset.testid = `line-${line.side}`;
  const who = element("p", "who", name);
  const words = element("p", "words");
  words.dir = "auto";
  const heard = element("span", "heard");
  const ahead = element("span", "ahead");
  const cut = element("s", "cut");
  const note = element("p", "note");
  const sources = element("div", "sources");
  words.append(heard, ahead, cut);
  root.append(...(line.side === "mark" ? [words] : [who, words, note, sources]));
  return { root, heard, ahead, cut, note, sources, shown: "" };
}

function drawAgent(view, line) {
  const heard = line.text.slice(0, line.heard);
  const rest = line.text.slice(line.heard);
  if (heard !== view.shown) {
    if (heard.startsWith(view.shown)) {
      const fresh = element("span", "fresh", heard.slice(view.shown.length));
      view.heard.replaceChildren(view.shown, fresh);
    } else {
      view.heard.replaceChildren(heard);
    }
    view.shown = heard;
  }
  // A stroke through the space before the first word would seem to touch the last one heard.
  const gap = rest.length - rest.trimStart().length;
  const end = line.phase === "cut" ? gap : rest.length;
  view.ahead.textContent = rest.slice(0, end);
  view.cut.textContent = rest.slice(end);
}

function drawCaller(view, line) {
  const forming = line.phase === "forming";
  const stable = forming ? line.stable : line.text.length;
  view.heard.textContent = line.text.slice(0, stable);
  view.ahead.textContent = line.text.slice(stable);
  view.root.classList.toggle("waiting", forming && line.text === "");
}

function drawNote(view, line) {
  let text = "";
  if (line.phase === "cut") text = line.heard > 0 ? "Cut off here; the rest was not heard." : "Cut off before a word was heard.";
  if (line.phase === "failed") {
    text = line.note || (line.side === "caller" ? "That could not be made out. Say it again, or type it." : "The answer failed.");
  }
  view.note.textContent = text;
  view.note.hidden = text === "";
}

function source(passage) {
  const root = element("details", "source");
  root.dataset.testid = "source";
  const summary = element("summary", "");
  summary.append(element("span", "heading", passage.heading || passage.source));
  if (passage.heading && passage.source) summary.append(element("span", "file", passage.source));
  const text = element("blockquote", "", passage.text);
  text.dir = "auto";
  root.append(summary, text);
  return root;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
