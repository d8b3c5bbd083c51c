//! The page converses through whisper.cpp, llama.cpp and Kokoro, on models made on the spot: what is said depends on
//! what was heard, typed and read.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { BUILT, answered, browse, call, count, event, events, samplesOf, say, serve, type, wav, wavOf } from "./rig.mjs";

/** The models know no language: one hears in which of four registers a voice is, the second and the first here. */
const HUM = [830, 960, 1_090, 1_220, 1_350, 1_500];
const MUFFLED_BELOW = 650;
const HEARD = { hummed: /^where can I find/, muffled: /^what time does/ };
/** ... and the other repeats the last word it knows of what was said, and of the passage that was found. */
const SAID = (heard, read) => `You said ${heard} and I read "${read}". That is all my little head`;

let browser, server, folder;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "repartee-native-"));
  execFileSync(join(BUILT, "examples", "fixtures"), [folder]);
  mkdirSync(join(folder, "documents"));
  writeFileSync(join(folder, "documents", "map.md"), "# The map\n\nYou can find a map by the castle window.\n");
  writeFileSync(join(folder, "repartee.toml"), `
[whisper]
model = "${folder}/hearing.bin"
[llama]
model = "${folder}/answering.gguf"
context_tokens = 2048
[kokoro]
model = "${folder}/speaking.onnx"
voices = "${folder}/voices"
[knowledge]
folder = "${folder}/documents"
`);
  [browser, server] = await Promise.all([browse(), serve("--config", join(folder, "repartee.toml"))]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function hum(ms = 3_200, rate = 48_000) {
  const samples = Float32Array.from({ length: (ms * rate) / 1_000 }, (_, n) =>
    HUM.reduce((sum, hertz) => sum + 0.08 * Math.sin((2 * Math.PI * hertz * n) / rate), 0));
  return wavOf(samples, rate);
}

/** A real voice as through a wall: a steady hum may pass for a listener's, and would rightly not cut in. */
function muffled(text) {
  const { samples, rate } = samplesOf(wav(text));
  const taps = 255, middle = (taps - 1) / 2, edge = MUFFLED_BELOW / rate;
  const filter = Float32Array.from({ length: taps }, (_, n) => {
    const turn = 2 * Math.PI * edge * (n - middle);
    const window = 0.42 - 0.5 * Math.cos((2 * Math.PI * n) / (taps - 1)) + 0.08 * Math.cos((4 * Math.PI * n) / (taps - 1));
    return 2 * edge * window * (n === middle ? 1 : Math.sin(turn) / turn);
  });
  const low = samples.map((_, n) => filter.reduce((sum, tap, k) => sum + tap * (samples[n - k] ?? 0), 0));
  const loudest = low.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return wavOf(low.map((sample) => (0.6 * sample) / loudest), rate);
}

async function understood(page, after = 0) {
  return (await event(page, "conversation.item.input_audio_transcription.completed", { after })).transcript.trim();
}

test("a caller is heard by Whisper, answered by Llama in Kokoro's voice, cuts in aloud, and types", async () => {
  const page = await browser.open(server.url);
  await call(page);
  await say(page, hum());
  // The last word hangs on the last milliseconds of a hum that a network has carried.
  assert.match(await understood(page), HEARD.hummed);
  await event(page, "output_audio_buffer.started");
  await page.waitForFunction(() => globalThis.caller.voiced() > 600);

  let mark = await count(page);
  const cutting = event(page, "repartee.cut", { after: mark });
  await say(page, muffled("no wait, tell me of the other window instead"));
  const cut = await cutting;
  assert.match(await understood(page, mark), HEARD.muffled);
  const whole = (await events(page, "response.output_audio_transcript.delta"))
    .filter((delta) => delta.response_id === cut.response_id).map((delta) => delta.delta).join("").trim();
  assert.ok(whole.startsWith(SAID("nothing", "window")), whole);
  assert.ok(whole.startsWith(cut.heard.trim()) && cut.heard.trim().length < whole.length, cut.heard);
  await page.locator("#captions [data-phase=cut] .cut").first().waitFor();

  // Typing cuts in, too: the reply to it is the one that begins after this.
  const second = await event(page, "output_audio_buffer.started", { after: mark });
  mark = await count(page);
  await type(page, "Tell me of the ducks.");
  const { response } = await event(page, "response.created", { after: mark });
  assert.notEqual(response.id, second.response_id);
  const { text } = await answered(page, mark, response.id);
  assert.ok(text.trim().startsWith(SAID("ducks", "window")) || text.trim().startsWith(SAID("ducks", "nothing")), text);
  assert.match(await page.innerText("#captions"), /You said ducks/);
  const [hello] = await events(page, "repartee.hello");
  const engines = Object.fromEntries(hello.engines.map((engine) => [engine.seam, engine.grade]));
  assert.deepEqual([engines.recognizer, engines.language_model, engines.synthesizer], ["local", "local", "local"]);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a muted microphone is not heard by Whisper", async () => {
  const page = await browser.open(server.url);
  await call(page);
  await page.click("#mute");
  await say(page, hum());
  await type(page, "Tell me of the river.");
  const { text } = await answered(page);
  assert.ok(text.includes("You said river"), text);
  assert.deepEqual(await events(page, "input_audio_buffer.speech_started"), []);
  await page.context().close();
});
