//! `<repartee-call>` on a page of another origin, by one script tag.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { workshop } from "./browser.mjs";
import { composed, cutAt, hello, spoken } from "./story.mjs";

let shop;
let site;
before(async () => {
  shop = await workshop();
  site = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" });
    response.end(`<!doctype html><title>A site</title><style>button{display:none!important}</style>
      <script type="module" src="${shop.server.url}/repartee.js"></script><repartee-call name="Ada" api-key="ek_1"></repartee-call>`);
  });
  await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
});
after(async () => {
  await shop.close();
  await new Promise((resolve) => site.close(resolve));
});

/** The element in a page of the other origin, whose calls go to the server that the script came from. */
async function embedded() {
  const page = await shop.open();
  shop.server.answer = () => ({ status: 201, headers: { "access-control-allow-origin": "*" }, body: "v=0\r\n" });
  await page.route("**/v1/**", async (route) => {
    const cors = { "access-control-allow-origin": "*", "access-control-allow-headers": "*", "access-control-expose-headers": "location" };
    if (route.request().method() === "OPTIONS") return route.fulfill({ status: 204, headers: cors });
    const response = await route.fetch();
    return route.fulfill({ response, headers: { ...response.headers(), ...cors } });
  });
  await page.goto(`http://localhost:${site.address().port}/`);
  await page.waitForSelector("repartee-call[data-state=idle]");
  return page;
}

test("it calls the server its script came from, shows the words, types, and hangs up", async () => {
  const page = await embedded();
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await page.waitForSelector("repartee-call[data-state=talking]");
  const offer = shop.server.requests.findLast((one) => one.path === "/v1/realtime/calls");
  assert.equal(offer.headers.authorization, "Bearer ek_1");
  const events = [...hello(), ...spoken("item_1", "who are you"), ...composed("item_2", "resp_1", "I am Ada, and I live on a server."), ...cutAt("item_2", "resp_1", "I am Ada, ")];
  await page.evaluate((all) => globalThis.fake.tell(...all), events);
  assert.equal(await page.locator("repartee-call .agent .heard").innerText(), "I am Ada, ");
  assert.equal(await page.locator("repartee-call .agent .cut").innerText(), "and I live on a server.");
  assert.equal(await page.locator("repartee-call .agent .who").innerText(), "Ada");
  await page.getByLabel("Message to Ada").fill("go on");
  await page.getByLabel("Message to Ada").press("Enter");
  assert.deepEqual(await page.evaluate(() => globalThis.fake.sent.at(-1)), { type: "repartee.type", text: "go on" });
  await page.getByRole("button", { name: "Mute" }).click();
  assert.equal(await page.evaluate(() => globalThis.fake.track.enabled), false);
  await page.evaluate(() => document.querySelector("repartee-call").remove());
  await page.waitForFunction(() => globalThis.fake.track.readyState === "ended");
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("a refusal is told in words, and the site is told the state", async () => {
  const page = await embedded();
  shop.server.answer = () => ({ status: 503, body: "{}" });
  await page.evaluate(() => {
    globalThis.states = [];
    document.querySelector("repartee-call").addEventListener("repartee-state", (event) => globalThis.states.push([event.detail.state, event.detail.failure?.code ?? null]));
  });
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await page.waitForSelector('repartee-call[data-state="error:full"]');
  assert.match(await page.locator("repartee-call .status").innerText(), /All lines are busy/);
  assert.deepEqual(await page.evaluate(() => globalThis.states), [["asking", null], ["connecting", null], ["error", "full"]]);
  await page.close();
});

/** Which control of the element the keyboard is on; null when the host page has it. */
function focused(page) {
  return page.evaluate(() => {
    const at = document.activeElement.shadowRoot?.activeElement;
    return at ? at.ariaLabel || at.textContent : null;
  });
}

function status(page) {
  return page.locator("repartee-call .status").innerText();
}

test("the keyboard's place stays in the element, from the call to its end", async () => {
  const page = await embedded();
  await page.getByRole("button", { name: "Call", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector("repartee-call[data-state=talking]");
  assert.equal(await focused(page), "Call Ada");
  await page.getByRole("button", { name: "Hang up" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector("repartee-call[data-state=ended]");
  assert.equal(await focused(page), "Call again");
  shop.server.answer = () => ({ status: 503, body: "{}" });
  await page.keyboard.press("Enter");
  await page.waitForSelector('repartee-call[data-state="error:full"]');
  assert.equal(await focused(page), "Call again");
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("it says when nobody hears the caller: muted, or without a microphone", async () => {
  const page = await embedded();
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await page.waitForSelector("repartee-call[data-state=talking]");
  assert.equal(await status(page), "Listening");
  await page.getByRole("button", { name: "Mute" }).click();
  assert.match(await status(page), /Muted/);
  await page.evaluate(() => globalThis.fake.tell({ type: "repartee.floor", from: "agent", to: "open" }));
  assert.match(await status(page), /Muted/);
  await page.getByRole("button", { name: "Mute" }).click();
  assert.equal(await status(page), "Listening");
  await page.evaluate(() => globalThis.fake.track.dispatchEvent(new Event("ended")));
  assert.match(await status(page), /microphone was taken away/);
  assert.equal(await page.getByRole("button", { name: "Mute" }).count(), 0);
  assert.equal(await focused(page), "Message to Ada");
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("held-back sound asks for a touch", async () => {
  const page = await embedded();
  await page.evaluate(() => {
    let blocked = true;
    HTMLMediaElement.prototype.play = async () => {
      if (blocked) throw new DOMException("no", "NotAllowedError");
    };
    globalThis.unblock = () => (blocked = false);
  });
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await page.waitForSelector("repartee-call[data-state=talking]");
  await page.evaluate(() => globalThis.fake.sound());
  const play = page.getByRole("button", { name: "Play sound" });
  await play.waitFor();
  await page.evaluate(() => globalThis.unblock());
  await play.click();
  await play.waitFor({ state: "hidden" });
  assert.equal(await focused(page), "Call Ada");
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("a visitor whose page has no good key is told what a visitor can do, and their question is kept", async () => {
  const page = await embedded();
  const good = shop.server.answer;
  shop.server.answer = () => ({ status: 401, body: "{}" });
  const box = page.getByLabel("Message to Ada");
  await box.fill("who are you");
  await box.press("Enter");
  await page.waitForSelector('repartee-call[data-state="error:key"]');
  assert.match(await status(page), /reload the page/);
  assert.doesNotMatch(await page.locator("repartee-call [role=status]").textContent(), /Enter the key/);
  assert.equal(await box.inputValue(), "who are you");
  shop.server.answer = good;
  await page.getByRole("button", { name: "Call again" }).click();
  await page.waitForSelector("repartee-call[data-state=talking]");
  assert.deepEqual(await page.evaluate(() => globalThis.fake.sent.map((event) => event.text)), ["who are you"]);
  assert.equal(await box.inputValue(), "");
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("other sites can import the SDK by itself", async () => {
  const page = await embedded();
  const names = await page.evaluate(async (url) => Object.keys(await import(`${url}/sdk.js`)).sort(), shop.server.url);
  assert.deepEqual(names, ["Call", "CallFailure", "Transcript", "spoken"]);
  await page.close();
});
