//! OpenAI's own client, unmodified, from a page of another origin: it connects, types, speaks and interrupts.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { browse, say, serve, wav } from "./rig.mjs";

const SDK = join(dirname(createRequire(import.meta.url).resolve("@openai/agents-realtime")), "bundle");
const PAGE = readFileSync(new URL("agents.html", import.meta.url));

let browser, server, site;

before(async () => {
  site = createServer((request, response) => {
    const file = join(SDK, basename(request.url));
    if (request.url === "/") response.writeHead(200, { "Content-Type": "text/html" }).end(PAGE);
    else if (!existsSync(file)) response.writeHead(404).end();
    else response.writeHead(200, { "Content-Type": "text/javascript" }).end(readFileSync(file));
  });
  await new Promise((done) => site.listen(0, "127.0.0.1", done));
  [browser, server] = await Promise.all([browse(), serve()]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
  site?.close();
});

/** Waits until the SDK's own history holds a line of this role that matches. */
function inHistory(page, role, pattern) {
  return page.waitForFunction(
    ([who, source]) =>
      globalThis.sdk.seen.history.some(
        (item) => item.role === who
          && item.content?.some((part) => new RegExp(source, "i").test(part.transcript ?? part.text ?? "")),
      ),
    [role, pattern],
    { polling: 50 },
  );
}

test("the Agents SDK holds a conversation and sees no error", async () => {
  const page = await browser.open(`http://127.0.0.1:${site.address().port}`, "/");
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
