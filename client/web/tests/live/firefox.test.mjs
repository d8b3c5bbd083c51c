//! The same call in Firefox, driven over WebDriver BiDi: Debian's own build, unmodified.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import puppeteer from "puppeteer-core";
import { serve, wav } from "./rig.mjs";

const FIREFOX = [process.env.FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox"]
  .find((place) => place && existsSync(place));
const CALLER = readFileSync(new URL("caller.js", import.meta.url), "utf8");
const PREFERENCES = {
  "media.navigator.permission.disabled": true,
  "media.navigator.streams.fake": true,
  "media.autoplay.default": 0,
  // Nobody's address but loopback's is used here, and Firefox leaves loopback out by default.
  "media.peerconnection.ice.loopback": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
  "security.csp.enable": false,
};

test("a question asked aloud in Firefox is answered aloud", async () => {
  assert.ok(FIREFOX, "no Firefox: apt-get install firefox-esr, or name it in FIREFOX");
  const server = await serve();
  const browser = await puppeteer.launch({
    browser: "firefox", executablePath: FIREFOX, headless: true, extraPrefsFirefox: PREFERENCES,
  });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    await page.evaluateOnNewDocument(CALLER);
    await page.goto(`${server.url}/?processing=off`);
    await page.waitForSelector("html[data-state=idle]");
    await page.click("#call");
    await told(page, "repartee.hello");
    await page.evaluate((sound) => globalThis.caller.say(sound), wav("what is repartee"));
    const words = await told(page, "conversation.item.input_audio_transcription.completed");
    assert.match(words.transcript, /what is/i);
    const done = await told(page, "response.done");
    assert.match(done.response.output[0].content[0].transcript, /repartee/i);
    await told(page, "output_audio_buffer.stopped");
    assert.ok((await page.evaluate(() => globalThis.caller.voiced())) > 1_000, "the answer is audible");
  } finally {
    await browser.close();
    await server.stop();
  }
});

/** Waits for an event of the server's, and gives it. */
async function told(page, type) {
  const found = await page.waitForFunction(
    (wanted) => globalThis.repartee?.events.map((entry) => entry.event ?? entry)
      .find((event) => event.type === wanted),
    { polling: 50 },
    type,
  );
  return found.jsonValue();
}
