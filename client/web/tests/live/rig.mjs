//! A real server and a real browser that calls it: what the live tests share.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const SDK = join(dirname(createRequire(import.meta.url).resolve("@openai/agents-realtime")), "bundle");
const PAGE = readFileSync(new URL("agents.html", import.meta.url));
const CALLER = fileURLToPath(new URL("caller.js", import.meta.url));
const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
export const BUILT = join(TARGET, "debug");
export const REPARTEE = process.env.REPARTEE ?? join(BUILT, "repartee");
export const CHROMIUM = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"]
  .find((place) => place && existsSync(place));
const ARGUMENTS = [
  "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
  "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
];
const PATIENCE_MS = 30_000;

/** Starts a server of its own on a free port; `stop` ends it as Ctrl-C would. */
export async function serve(...options) {
  assert.ok(existsSync(REPARTEE), `no server at ${REPARTEE}: cargo build -p server-daemon`);
  const server = spawn(REPARTEE, ["serve", "--listen", "127.0.0.1:0", ...options], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, OPENAI_BASE_URL: "", REPARTEE_SERVER_DRAIN_SECONDS: "0" },
  });
  let log = "";
  const url = await new Promise((found, failed) => {
    server.stdout.on("data", (data) => {
      log += data;
      const match = /Open (http:\S+)\//.exec(log);
      if (match) found(match[1]);
    });
    server.stderr.on("data", (data) => (log += data));
    server.on("exit", (code) => failed(new Error(`the server left with ${code}:\n${log}`)));
  });
  return {
    url,
    log: () => log,
    stop: () => new Promise((done) => server.on("exit", done).kill("SIGINT")),
  };
}

/** Opens Chromium once for a file of tests. */
export async function browse() {
  assert.ok(CHROMIUM, "no Chromium: apt-get install chromium, or name it in CHROMIUM");
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  return {
    browser,
    async open(url, path = "/?processing=off") {
      const context = await browser.newContext({ permissions: ["microphone"] });
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      page.faults = [];
      page.on("pageerror", (error) => page.faults.push(error.message));
      await page.addInitScript({ path: CALLER });
      await page.goto(url + path);
      return page;
    },
    close: () => browser.close(),
  };
}

/** A site of another origin, with OpenAI's own client on its page. */
export async function agents() {
  const site = createServer((request, response) => {
    const file = join(SDK, basename(request.url));
    if (request.url === "/") response.writeHead(200, { "Content-Type": "text/html" }).end(PAGE);
    else if (!existsSync(file)) response.writeHead(404).end();
    else response.writeHead(200, { "Content-Type": "text/javascript" }).end(readFileSync(file));
  });
  await new Promise((done) => site.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${site.address().port}`, close: () => site.close() };
}

/** Waits until the SDK's own history holds a line of this role that matches. */
export function inHistory(page, role, pattern) {
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

/** Presses Call and waits for the server's first words. */
export async function call(page) {
  await page.click("#call");
  await event(page, "repartee.hello");
}

/** The page's own log of what the server sent, from `after` on. */
export function events(page, type, after = 0) {
  return page.evaluate(
    ([wanted, from]) =>
      globalThis.repartee.events.map((entry) => entry.event ?? entry)
        .slice(from)
        .filter((event) => event.type === wanted),
    [type, after],
  );
}

export function count(page) {
  return page.evaluate(() => globalThis.repartee.events.length);
}

/** Waits for an event of a type (whose `field` is `value`), and gives it. */
export async function event(page, type, { field, value, after = 0 } = {}) {
  const found = await page.waitForFunction(
    ([wanted, key, is, from]) =>
      globalThis.repartee?.events.map((entry) => entry.event ?? entry)
        .slice(from)
        .find((event) => event.type === wanted && (!key || event[key] === is)),
    [type, field, value, after],
    { polling: 20 },
  );
  return found.jsonValue();
}

/** What a reply said, this one or the next that ends, once all of it was heard. */
export async function answered(page, after = 0, id = undefined) {
  const response = id ?? (await event(page, "response.done", { after })).response.id;
  await event(page, "output_audio_buffer.stopped", { field: "response_id", value: response, after });
  const done = (await events(page, "response.done", after)).find((event) => event.response.id === response);
  const content = done.response.output.flatMap((item) => item.content ?? []);
  return { response, text: content.map((part) => part.transcript ?? part.text).join(" ") };
}

export async function type(page, text) {
  await page.fill("#text", text);
  await page.press("#text", "Enter");
}

export function say(page, wav, options) {
  return page.evaluate(([sound, how]) => globalThis.caller.say(sound, how), [wav, options]);
}

const scratch = mkdtempSync(join(tmpdir(), "repartee-live-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const spoken = new Map();

/** A text as flite's voice says it, as a WAV in base64. */
export function wav(text, { voice = "slt", stretch = 1 } = {}) {
  const name = `${voice} ${stretch} ${text}`;
  if (!spoken.has(name)) {
    const file = join(scratch, `${spoken.size}.wav`);
    execFileSync("flite", ["-voice", voice, "--setf", `duration_stretch=${stretch}`, "-t", text, "-o", file]);
    spoken.set(name, readFileSync(file).toString("base64"));
  }
  return spoken.get(name);
}

/** A cough of so many ms: a burst of noise that rises fast and dies away. Seeded, so always the same. */
export function cough(ms, seed = 7) {
  const rate = 16_000;
  const samples = new Float32Array((rate * ms) / 1000);
  let state = seed;
  for (let n = 0, low = 0; n < samples.length; n += 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    low += 0.35 * (state / 1_073_741_824 - 1 - low);
    const at = n / samples.length;
    samples[n] = 0.8 * low * Math.min(1, at * 12) * Math.exp(-3 * at);
  }
  return wavOf(samples, rate);
}

export function wavOf(samples, rate) {
  const file = Buffer.alloc(44 + samples.length * 2);
  file.write("RIFF", 0);
  file.writeUInt32LE(36 + samples.length * 2, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36);
  file.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, n) => file.writeInt16LE(Math.round(sample * 32_000), 44 + n * 2));
  return file.toString("base64");
}

/** The samples of a WAV in base64 as flite writes them, from -1 to 1. */
export function samplesOf(sound) {
  const file = Buffer.from(sound, "base64");
  const samples = Float32Array.from({ length: (file.length - 44) >> 1 }, (_, n) => file.readInt16LE(44 + n * 2) / 32_768);
  return { samples, rate: file.readUInt32LE(24) };
}
