//! Push-to-talk: a button that is held, or the space bar where it types nothing.

const TAKES_SPACE = "input, textarea, select, button, summary, a[href], [contenteditable]";

/** Binds the button and the space bar to `press()` and `release()`; `enabled()` says whether the mode is on. */
export function bindTalk(button, { enabled, press, release }) {
  let held = "";
  const down = (by) => {
    if (held || !enabled()) return;
    if (press()) held = by;
  };
  const up = (by) => {
    if (held !== by) return;
    held = "";
    release();
  };
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture?.(event.pointerId);
    down("pointer");
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
    button.addEventListener(name, () => up("pointer"));
  }
  // A long touch must talk, not open a menu.
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    const onButton = event.target === button && (event.key === " " || event.key === "Enter");
    if (!onButton && (event.key !== " " || event.target.closest?.(TAKES_SPACE))) return;
    if (!enabled()) return;
    event.preventDefault();
    if (!event.repeat) down(event.key);
  });
  document.addEventListener("keyup", (event) => {
    if (held === event.key) event.preventDefault();
    up(event.key);
  });
  // The key may come up over another window: silence is safer than an open microphone.
  globalThis.addEventListener("blur", () => up(held));
}
