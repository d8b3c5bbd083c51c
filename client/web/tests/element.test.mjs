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

test("other sites can import the SDK by itself", async () => {
  const page = await embedded();
  const names = await page.evaluate(async (url) => Object.keys(await import(`${url}/sdk.js`)).sort(), shop.server.url);
  assert.deepEqual(names, ["Call", "CallFailure", "Transcript", "spoken"]);
  await page.close();
});
