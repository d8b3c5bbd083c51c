//! OpenAI's own client, unmodified, from a page of another origin: it connects, types, speaks and interrupts.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { agents, browse, inHistory, say, serve, wav } from "./rig.mjs";

let browser, server, site;

before(async () => {
  [browser, server, site] = await Promise.all([browse(), serve(), agents()]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
  site?.close();
});

test("the Agents SDK holds a conversation and sees no error", async () => {
  const page = await browser.open(site.url, "/");
  await page.waitForSelector("html[data-state=ready]", { state: "attached" });
  await page.evaluate((url) => globalThis.sdk.connect(url), server.url);
  assert.ok(await page.evaluate(() => Boolean(globalThis.sdk.audioElement.srcObject)), "a track to play");

  await page.evaluate(() => globalThis.sdk.session.sendMessage("What is Repartee?"));
  await inHistory(page, "user", "What is Repartee");
  await inHistory(page, "assistant", "repartee");
  await page.waitForFunction(() => globalThis.caller.voiced() > 500);

  await page.evaluate(() => globalThis.sdk.session.interrupt());
  await page.waitForFunction(() => globalThis.sdk.seen.types.includes("output_audio_buffer.cleared"));

  await say(page, wav("how do i change the voice"));
  await inHistory(page, "user", "change the voice");
  await inHistory(page, "assistant", "voice");

  const { errors } = await page.evaluate(() => globalThis.sdk.seen);
  assert.deepEqual(errors, []);
  assert.deepEqual(page.faults, []);
  await page.evaluate(() => globalThis.sdk.session.close());
  await page.context().close();
});
