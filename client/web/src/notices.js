//! Notices in plain sight: what an engine cannot do, what went wrong; each can be put away.

const SHOWN = 3;

export class Notices {
  #list;
  #announce;

  constructor(list, announce) {
    this.#list = list;
    this.#announce = announce;
  }

  /** The same code again replaces its older words. */
  show(code, message, action) {
    if (!message) return;
    for (const old of this.#list.children) if (old.dataset.code === code) old.remove();
    const item = document.createElement("li");
    item.dataset.code = code;
    item.dataset.testid = "notice";
    const text = document.createElement("span");
    text.textContent = message;
    item.append(text);
    if (action) item.append(button("plain", action.label, action.run));
    const close = button("quiet", "×", () => item.remove());
    close.setAttribute("aria-label", "Dismiss this notice");
    item.append(close);
    this.#list.append(item);
    while (this.#list.childElementCount > SHOWN) this.#list.firstElementChild.remove();
    this.#announce(message);
  }

  dismiss(code) {
    for (const old of [...this.#list.children]) if (old.dataset.code === code) old.remove();
  }

  clear() {
    this.#list.replaceChildren();
  }
}

function button(className, label, run) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.textContent = label;
  made.addEventListener("click", run);
  return made;
}
