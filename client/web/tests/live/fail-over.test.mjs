//! A chat server that is killed half way through a reply: the conversation goes on, aloud, and takes it back when it returns.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { answered, browse, call, count, event, events, say, serve, type, wav } from "./rig.mjs";

const CHAT = fileURLToPath(new URL("chat-server.mjs", import.meta.url));
let browser, chat, server;

/** Starts a chat server in a process of its own. */
async function startChat(port = 0) {
  const process_ = spawn(process.execPath, [CHAT, String(port)], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(process_.stdout, "data");
  return { port: Number(line), kill: () => once(process_, "exit", void process_.kill("SIGKILL")) };
}

before(async () => {
  chat = await startChat();
  [browser, server] = await Promise.all([browse(), serve("--llm", `http://127.0.0.1:${chat.port}/v1`)]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
  await chat?.kill();
});

test("a chat server killed in the middle of a reply costs no word of the conversation", async () => {
  const page = await browser.open(server.url);
  await call(page);
  await type(page, "What is Repartee?");
  const started = await event(page, "output_audio_buffer.started");
  await page.waitForFunction(() => globalThis.caller.voiced() > 400);
  const voiced = await page.evaluate(() => globalThis.caller.voiced());
  await chat.kill();

  const taken = await event(page, "repartee.engine");
  assert.equal(taken.to.seam, "language_model");
  assert.deepEqual([taken.from.grade, taken.to.grade], ["remote", "builtin"]);
  assert.match(taken.why, /broke off|said nothing/);
  const { response, text } = await answered(page);
  assert.equal(response, started.response_id, "it is one reply from its first word to its last");
  assert.match(text, /^Repartee is a server for conversations by voice.*whatever you .*once more: .*\w+\.\s*$/s);
  const done = (await events(page, "response.done")).find((one) => one.response.id === response);
  assert.equal(done.response.status, "completed");
  assert.ok((await page.evaluate(() => globalThis.caller.voiced())) > voiced + 1_000, "the rest is audible");
  await page.getByTestId("engine-language_model").getByText("built in").waitFor({ state: "attached" });

  // Nobody answers at that address now: what is asked aloud is answered all the same.
  let mark = await count(page);
  await say(page, wav("how do i change the voice"));
  assert.match((await answered(page, mark)).text, /voice/i);
  assert.deepEqual(await events(page, "repartee.engine", mark), [], "nothing has changed");
  assert.deepEqual((await events(page, "repartee.notice")).filter((one) => one.code === "trouble"), []);

  chat = await startChat(chat.port);
  mark = await count(page);
  await type(page, "Are you there?");
  assert.match((await answered(page, mark)).text, /speaking again/);
  const [back] = await events(page, "repartee.engine", mark);
  assert.deepEqual([back.from.grade, back.to.grade], ["builtin", "remote"]);
  await page.getByTestId("engine-language_model").getByText("remote").waitFor({ state: "attached" });
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
