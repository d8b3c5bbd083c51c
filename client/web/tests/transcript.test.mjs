//! The transcript without a browser: events in odd orders, other servers, ids that start anew.

import assert from "node:assert/strict";
import { test } from "node:test";
import { spans } from "../src/latency.js";
import { Transcript, spoken } from "../src/transcript.js";
import { composed, cutAt, finished, heard, spoken as said, typed } from "./story.mjs";

globalThis.CustomEvent ??= class extends Event {};

function after(...events) {
  const transcript = new Transcript();
  for (const event of events.flat()) transcript.take(event);
  return transcript;
}
const brief = (transcript) => transcript.lines.map((line) => [line.side, line.phase, spoken(line)]);

test("a reply is told only as far as it was heard", () => {
  const transcript = after(said("i1", "hello"), composed("i2", "r1", "one two three"), heard("i2", "r1", "one "));
  assert.deepEqual(brief(transcript), [["caller", "settled", "hello"], ["agent", "composing", "one "]]);
  assert.deepEqual(transcript.history(10).map((item) => [item.role, item.content[0].type, item.content[0].text]), [["user", "input_text", "hello"], ["assistant", "output_text", "one "]]);
});

test("a cut before any word leaves nothing heard, and late words find no home", () => {
  const transcript = after(composed("i2", "r1", "one two three"), cutAt("i2", "r1", ""));
  transcript.take({ type: "response.output_audio_transcript.delta", item_id: "i2", response_id: "r1", delta: " four" });
  transcript.take(heard("i2", "r1", "one two three"));
  assert.deepEqual(brief(transcript), [["agent", "cut", ""]]);
  assert.equal(transcript.lines[0].text, "one two three");
});

test("a reply cancelled before its first word leaves no line", () => {
  const events = composed("i2", "r1", "one two").slice(0, 3);
  const transcript = after(said("i1", "hm"), events, { type: "response.done", response: { id: "r1", status: "cancelled" } });
  assert.deepEqual(brief(transcript), [["caller", "settled", "hm"]]);
});

test("a failed reply says why", () => {
  const transcript = after(composed("i2", "r1", "one two").slice(0, 3), { type: "response.done", response: { id: "r1", status: "failed", status_details: { error: { message: "The model is away." } } } });
  assert.deepEqual([transcript.lines[0].phase, transcript.lines[0].note], ["failed", "The model is away."]);
});

test("a server without our own events still gets settled and cut lines", () => {
  const whole = after(composed("i2", "r1", "one two three"), { type: "output_audio_buffer.stopped", response_id: "r1" });
  assert.deepEqual(brief(whole), [["agent", "settled", "one two three"]]);
  const cut = after(composed("i2", "r1", "one two three"), { type: "conversation.item.truncated", item_id: "i2", content_index: 0, audio_end_ms: 1 });
  assert.deepEqual(brief(cut), [["agent", "cut", ""]]);
});

test("text-only replies count as heard when they come", () => {
  const ids = { response_id: "r1", item_id: "i2", output_index: 0, content_index: 0 };
  const transcript = after({ type: "response.output_item.added", response_id: "r1", item: { id: "i2", type: "message", role: "assistant", content: [] } }, { type: "response.output_text.delta", ...ids, delta: "yes" }, { type: "response.output_text.done", ...ids, text: "yes" }, { type: "response.done", response: { id: "r1", status: "completed" } });
  assert.deepEqual(brief(transcript), [["agent", "settled", "yes"]]);
});

test("ids of a new session do not touch lines of the old one", () => {
  const transcript = after(said("i1", "first"), composed("i2", "r1", "one two"), finished("i2", "r1", "one two"));
  transcript.reconnect();
  for (const event of [said("i1", "second"), composed("i2", "r1", "three four")].flat()) transcript.take(event);
  assert.deepEqual(brief(transcript).map((line) => line[2]), ["first", "one two", "second", ""]);
  assert.equal(new Set(transcript.lines.map((line) => line.key)).size, 4);
});

test("what is not understood is said, and an unknown event changes nothing", () => {
  const transcript = after(said("i1", ""), { type: "session.surprise" }, { type: "repartee.heard" }, { type: "repartee.cut", item_id: "x" }, { type: "response.done" }, typed("i3", "typed"));
  assert.deepEqual(brief(transcript), [["caller", "failed", ""], ["caller", "settled", "typed"]]);
});

test("citations that come before their reply wait for it", () => {
  const transcript = after(composed("i2", "r1", "one two", { source: "a.md", heading: "A", text: "a" }));
  assert.deepEqual(transcript.lines[0].citations, [{ source: "a.md", heading: "A", text: "a" }]);
});

test("a day of talking stays bounded", () => {
  const transcript = new Transcript();
  for (let index = 0; index < 1000; index += 1) for (const event of said(`i${index}`, `line ${index}`)) transcript.take(event);
  assert.equal(transcript.lines.length, 400);
  assert.equal(transcript.lines.at(-1).text, "line 999");
});

test("spans follow each other in the order in which stages were reached", () => {
  assert.deepEqual(spans({ first_sound: 600, endpointing: 400, retrieval: 410 }), [
    { stage: "endpointing", from: 0, to: 400 },
    { stage: "retrieval", from: 400, to: 410 },
    { stage: "first_sound", from: 410, to: 600 },
  ]);
  assert.deepEqual(spans({}), []);
});
