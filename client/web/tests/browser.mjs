//! Opens the page in Chromium with the fake peer in place: what the browser tests share.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { serve } from "./static-server.mjs";

const FAKE = fileURLToPath(new URL("fake-peer.js", import.meta.url));
const ARGUMENTS = [
  "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
];
/** CHROMIUM names another browser than the usual places. */
const PLACES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const WAIT_MS = 10_000;

export async function workshop() {
  const executablePath = PLACES.find((place) => place && existsSync(place));
  assert.ok(executablePath, "no Chromium: install it (apt-get install chromium) or name it in CHROMIUM");
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  const server = await serve();
  const ordinary = server.answer;
  return {
    server,
    browser,
    /** A fresh page; what it throws or is refused by its policy fails the test at `finish`. */
    async open({ path = "/", microphone = "allow", width = 1280, height = 800, ...context } = {}) {
      server.answer = ordinary;
      server.requests.length = 0;
      const page = await browser.newPage({ viewport: { width, height }, ...context });
      page.setDefaultTimeout(WAIT_MS);
      page.faults = [];
      page.on("pageerror", (error) => page.faults.push(error.message));
      page.on("console", (message) => {
        if (/Content Security Policy|Uncaught/.test(message.text())) page.faults.push(message.text());
      });
      await page.addInitScript({ path: FAKE });
      await page.addInitScript((chosen) => (globalThis.fake.microphone = chosen), microphone);
      await page.goto(server.url + path);
      await inState(page, "idle");
      return page;
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

export async function finish(page) {
  assert.deepEqual(page.faults, []);
  await page.close();
}

export function inState(page, state) {
  return page.waitForSelector(`html[data-state="${state}"]`, { state: "attached" });
}

export async function call(page, events = []) {
  await page.click("#call");
  await inState(page, "talking");
  await tell(page, events);
}

/** Speaks as the server. */
export function tell(page, events) {
  return page.evaluate((all) => globalThis.fake.tell(...all), events);
}

/** What the page sent, by type, in order. */
export function sent(page) {
  return page.evaluate(() => globalThis.fake.sent);
}

/** Waits until the page has sent something of a type, and gives the last of it. */
export async function sentOf(page, type) {
  await page.waitForFunction((wanted) => globalThis.fake.sent.some((event) => event.type === wanted), type);
  return (await sent(page)).findLast((event) => event.type === type);
}

export function text(page, selector) {
  return page.locator(selector).innerText();
}

/** Both sides' lines as [side, phase, solid, faint, struck]. */
export function lines(page) {
  return page.$$eval("#captions .line", (all) =>
    all.map((line) => {
      const of = (name) => line.querySelector(name)?.textContent ?? "";
      return [line.classList[1], line.dataset.phase, of(".heard"), of(".ahead"), of(".cut")];
    }),
  );
}
