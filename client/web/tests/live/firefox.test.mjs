//! The same call in Firefox, driven over WebDriver BiDi: Debian's own build, unmodified.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  "media.autoplay.block-webaudio": false,
  // Nobody's address but loopback's is used here, and Firefox leaves loopback out by default.
  "media.peerconnection.ice.loopback": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
};

/** Firefox plays nothing and WebAudio stands still without a sound card: this is one that nobody hears. */
function soundCard() {
  const folder = mkdtempSync(join(tmpdir(), "repartee-sound-"));
  process.env.XDG_RUNTIME_DIR = folder;
  // It answers once it listens, and goes on behind.
  execFileSync("pulseaudio", [
    "-n", "--daemonize=yes", "--exit-idle-time=-1",
    "--load=module-native-protocol-unix", "--load=module-null-sink",
  ], { stdio: "ignore" });
  return () => {
    execFileSync("pulseaudio", ["--kill"]);
    rmSync(folder, { recursive: true, force: true });
  };
}

test("a question asked aloud in Firefox is answered aloud", async () => {
  assert.ok(FIREFOX, "no Firefox: apt-get install firefox-esr, or name it in FIREFOX");
  const takeAway = soundCard();
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
    takeAway();
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
