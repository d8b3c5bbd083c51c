//! Tools of OpenAI's own client, called by a chat model: called, interrupted, called again, and none twice.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { agents, browse, inHistory, serve } from "./rig.mjs";

let browser, chat, server, site;

/** What the stand-in for a chat server says and calls: it looks outside, it books, and it tells what came of it. */
function answer({ messages, tools }) {
  const last = messages.at(-1);
  if (last.role === "tool") return { words: `It is ${last.content}.` };
  if (!tools) return { words: "It is on its way already." };
  if (/weather/.test(last.content)) return { call: "weather", given: { place: "here" } };
  const booking = { call: "book", given: { day: "Monday" } };
  if (/I said, book/.test(last.content)) return booking;
  if (/book/.test(last.content)) return { words: "Very well, then I am booking Monday for you right now.", ...booking };
  return { words: "Hello." };
}

function stream(response, { words, call, given }) {
  const send = (delta) => response.write(`data: ${JSON.stringify({ choices: [{ delta }] })}\n\n`);
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  if (words) send({ content: words });
  if (call) {
    const [head, tail] = [JSON.stringify(given).slice(0, 4), JSON.stringify(given).slice(4)];
    send({ tool_calls: [{ index: 0, id: "x", type: "function", function: { name: call, arguments: head } }] });
    send({ tool_calls: [{ index: 0, function: { arguments: tail } }] });
  }
  response.end("data: [DONE]\n\n");
}

before(async () => {
  chat = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    if (request.method === "GET") response.end(JSON.stringify({ data: [{ id: "tiny" }] }));
    else stream(response, answer(JSON.parse(body)));
  });
  await new Promise((done) => chat.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${chat.address().port}/v1`;
  [browser, server, site] = await Promise.all([browse(), serve("--llm", url), agents()]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
  site?.close();
  chat?.close();
});

/** How often the page was told to call this tool. */
const calls = (page, name) => page.evaluate((tool) => globalThis.sdk.calls[tool] ?? 0, name);

/** Waits until an event of this type has come so often. */
const told = (page, type, times) => page.waitForFunction(
  ([wanted, least]) => globalThis.sdk.seen.types.filter((seen) => seen === wanted).length >= least,
  [type, times],
  { polling: 50 },
);

const says = (page, text) => page.evaluate((words) => globalThis.sdk.session.sendMessage(words), text);

test("tools are called, and what came of them is said; none that writes is called twice", async () => {
  const page = await browser.open(site.url, "/");
  await page.waitForSelector("html[data-state=ready]", { state: "attached" });
  await page.evaluate((url) => globalThis.sdk.connect(url, ["weather", "book"]), server.url);

  await says(page, "How is the weather?");
  await page.waitForFunction(() => globalThis.sdk.calls.weather === 1);
  await page.evaluate(() => globalThis.sdk.give("weather", "sunny"));
  await inHistory(page, "assistant", "It is sunny");
  await told(page, "output_audio_buffer.stopped", 1);

  // The caller cuts in before the agent has said what it is about to do: it is not done.
  await says(page, "Please book Monday.");
  await told(page, "output_audio_buffer.started", 2);
  await page.evaluate(() => globalThis.sdk.session.interrupt());
  await told(page, "output_audio_buffer.cleared", 1);
  assert.equal(await calls(page, "book"), 0);

  await says(page, "Do book it.");
  await page.waitForFunction(() => globalThis.sdk.calls.book === 1);
  await says(page, "I said, book it!");
  await inHistory(page, "assistant", "on its way already");
  await told(page, "output_audio_buffer.stopped", 3);
  assert.equal(await calls(page, "book"), 1, "it was called already, and there is no result yet");

  await page.evaluate(() => globalThis.sdk.give("book", "booked"));
  await inHistory(page, "assistant", "It is booked");
  assert.equal(await calls(page, "book"), 1);
  assert.equal(await calls(page, "weather"), 1);
  const { errors } = await page.evaluate(() => globalThis.sdk.seen);
  assert.deepEqual(errors, []);
  assert.deepEqual(page.faults, []);
  await page.evaluate(() => globalThis.sdk.session.close());
  await page.context().close();
});
