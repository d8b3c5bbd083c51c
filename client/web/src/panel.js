//! The details beside the call: voices, engines, network health; a column on a wide window, a sheet on a narrow one.

import { GRADES, SEAMS } from "./words.js";

const WIDE = "(min-width: 1080px)";

/** Opens and closes the panel and keeps the keyboard inside while it covers the page. */
export function bindPanel({ panel, open, close, behind }) {
  const wide = globalThis.matchMedia(WIDE);
  let chosen = false;
  const set = (shown) => {
    const sheet = shown && !wide.matches;
    panel.classList.toggle("shown", shown);
    panel.inert = !shown;
    behind.inert = sheet;
    open.setAttribute("aria-expanded", String(shown));
    if (sheet) close.focus();
  };
  const hide = () => {
    set(false);
    open.focus();
  };
  open.addEventListener("click", () => {
    chosen = true;
    set(!panel.classList.contains("shown"));
  });
  close.addEventListener("click", hide);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel.classList.contains("shown") && !wide.matches) hide();
  });
  wide.addEventListener("change", () => set(false));
  set(false);
  // A call brings the details along where there is width, unless they were put away.
  return { offer: () => wide.matches && !chosen && set(true) };
}

/** What fills each seam, and of which grade. */
export function drawEngines(list, engines) {
  if (engines.length === 0) {
    const hint = document.createElement("p");
    hint.className = "small";
    hint.textContent = "Shown when the call stands.";
    list.replaceChildren(hint);
    return;
  }
  list.replaceChildren(...engines.map(engineRow));
}

function engineRow(engine) {
  const grade = String(engine.grade ?? "none");
  const row = document.createElement("div");
  row.dataset.testid = `engine-${engine.seam}`;
  const seam = document.createElement("dt");
  seam.textContent = SEAMS[engine.seam] ?? String(engine.seam);
  const name = document.createElement("dd");
  const label = document.createElement("span");
  label.textContent = grade === "none" ? "Nothing here" : String(engine.name ?? "");
  const badge = document.createElement("span");
  badge.className = "grade";
  badge.dataset.grade = grade;
  badge.textContent = GRADES[grade] ?? grade;
  name.append(label, badge);
  row.append(seam, name);
  return row;
}

/** Where the conversation is worked on, in one line: the promise that people care about most. */
export function whereabouts(engines) {
  const filled = engines.filter((engine) => engine.grade !== "none");
  if (filled.length === 0) return "";
  const remote = filled.filter((engine) => engine.grade === "remote");
  if (remote.length === 0) return "All on this server";
  const names = remote.map((engine) => (SEAMS[engine.seam] ?? engine.seam).toLowerCase()).join(", ");
  return `Remote: ${names}`;
}

/** Offers the voices of the synthesizer, keeping the one chosen. */
export function drawVoices(select, engines, chosen) {
  const voices = engines.find((engine) => engine.seam === "synthesizer")?.voices ?? [];
  select.disabled = voices.length === 0;
  if (voices.length === 0) return;
  select.replaceChildren(...voices.map((voice) => new Option(String(voice), String(voice))));
  select.value = voices.includes(chosen) ? chosen : voices[0];
}

export function healthLine({ roundTripMs, lost }) {
  const parts = [];
  if (roundTripMs !== null) parts.push(`Network there and back ${Math.max(1, Math.round(roundTripMs))} ms`);
  if (lost !== null) parts.push(`${(lost * 100).toFixed(1)} % of the sound lost`);
  return parts.join(" · ");
}
