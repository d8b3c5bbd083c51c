//! The page in Chromium against a fake peer: calls, failures, captions, push-to-talk, reconnection.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, finish, inState, lines, sent, sentOf, tell, text, workshop } from "./browser.mjs";
import { composed, cutAt, finished, heard, hello, spoken, timed } from "./story.mjs";

const ANSWER = "It is a voice server. You host it yourself, on your own machine.";
const PASSAGE = { source: "about.md", heading: "What it is", text: "A voice server <b>that</b> you host." };
let shop;
before(async () => (shop = await workshop()));
after(() => shop.close());

test("a call goes from idle to talking and ends with a hang-up told to the server", async () => {
  const page = await shop.open();
  await call(page, hello());
  const peer = await page.evaluate(() => {
    const { label, transceiver, replaced, configuration } = globalThis.fake.peers[0];
    return { label, direction: transceiver.direction, track: replaced[0] === globalThis.fake.track, configuration };
  });
  assert.deepEqual(peer, { label: "oai-events", direction: "sendrecv", track: true, configuration: { iceServers: [] } });
  await page.click("#hangup");
  await inState(page, "ended");
  await page.waitForFunction(() => globalThis.fake.track.readyState === "ended");
  await shop.server.until("POST /v1/realtime/calls/call_1/hangup");
  const states = await page.evaluate(() => globalThis.repartee.events.filter((one) => one.from === "state").map((one) => one.type));
  assert.deepEqual(states, ["asking", "connecting", "talking", "ended"]);
  await finish(page);
});

test("the microphone is asked for with processing on, and only the test flag turns it off", async () => {
  for (const [path, on] of [["/", true], ["/?processing=off", false], ["/?processing=other", true]]) {
    const page = await shop.open({ path });
    await call(page);
    const wishes = await page.evaluate(() => globalThis.fake.wishes.audio);
    assert.deepEqual([wishes.echoCancellation, wishes.noiseSuppression, wishes.autoGainControl], [on, on, on], path);
    await finish(page);
  }
});

test("each microphone failure says what to do and lets one type instead", async () => {
  const cases = { deny: ["denied", /allow the microphone/], none: ["no_microphone", /Plug one in/], busy: ["microphone_busy", /Another program/], insecure: ["unsupported", /WebRTC/] };
  for (const [microphone, [code, words]] of Object.entries(cases)) {
    const page = await shop.open({ microphone });
    await page.click("#call");
    await inState(page, `error:${code}`);
    assert.match(await text(page, "#trouble-text"), words);
    if (code !== "unsupported") {
      await page.click("#type-instead");
      await inState(page, "talking");
      assert.deepEqual(await page.evaluate(() => globalThis.fake.peers[0].replaced), []);
      assert.equal(await page.isVisible("#take-microphone"), true);
    }
    await finish(page);
  }
});

test("over plain HTTP the page says so at once, and typing works", async () => {
  const page = await shop.open();
  await page.addInitScript(() => Object.defineProperty(globalThis, "isSecureContext", { value: false }));
  await page.addInitScript(() => (globalThis.fake.microphone = "insecure"));
  await page.reload();
  assert.match(await text(page, "#hint"), /plain HTTP/);
  await page.click("#call");
  await inState(page, "error:insecure");
  assert.match(await text(page, "#trouble-text"), /--lan/);
  await page.click("#type-instead");
  await inState(page, "talking");
  await finish(page);
});

test("a refusal is shown as its kind: key, full, refused, gone", async () => {
  const cases = [
    [{ status: 503, body: '{"error":{"message":"20 of 20 calls."}}' }, "full", /20 of 20 calls/],
    [{ status: 403, body: '{"error":{"message":"This origin may not call."}}' }, "refused", /origin may not call/],
    [{ status: 400, body: "<html>" }, "refused", /answered 400/],
    ["drop", "gone", null],
  ];
  for (const [answer, code, said] of cases) {
    const page = await shop.open();
    shop.server.answer = () => answer;
    await page.click("#call");
    await inState(page, `error:${code}`);
    if (said) assert.match(await text(page, "#trouble-said"), said);
    shop.server.answer = () => ({ status: 201, headers: {}, body: "v=0\r\n" });
    await page.click("#call");
    await inState(page, "talking");
    await finish(page);
  }
});

test("a key is asked for, sent, and taken from the fragment, which it leaves", async () => {
  const wantsKey = ({ headers }) => (headers.authorization === "Bearer s3cret" ? { status: 201, body: "v=0\r\n" } : { status: 401, body: "{}" });
  const page = await shop.open();
  shop.server.answer = wantsKey;
  await page.click("#call");
  await inState(page, "error:key");
  await page.fill("#key", "s3cret");
  await page.click("#key-form button");
  await inState(page, "talking");
  await finish(page);
  const carried = await shop.open({ path: "/#key=s3cret" });
  shop.server.answer = wantsKey;
  assert.equal(new URL(carried.url()).hash, "");
  await call(carried);
  const ice = shop.server.requests.find((one) => one.path === "/v1/repartee/ice");
  assert.equal(ice.headers.authorization, "Bearer s3cret");
  await finish(carried);
});

test("a permission prompt can be left: cancelled, or typed past", async () => {
  const page = await shop.open({ microphone: "wait" });
  await page.click("#call");
  await inState(page, "asking");
  await page.click("#hangup");
  await inState(page, "ended");
  await page.evaluate(() => globalThis.fake.allow());
  await page.waitForFunction(() => globalThis.fake.track?.readyState === "ended");
  assert.equal(await page.evaluate(() => globalThis.fake.peers.length), 0);
  await page.click("#call");
  await inState(page, "asking");
  await page.click("#type-instead");
  await inState(page, "talking");
  await finish(page);
});

test("the caller's words form, the stable part solid, and settle", async () => {
  const page = await shop.open();
  await call(page, [...hello(), ...spoken("item_1", "what is repartee").slice(0, 3)]);
  assert.deepEqual(await lines(page), [["caller", "forming", "what", " is ", ""]]);
  await tell(page, spoken("item_1", "what is repartee").slice(3));
  assert.deepEqual(await lines(page), [["caller", "settled", "what is repartee", "", ""]]);
  await finish(page);
});

test("the agent's words are faint until heard, and struck where cut", async () => {
  const page = await shop.open();
  await call(page, [...hello(), ...spoken("item_1", "what is it"), ...composed("item_2", "resp_1", ANSWER)]);
  const agent = async () => (await lines(page)).at(-1);
  assert.deepEqual(await agent(), ["agent", "composing", "", ANSWER, ""]);
  await tell(page, [heard("item_2", "resp_1", "It is a voice "), heard("item_2", "resp_1", "It is a voice server. ")]);
  assert.deepEqual(await agent(), ["agent", "composing", "It is a voice server. ", ANSWER.slice(22), ""]);
  await tell(page, cutAt("item_2", "resp_1", "It is a voice server. You "));
  assert.deepEqual(await agent(), ["agent", "cut", "It is a voice server. You ", "", ANSWER.slice(26)]);
  const struck = await page.$eval(".cut", (cut) => getComputedStyle(cut).textDecorationLine);
  assert.equal(struck, "line-through");
  await tell(page, [heard("item_2", "resp_1", ANSWER)]);
  assert.equal((await agent())[2], "It is a voice server. You ", "nothing is heard after a cut");
  await finish(page);
});

test("sources open to their passage, as text and never as markup", async () => {
  const page = await shop.open();
  await call(page, [...hello(), ...composed("item_2", "resp_1", "<img src=x onerror=alert(1)> yes indeed", PASSAGE), ...finished("item_2", "resp_1", "<img src=x onerror=alert(1)> yes indeed")]);
  await page.click('[data-testid="source"] summary');
  assert.equal(await text(page, '[data-testid="source"] blockquote'), PASSAGE.text);
  assert.equal(await page.locator("#captions img, #captions b").count(), 0);
  assert.deepEqual((await lines(page)).at(-1).slice(1, 3), ["settled", "<img src=x onerror=alert(1)> yes indeed"]);
  await finish(page);
});

test("mute closes the microphone and says so", async () => {
  const page = await shop.open();
  await call(page, hello());
  await page.click("#mute");
  assert.equal(await page.evaluate(() => globalThis.fake.track.enabled), false);
  assert.equal(await page.getAttribute("#mute", "aria-pressed"), "true");
  assert.match(await text(page, "#floor"), /Muted/);
  await page.click("#mute");
  assert.equal(await page.evaluate(() => globalThis.fake.track.enabled), true);
  await finish(page);
});

test("push-to-talk: clear on press, commit and create on release, by pointer and by space", async () => {
  const page = await shop.open();
  // Presses are timed by the page's clock: moved by hand, no test waits.
  await page.evaluate(() => {
    let now = 1000;
    performance.now = () => now;
    globalThis.later = (ms) => (now += ms);
  });
  await call(page, hello());
  await page.click("#push-mode");
  const mode = await sentOf(page, "session.update");
  assert.equal(mode.session.audio.input.turn_detection, null);
  assert.match(await text(page, "#floor"), /Hold the button/);
  assert.equal(await page.evaluate(() => globalThis.fake.track.enabled), false);
  await page.evaluate(() => document.activeElement.blur());
  for (const [down, up] of [
    [() => page.hover("#push").then(() => page.mouse.down()), () => page.mouse.up()],
    [() => page.keyboard.down(" "), () => page.keyboard.up(" ")],
  ]) {
    await page.evaluate(() => (globalThis.fake.sent.length = 0));
    await down();
    assert.equal(await page.evaluate(() => globalThis.fake.track.enabled), true);
    await page.evaluate(() => globalThis.later(900));
    await up();
    await sentOf(page, "response.create");
    const types = (await sent(page)).map((event) => event.type);
    assert.deepEqual(types, ["output_audio_buffer.clear", "input_audio_buffer.clear", "input_audio_buffer.commit", "response.create"]);
    assert.equal(await page.evaluate(() => globalThis.fake.track.enabled), false);
    await page.evaluate(() => document.activeElement.blur());
  }
  await page.evaluate(() => (globalThis.fake.sent.length = 0));
  await page.keyboard.down(" ");
  await page.keyboard.up(" ");
  assert.equal((await sent(page)).at(-1).type, "input_audio_buffer.clear", "a tap is not an utterance");
  await page.focus("#text");
  await page.keyboard.press(" ");
  assert.equal(await page.inputValue("#text"), " ", "space in the text box types");
  await page.click("#push-mode");
  const back = await sentOf(page, "session.update");
  assert.equal(back.session.audio.input.turn_detection.silence_duration_ms, 450, "the server's own setting comes back");
  await finish(page);
});

test("a press is heard though the caller was muted, and muted they are again without push-to-talk", async () => {
  const page = await shop.open();
  const enabled = () => page.evaluate(() => globalThis.fake.track.enabled);
  await call(page, hello());
  await page.click("#mute");
  await page.click("#push-mode");
  assert.match(await text(page, "#floor"), /Hold the button/);
  assert.equal(await enabled(), false);
  await page.hover("#push");
  await page.mouse.down();
  assert.equal(await enabled(), true);
  assert.equal(await text(page, "#floor"), "Listening");
  await page.mouse.up();
  await page.click("#push-mode");
  assert.equal(await page.getAttribute("#mute", "aria-pressed"), "true");
  assert.match(await text(page, "#floor"), /Muted/);
  assert.equal(await enabled(), false);
  await finish(page);
});

test("a press during a reply cancels it", async () => {
  const page = await shop.open();
  await call(page, [...hello(), { type: "response.created", response: { id: "resp_1" } }]);
  await page.click("#push-mode");
  await page.hover("#push");
  await page.mouse.down();
  assert.equal((await sentOf(page, "response.cancel")).type, "response.cancel");
  await page.mouse.up();
  await finish(page);
});

test("voice and speed: offered by the server, sent, kept for the next call", async () => {
  const page = await shop.open();
  await call(page, hello());
  assert.deepEqual(await page.$$eval("#voice option", (all) => all.map((one) => one.value)), ["slt", "awb", "kal", "rms"]);
  await page.selectOption("#voice", "awb");
  assert.equal((await sentOf(page, "session.update")).session.audio.output.voice, "awb");
  await page.fill("#speed", "1.25");
  assert.equal((await sentOf(page, "session.update")).session.audio.output.speed, 1.25);
  await page.click("#hangup");
  await page.reload();
  await call(page, hello());
  const offer = shop.server.requests.findLast((one) => one.path === "/v1/realtime/calls");
  assert.match(offer.headers["content-type"], /multipart\/form-data/);
  assert.match(offer.body, /"voice":"awb","speed":1.25/);
  assert.equal(await page.inputValue("#voice"), "awb");
  await finish(page);
});

test("devices are listed by name, and a chosen microphone replaces the one in the call", async () => {
  const page = await shop.open();
  await call(page, hello());
  await page.waitForFunction(() => document.querySelector("#microphone").options.length === 3);
  await page.selectOption("#microphone", "mic-2");
  await page.waitForFunction(() => globalThis.fake.wishes.audio.deviceId?.exact === "mic-2" && globalThis.fake.peers[0].replaced.length === 2);
  assert.equal(await page.locator("#speaker option").count(), 2);
  await finish(page);
});

test("a remembered microphone is shown as chosen, before it may be named too, and can be given up", async () => {
  const page = await shop.open();
  const shown = () => page.$eval("#microphone", (select) => [select.value, select.selectedOptions[0].textContent]);
  await page.waitForFunction(() => document.querySelector("#microphone").options.length === 3);
  await page.evaluate(() => localStorage.setItem("repartee.microphone", "mic-2"));
  await page.addInitScript(() => (globalThis.fake.named = false));
  await page.reload();
  await page.waitForFunction(() => document.querySelector("#microphone").value === "mic-2");
  assert.deepEqual(await shown(), ["mic-2", "As chosen before"]);
  await page.evaluate(() => (globalThis.fake.named = true));
  await call(page, hello());
  await page.waitForFunction(() => document.querySelector("#microphone").options.length === 3);
  assert.deepEqual(await shown(), ["mic-2", "Headset"]);
  assert.equal(await page.evaluate(() => globalThis.fake.wishes.audio.deviceId.exact), "mic-2");
  if (!(await page.isVisible("#panel"))) await page.click("#panel-open");
  await page.selectOption("#microphone", "");
  await page.waitForFunction(() => globalThis.fake.wishes.audio.deviceId === undefined);
  assert.equal(await page.evaluate(() => localStorage.getItem("repartee.microphone")), null);
  await finish(page);
});

test("latency, engines, notices and errors are shown", async () => {
  const page = await shop.open();
  const stages = { endpointing: 400, recognition: 520, retrieval: 530, first_word: 545, first_speech: 600, first_sound: 620 };
  await call(page, [...hello([{ seam: "language_model", name: "qwen", grade: "remote" }, { seam: "synthesizer", name: "flite", grade: "builtin", voices: ["slt"] }]), ...timed("resp_1", stages)]);
  assert.match(await text(page, '[data-testid="latency-row"]'), /620 ms/);
  const widths = await page.$$eval('[data-testid="latency-row"] i', (all) => all.map((one) => [one.dataset.stage, Math.round(parseFloat(one.style.width))]));
  assert.deepEqual(widths, [["endpointing", 65], ["recognition", 19], ["retrieval", 2], ["first_word", 2], ["first_speech", 9], ["first_sound", 3]]);
  assert.match(await text(page, '[data-testid="engine-language_model"]'), /qwen\s+remote/);
  assert.equal(await text(page, "#where"), "Remote: language model");
  await tell(page, [{ type: "repartee.notice", code: "voice", message: "No engine here has that voice." }, { type: "error", error: { code: "response_cancel_not_active", message: "nothing" } }]);
  assert.equal(await page.locator('[data-testid="notice"]').count(), 1);
  assert.match(await text(page, "#announcer"), /No engine here has that voice/);
  await page.click('[data-testid="notice"] button');
  assert.equal(await page.locator('[data-testid="notice"]').count(), 0);
  await finish(page);
});

test("an engine that takes over is told and shown in its place", async () => {
  const page = await shop.open();
  const chat = { seam: "language_model", name: "qwen at gpu:8000", grade: "remote" };
  const quoter = { seam: "language_model", name: "Quotes", grade: "builtin" };
  await call(page, hello([chat, { seam: "synthesizer", name: "flite", grade: "builtin", voices: ["slt"] }]));
  await tell(page, [{ type: "repartee.engine", from: chat, to: quoter, why: "It broke <b>off</b>." }]);
  assert.match(await text(page, '[data-testid="engine-language_model"]'), /Quotes\s+built in/);
  assert.equal(await text(page, "#where"), "All on this server");
  assert.match(await text(page, '[data-testid="notice"]'), /Language model: Quotes has taken over from qwen at gpu:8000\. It broke <b>off<\/b>\./);
  await tell(page, [{ type: "repartee.engine", from: quoter, to: chat, why: "It answers again." }]);
  assert.equal(await page.locator('[data-testid="notice"]').count(), 1, "the news replaces the old");
  assert.equal(await text(page, "#where"), "Remote: language model");
  await finish(page);
});

test("a lost line comes back by itself, captions stay, and the server is told what was heard", async () => {
  const page = await shop.open();
  await call(page, [...hello(), ...spoken("item_1", "what is it"), ...composed("item_2", "resp_1", ANSWER), heard("item_2", "resp_1", "It is a voice server. ")]);
  shop.server.answer = () => "drop";
  await page.evaluate(() => globalThis.fake.drop());
  await inState(page, "lost");
  shop.server.answer = () => ({ status: 201, headers: {}, body: "v=0\r\n" });
  await page.click("#retry");
  await inState(page, "talking");
  const told = (await sent(page)).filter((event) => event.type === "conversation.item.create").map((event) => [event.item.role, event.item.content[0].text]);
  assert.deepEqual(told, [["user", "what is it"], ["assistant", "It is a voice server. "]]);
  const echoes = (await sent(page)).filter((event) => event.item).map((event, index) => ({ type: "conversation.item.added", item: { ...event.item, id: `item_${index + 1}` } }));
  await tell(page, [...hello(), ...echoes]);
  const sides = (await lines(page)).map((line) => line[0]);
  assert.deepEqual(sides, ["caller", "agent", "mark", "mark"], "echoed history is not shown twice");
  await finish(page);
});

test("after a goodbye the page does not call back", async () => {
  const page = await shop.open();
  await call(page, [...hello(), { type: "repartee.goodbye", reason: "the server is shutting down" }]);
  await page.evaluate(() => globalThis.fake.drop());
  await inState(page, "ended");
  assert.match(await text(page, "#hint"), /shutting down/);
  assert.equal(await page.locator('[data-testid="notice"]').count(), 0, "said once");
  await finish(page);
});

test("held-back sound asks for a touch", async () => {
  const page = await shop.open();
  await page.evaluate(() => {
    let blocked = true;
    HTMLMediaElement.prototype.play = async () => {
      if (blocked) throw new DOMException("no", "NotAllowedError");
    };
    globalThis.unblock = () => (blocked = false);
  });
  await call(page, hello());
  await page.evaluate(() => globalThis.fake.sound());
  await page.waitForSelector("text=Play sound");
  await page.evaluate(() => globalThis.unblock());
  await page.click("text=Play sound");
  await page.waitForSelector("text=Play sound", { state: "detached" });
  await finish(page);
});

test("the event log is bounded", async () => {
  const page = await shop.open();
  await call(page, hello());
  await page.evaluate(() => {
    for (let index = 0; index < 700; index += 1) globalThis.fake.tell({ type: "repartee.floor", from: "open", to: "open" });
  });
  assert.equal(await page.evaluate(() => globalThis.repartee.events.length), 500);
  await finish(page);
});
