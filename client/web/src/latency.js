//! The waterfall of the last replies: which stage of each took how long, from the caller's last voice to the first sound.

const REPLIES = 6;
export const STAGES = ["endpointing", "recognition", "retrieval", "first_word", "first_speech", "first_sound"];
const NAMES = {
  endpointing: "End of speech",
  recognition: "Recognition",
  retrieval: "Retrieval",
  first_word: "First word",
  first_speech: "First speech",
  first_sound: "First sound",
};

/** Collects `repartee.latency` events. */
export class Latency extends EventTarget {
  replies = [];

  take(event) {
    if (event.type !== "repartee.latency" || !STAGES.includes(event.stage)) return;
    const after = Number(event.after_ms);
    if (!Number.isFinite(after) || after < 0) return;
    let reply = this.replies.find((one) => one.id === event.response_id);
    if (!reply) {
      reply = { id: event.response_id, stages: {} };
      this.replies = [...this.replies, reply].slice(-REPLIES);
    }
    reply.stages[event.stage] = after;
    this.dispatchEvent(new Event("change"));
  }

  clear() {
    this.replies = [];
    this.dispatchEvent(new Event("change"));
  }
}

/** Where each stage of a reply begins and how long it lasts, in the order in which they were reached. */
export function spans(stages) {
  const reached = STAGES.filter((stage) => stage in stages).sort((a, b) => stages[a] - stages[b]);
  let from = 0;
  return reached.map((stage) => {
    const span = { stage, from, to: Math.max(from, stages[stage]) };
    from = span.to;
    return span;
  });
}

/** Draws the waterfall into a container: the newest reply first, a legend below. */
export function drawLatency(container, replies) {
  if (replies.length === 0) {
    const hint = document.createElement("p");
    hint.className = "small";
    hint.textContent = "The stages of each answer appear here.";
    container.replaceChildren(hint);
    return;
  }
  const rows = replies.map((reply) => ({ reply, spans: spans(reply.stages) }));
  const longest = Math.max(...rows.map((row) => row.spans.at(-1)?.to ?? 0), 1);
  const list = document.createElement("ol");
  list.className = "waterfall";
  rows.reverse().forEach((row, index) => list.append(drawRow(row, longest, index === 0)));
  const note = document.createElement("p");
  note.className = "small";
  note.textContent = "Counted from your last sound, newest on top.";
  container.replaceChildren(list, legend(rows[0].spans), note);
}

function drawRow(row, longest, newest) {
  const item = document.createElement("li");
  item.dataset.testid = "latency-row";
  const total = row.spans.at(-1)?.to ?? 0;
  const told = row.spans.map((span) => `${NAMES[span.stage]} ${Math.round(span.to - span.from)} ms`).join(", ");
  const spoken = document.createElement("span");
  spoken.className = "unseen";
  spoken.textContent = `${newest ? "Last answer" : "An earlier answer"}: ${told}. In all `;
  const bar = document.createElement("span");
  bar.className = "bar";
  bar.setAttribute("aria-hidden", "true");
  for (const span of row.spans) {
    const piece = document.createElement("i");
    piece.dataset.stage = span.stage;
    piece.title = `${NAMES[span.stage]}: ${Math.round(span.to - span.from)} ms, reached after ${Math.round(span.to)} ms`;
    piece.style.setProperty("width", `${((span.to - span.from) / longest) * 100}%`);
    bar.append(piece);
  }
  const figure = document.createElement("span");
  figure.className = "figure";
  figure.textContent = `${Math.round(total)} ms`;
  item.append(spoken, bar, figure);
  return item;
}

function legend(newest) {
  const list = document.createElement("dl");
  list.className = "legend";
  for (const span of newest) {
    const name = document.createElement("dt");
    name.dataset.stage = span.stage;
    name.textContent = NAMES[span.stage];
    const took = document.createElement("dd");
    took.textContent = `${Math.round(span.to - span.from)} ms`;
    list.append(name, took);
  }
  return list;
}
