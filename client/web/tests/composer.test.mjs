//! What is typed on the page, in Chromium against a fake peer: sent, waiting, and never lost.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { finish, inState, lines, sent, sentOf, tell, workshop } from "./browser.mjs";
import { typed } from "./story.mjs";

let shop;
before(async () => (shop = await workshop()));
after(() => shop.close());

test("a typed message starts a call without a microphone, and takes the floor in a running one", async () => {
  const page = await shop.open();
  await page.fill("#text", "what is it");
  await page.press("#text", "Enter");
  await inState(page, "talking");
  assert.equal((await sentOf(page, "repartee.type")).text, "what is it");
  assert.equal(await page.evaluate(() => globalThis.fake.wishes), undefined);
  assert.equal(await page.inputValue("#text"), "");
  await tell(page, typed("item_1", "what is it"));
  assert.deepEqual(await lines(page), [["caller", "settled", "what is it", "", ""]]);
  await page.fill("#text", "   ");
  await page.click("#send");
  await page.fill("#text", "and then?");
  await page.click("#send");
  assert.deepEqual((await sent(page)).map((event) => event.text), ["what is it", "and then?"]);
  await page.click("#take-microphone");
  await page.waitForFunction(() => globalThis.fake.peers[0].replaced[0] === globalThis.fake.track);
  await finish(page);
});

test("what was typed and no call took comes back into the box, and goes with the next call", async () => {
  const page = await shop.open();
  const good = shop.server.answer;
  const texts = async () => (await sent(page)).filter((event) => event.type === "repartee.type").map((event) => event.text);
  shop.server.answer = ({ headers }) => (headers.authorization === "Bearer s3cret" ? good() : { status: 401, body: "{}" });
  await page.fill("#text", "what is it");
  await page.press("#text", "Enter");
  await inState(page, "error:key");
  assert.equal(await page.inputValue("#text"), "what is it");
  await page.fill("#key", "s3cret");
  await page.click("#key-form button");
  await inState(page, "talking");
  assert.deepEqual(await texts(), ["what is it"]);
  assert.equal(await page.inputValue("#text"), "");
  await page.click("#hangup");

  shop.server.answer = () => ({ status: 503, body: "{}" });
  await page.fill("#text", "are you warm?");
  await page.press("#text", "Enter");
  await inState(page, "error:full");
  await page.fill("#text", "are you warm now?");
  shop.server.answer = good;
  await page.click("#call");
  await inState(page, "talking");
  assert.equal(await page.inputValue("#text"), "are you warm now?", "rewritten, it waits to be sent by hand");
  await page.click("#send");
  assert.deepEqual(await texts(), ["what is it", "are you warm now?"]);
  await finish(page);
});

test("what was typed at the permission prompt is not lost: cancelled, denied, or typed past", async () => {
  const page = await shop.open({ microphone: "wait" });
  const ask = async (text) => {
    await page.click("#call");
    await inState(page, "asking");
    await page.fill("#text", text);
    await page.press("#text", "Enter");
    assert.equal(await page.inputValue("#text"), "");
  };
  await ask("what is it");
  await page.fill("#text", "and");
  await page.click("#hangup");
  await inState(page, "ended");
  assert.equal(await page.inputValue("#text"), "what is it and");
  await page.fill("#text", "");

  await ask("what is it");
  await page.click("#type-instead");
  await inState(page, "talking");
  assert.deepEqual((await sent(page)).map((event) => event.text), ["what is it"]);
  await page.click("#hangup");

  await ask("who are you");
  await page.evaluate(() => globalThis.fake.deny());
  await inState(page, "error:denied");
  assert.equal(await page.inputValue("#text"), "who are you");
  await page.click("#type-instead");
  await inState(page, "talking");
  assert.deepEqual((await sent(page)).map((event) => event.text), ["what is it", "who are you"]);
  await finish(page);
});
