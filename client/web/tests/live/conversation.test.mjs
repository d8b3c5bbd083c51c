//! A real conversation in Chromium: asked aloud, heard, cut in on, typed.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { REPARTEE, answered, browse, call, cough, count, event, events, say, serve, type, wav } from "./rig.mjs";

let browser, server, journals;

before(async () => {
  journals = mkdtempSync(join(tmpdir(), "repartee-journals-"));
  [browser, server] = await Promise.all([browse(), serve("--journals", journals)]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(journals, { recursive: true, force: true });
});

test("a question asked aloud is heard, answered aloud, and its source is shown", async () => {
  const page = await browser.open(server.url);
  await call(page);
  const { ended } = await say(page, wav("what is repartee"));
  const words = await event(page, "conversation.item.input_audio_transcription.completed");
  assert.match(words.transcript, /what is/i);
  const { text, response } = await answered(page);
  assert.match(text, /repartee/i);
  assert.ok((await page.evaluate((from) => globalThis.caller.voiced(from), ended)) > 1_000, "the answer is audible");
  const source = await event(page, "repartee.citation", { field: "response_id", value: response });
  assert.match(source.source, /\.md$/);
  await page.getByText(source.source, { exact: false }).first().waitFor();
  assert.match(await page.innerText("#captions"), /repartee/i);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a typed question is answered aloud in the same conversation", async () => {
  const page = await browser.open(server.url);
  await call(page);
  await type(page, "How do I change the voice?");
  const { text } = await answered(page);
  assert.match(text, /voice/i);
  assert.ok((await page.evaluate(() => globalThis.caller.voiced())) > 500, "the answer is audible");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a caller who cuts in is heard, and the history keeps only what was heard", async () => {
  const page = await browser.open(server.url);
  await call(page);
  await type(page, "What is Repartee?");
  const started = await event(page, "output_audio_buffer.started");
  await page.waitForFunction(() => globalThis.caller.voiced() > 600);
  const mark = await count(page);
  await say(page, wav("how do i change the voice", { voice: "rms" }));
  const cut = await event(page, "repartee.cut", { after: mark });
  assert.equal(cut.response_id, started.response_id);
  const done = await event(page, "response.done", { after: mark });
  const whole = (await events(page, "response.output_audio_transcript.delta"))
    .filter((delta) => delta.response_id === cut.response_id).map((delta) => delta.delta).join("");
  assert.ok(whole.startsWith(cut.heard.trim()), `"${cut.heard}" begins "${whole}"`);
  assert.ok(cut.heard.trim().length < whole.trim().length, "not all of it was heard");
  assert.ok(done);
  const words = await event(page, "conversation.item.input_audio_transcription.completed", { after: mark });
  assert.match(words.transcript, /voice/);
  await page.locator('#captions [data-phase=cut] .cut').first().waitFor();
  const next = await event(page, "output_audio_buffer.started", { after: mark });
  assert.notEqual(next.response_id, started.response_id);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a cough does not cut: speech goes on from where it was held", async () => {
  const page = await browser.open(server.url);
  await call(page);
  await type(page, "What is Repartee?");
  await page.waitForFunction(() => globalThis.caller.voiced() > 600);
  await say(page, cough(300));
  const { response } = await answered(page);
  assert.deepEqual(await events(page, "repartee.cut"), []);
  const heard = (await events(page, "repartee.heard")).filter((one) => one.response_id === response).at(-1);
  const done = await event(page, "response.done");
  assert.equal(heard.heard.trim(), done.response.output[0].content[0].transcript.trim());
  await page.context().close();
});

test("a muted microphone says nothing", async () => {
  const page = await browser.open(server.url);
  await call(page);
  await page.click("#mute");
  await say(page, wav("what is repartee"));
  // Whatever had been heard would come before the answer to what is typed after it.
  await type(page, "What is Repartee?");
  await answered(page);
  assert.deepEqual(await events(page, "input_audio_buffer.speech_started"), []);
  await page.context().close();
});

test("other words are heard as other words", async () => {
  const page = await browser.open(server.url);
  await call(page);
  await say(page, wav("how do i run the server", { voice: "rms" }));
  const words = await event(page, "conversation.item.input_audio_transcription.completed");
  assert.match(words.transcript, /server/i);
  assert.doesNotMatch(words.transcript, /repartee/i);
  await page.context().close();
});

test("without the knowledge there is no answer, and none is invented", async () => {
  const folder = mkdtempSync(join(tmpdir(), "repartee-knowledge-"));
  writeFileSync(join(folder, "tea.md"), "# Tea\n\nGreen tea is steeped at eighty degrees for two minutes.\n");
  const other = await serve("--knowledge", folder);
  const page = await browser.open(other.url);
  await call(page);
  await type(page, "What is Repartee?");
  const { text } = await answered(page);
  assert.doesNotMatch(text, /voice AI|media server/i);
  assert.deepEqual(await events(page, "repartee.citation"), []);
  const mark = await count(page);
  await type(page, "How hot should green tea be?");
  assert.match((await answered(page, mark)).text, /eighty degrees/);
  await page.context().close();
  await other.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("the journal of a call, told again in a fresh process, gives the same outputs", async () => {
  const page = await browser.open(server.url);
  const known = new Set(readdirSync(journals));
  await call(page);
  await say(page, wav("what is repartee"));
  await answered(page);
  await page.click("#hangup");
  let journal;
  await page.waitForFunction(() => document.documentElement.dataset.state !== "talking");
  while (!(journal = readdirSync(journals).find((name) => !known.has(name)))) {
    await new Promise((done) => setImmediate(done));
  }
  execFileSync(REPARTEE, ["replay", join(journals, journal)], { stdio: "pipe" });
  await page.context().close();
});
