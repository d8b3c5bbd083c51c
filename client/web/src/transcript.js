//! What was said and what was heard: the server's events folded into lines. No DOM, no clock.

/** A page that stays open for a day must not grow without end. */
const LINES_LIMIT = 400;

/**
 * A line: `{key, id, side, text, stable, heard, phase, typed, reply, citations, note}`.
 * side: caller | agent | mark. phase: forming | composing | settled | cut | failed.
 * `heard` counts the UTF-16 units of an agent's line that reached the caller;
 * `stable` those of a caller's partial words that will not change.
 * Event: `change` (detail: the line, or null when lines were removed or all changed).
 */
export class Transcript extends EventTarget {
  lines = [];
  #byKey = new Map();
  #waiting = new Map();
  #replies = new Map();
  #restored = [];
  #epoch = 0;

  /** Folds one server event in. Unknown events change nothing. */
  take(event) {
    this[HANDLERS[event.type]]?.(event);
  }

  /** A remark between the lines, such as a lost connection. */
  mark(text) {
    this.#add({ side: "mark", id: `mark${this.lines.length}`, text, phase: "settled" });
  }

  /** The old session is gone: nothing of it will move again, and ids start anew. */
  reconnect() {
    for (const line of this.lines) this.#abandon(line);
    this.lines = this.lines.filter((line) => line.text !== "");
    this.#epoch += 1;
    this.#waiting.clear();
    this.#replies.clear();
    this.dispatchEvent(new CustomEvent("change", { detail: null }));
  }

  /** The last lines as items for `conversation.item.create`: only what was heard. */
  history(limit) {
    const told = this.lines.filter((line) => line.side !== "mark" && spoken(line).trim() !== "").slice(-limit);
    this.#restored = told.map((line) => ({ line, text: spoken(line), side: line.side }));
    return told.map((line) => ({
      type: "message",
      role: line.side === "agent" ? "assistant" : "user",
      content: [{ type: line.side === "agent" ? "output_text" : "input_text", text: spoken(line) }],
    }));
  }

  clear() {
    this.lines = [];
    this.#byKey.clear();
    this.#waiting.clear();
    this.#replies.clear();
    this.dispatchEvent(new CustomEvent("change", { detail: null }));
  }

  started(event) {
    this.#caller(event.item_id, { phase: "forming" });
  }

  partial(event) {
    const text = String(event.text ?? "");
    const line = this.#find(event.item_id);
    if (line && line.phase !== "forming") return;
    this.#caller(event.item_id, { text, stable: clamp(event.stable, text.length), phase: "forming" });
  }

  completed(event) {
    const text = String(event.transcript ?? "").trim();
    this.#caller(event.item_id, { text, stable: text.length, phase: text ? "settled" : "failed" });
  }

  failed(event) {
    this.#caller(event.item_id, { phase: "failed", note: String(event.error?.message ?? "") });
  }

  added(event) {
    const item = event.item;
    if (item?.type !== "message" || this.#find(item.id) || this.#isRestored(item)) return;
    if (item.role === "assistant") this.#agent(item.id, this.#replies.get(item.id), contentOf(item));
    if (item.role !== "user") return;
    const text = contentOf(item);
    const typed = item.content?.[0]?.type === "input_text";
    if (typed) this.#caller(item.id, { text, stable: text.length, phase: "settled", typed });
    else this.#caller(item.id, { phase: "forming" });
  }

  output(event) {
    if (event.item?.type !== "message") return;
    this.#replies.set(event.item.id, event.response_id);
    this.#agent(event.item.id, event.response_id, "");
  }

  delta(event) {
    const line = this.#agent(event.item_id, event.response_id, "");
    if (line.phase === "cut") return;
    line.text += String(event.delta ?? "");
    if (event.type.includes("output_text")) line.heard = line.text.length;
    this.#changed(line);
  }

  done(event) {
    const line = this.#agent(event.item_id, event.response_id, "");
    const text = event.transcript ?? event.text;
    if (typeof text === "string" && text.length >= line.text.length) line.text = text;
    if (event.type.includes("output_text")) line.heard = line.text.length;
    this.#changed(line);
  }

  heard(event) {
    const line = this.#ofReply(event);
    if (!line || line.phase === "cut") return;
    line.heard = Math.max(line.heard, prefixLength(line.text, event.heard));
    this.#changed(line);
  }

  cut(event) {
    const line = this.#ofReply(event);
    if (!line) return;
    if (typeof event.heard === "string") line.heard = prefixLength(line.text, event.heard);
    line.phase = "cut";
    this.#changed(line);
  }

  cited(event) {
    const passage = {
      source: String(event.source ?? ""),
      heading: String(event.heading ?? ""),
      text: String(event.text ?? ""),
    };
    const line = this.lines.findLast((one) => one.side === "agent" && one.reply === this.#scoped(event.response_id));
    if (line) {
      line.citations.push(passage);
      this.#changed(line);
      return;
    }
    const waiting = this.#waiting.get(event.response_id) ?? [];
    this.#waiting.set(event.response_id, [...waiting, passage]);
  }

  played(event) {
    const line = this.#ofReply(event);
    if (!line || line.phase === "cut") return;
    line.heard = line.text.length;
    line.phase = "settled";
    this.#changed(line);
  }

  ended(event) {
    const response = event.response ?? {};
    const line = this.#ofReply({ response_id: response.id });
    if (!line) return;
    if (response.status === "failed") {
      line.phase = "failed";
      line.note = String(response.status_details?.error?.message ?? "");
    } else if (response.status === "cancelled" || line.heard >= line.text.length) {
      this.#abandon(line);
    }
    if (line.text === "" && line.phase !== "failed") this.#remove(line);
    else this.#changed(line);
  }

  deleted(event) {
    const line = this.#find(event.item_id);
    if (line) this.#remove(line);
  }

  #caller(id, fields) {
    const line = this.#find(id) ?? this.#add({ side: "caller", id });
    Object.assign(line, fields);
    this.#changed(line);
    return line;
  }

  #agent(id, reply, text) {
    const known = this.#find(id);
    if (known) {
      known.reply ??= this.#scoped(reply);
      return known;
    }
    const citations = this.#waiting.get(reply) ?? [];
    this.#waiting.delete(reply);
    return this.#add({ side: "agent", id, reply: this.#scoped(reply), text, citations, phase: "composing" });
  }

  #add(fields) {
    const key = `${this.#epoch}:${fields.id}`;
    const blank = { text: "", stable: 0, heard: 0, phase: "forming", typed: false, citations: [], note: "" };
    const line = { ...blank, ...fields, key };
    this.lines.push(line);
    this.#byKey.set(key, line);
    if (this.lines.length > LINES_LIMIT) this.#remove(this.lines[0]);
    this.#changed(line);
    return line;
  }

  #remove(line) {
    this.lines = this.lines.filter((one) => one !== line);
    this.#byKey.delete(line.key);
    this.dispatchEvent(new CustomEvent("change", { detail: null }));
  }

  #find(id) {
    return this.#byKey.get(`${this.#epoch}:${id}`);
  }

  #scoped(reply) {
    return reply === undefined ? undefined : `${this.#epoch}:${reply}`;
  }

  #ofReply(event) {
    const named = event.item_id ? this.#find(event.item_id) : undefined;
    if (named) return named.side === "agent" ? named : undefined;
    const reply = this.#scoped(event.response_id);
    return reply && this.lines.findLast((line) => line.side === "agent" && line.reply === reply);
  }

  /** The server echoes the history that we gave back to it after a reconnection: those lines are here already. */
  #isRestored(item) {
    const next = this.#restored[0];
    const side = item.role === "assistant" ? "agent" : "caller";
    if (!next || next.side !== side || next.text !== contentOf(item)) return false;
    this.#restored.shift();
    this.#byKey.set(`${this.#epoch}:${item.id}`, next.line);
    return true;
  }

  #abandon(line) {
    if (line.phase === "composing") line.phase = line.heard < line.text.length ? "cut" : "settled";
    if (line.phase === "forming") line.phase = "settled";
  }

  #changed(line) {
    this.dispatchEvent(new CustomEvent("change", { detail: line }));
  }
}

const HANDLERS = {
  "input_audio_buffer.speech_started": "started",
  "repartee.partial": "partial",
  "conversation.item.input_audio_transcription.completed": "completed",
  "conversation.item.input_audio_transcription.failed": "failed",
  "conversation.item.added": "added",
  "response.output_item.added": "output",
  "response.output_audio_transcript.delta": "delta",
  "response.output_text.delta": "delta",
  "response.output_audio_transcript.done": "done",
  "response.output_text.done": "done",
  "repartee.heard": "heard",
  "repartee.cut": "cut",
  "conversation.item.truncated": "cut",
  "repartee.citation": "cited",
  "output_audio_buffer.stopped": "played",
  "response.done": "ended",
  "conversation.item.deleted": "deleted",
};

/** What of a line the other side got to know. */
export function spoken(line) {
  return line.side === "agent" ? line.text.slice(0, line.heard) : line.text;
}

function contentOf(item) {
  return (item.content ?? []).map((part) => part?.text ?? part?.transcript ?? "").join("");
}

function clamp(value, most) {
  return Number.isFinite(value) ? Math.min(Math.max(0, value), most) : 0;
}

/** How much of `text` the prefix covers; a prefix that differs in spaces still counts by its length. */
function prefixLength(text, heard) {
  const prefix = String(heard ?? "");
  return Math.min(prefix.length, text.length);
}
