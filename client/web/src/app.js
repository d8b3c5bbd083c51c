//! The page, put together: elements on one side, the call on the other.

import { Announcer } from "./announce.js";
import { Call } from "./call.js";
import { Captions } from "./captions.js";
import { Composer } from "./composer.js";
import { Devices } from "./devices.js";
import { Journal } from "./journal.js";
import { keepKey, recall, remember, takeKey } from "./keep.js";
import { Latency, drawLatency } from "./latency.js";
import { Meter } from "./meter.js";
import { Notices } from "./notices.js";
import { bindPanel, drawEngines, drawVoices, healthLine, whereabouts } from "./panel.js";
import { Sound } from "./sound.js";
import { showState, stateInWords } from "./stage.js";
import { bindTalk } from "./talk.js";
import { Thread } from "./thread.js";
import { HARMLESS, engineInWords, floorInWords } from "./words.js";

const HEALTH_EVERY_MS = 2_000;
const LEVEL_EVERY_MS = 100;

const els = Object.fromEntries([...document.querySelectorAll("[id]")].map((one) => [one.id, one]));
const call = new Call({
  key: takeKey(),
  processing: new URLSearchParams(location.search).get("processing") !== "off",
  voice: recall("voice"),
  speed: Number(recall("speed")) || undefined,
  deviceId: recall("microphone"),
});
const journal = new Journal();
const announcer = new Announcer(els.announcer, call.transcript);
const notices = new Notices(els.notices, (text) => announcer.say(text));
const latency = new Latency();
const sound = new Sound(els.sound);
const meter = new Meter();
const thread = new Thread(els.thread, levels);
const captions = new Captions(els.captions, call.transcript);
const composer = new Composer({ form: els.composer, box: els.text, call, begin: () => begin({ microphone: false }) });
const devices = new Devices({
  microphone: els.microphone,
  speaker: els.speaker,
  chosen: () => call.microphone.options.deviceId,
  onMicrophone: chooseMicrophone,
  onSpeaker: chooseSpeaker,
});
let lastFloor = "open";
let wasLost = false;
window.repartee = { call, events: journal.events, transcript: call.transcript };

function begin({ microphone }) {
  call.options.microphone = microphone;
  meter.wake();
  notices.clear();
  call.start();
  composer.resend();
}

function levels() {
  return { caller: meter.level("caller"), agent: meter.level("agent") };
}

function onState(detail) {
  journal.add("state", { type: detail.state, ...detail });
  showState(els, call, detail);
  if (!detail.attempt) announcer.say(stateInWords(detail));
  if (detail.state === "talking") {
    thread.start();
    devices.refresh();
    showFloor("open");
    details.offer();
    if (!call.microphone.track) els.text.focus();
    else if (document.activeElement === els.call) els.room.focus();
    if (wasLost) call.transcript.mark("Connected again.");
  } else {
    thread.stop();
  }
  wasLost = detail.state === "lost";
  if (["ended", "error"].includes(detail.state)) {
    meter.listen("caller", null);
    meter.listen("agent", null);
    sound.stop();
    els.health.textContent = "";
    notices.dismiss("goodbye");
    if (els.dock.contains(document.activeElement) && document.activeElement !== els.text) els.call.focus();
  }
  if (detail.state === "lost" && detail.attempt === 0) call.transcript.mark("The connection was lost here.");
}

function showFloor(floor) {
  lastFloor = floor;
  els.floor.textContent = floorInWords(call, floor);
}

function onEvent(event) {
  journal.add("server", event);
  latency.take(event);
  const reactions = {
    "repartee.hello": showEngines,
    "repartee.engine": () => onEngine(event),
    "repartee.floor": () => showFloor(event.to),
    "repartee.notice": () => notices.show(String(event.code), String(event.message ?? "")),
    "repartee.goodbye": () => notices.show("goodbye", `The server is about to hang up: ${event.reason ?? "goodbye"}.`),
    error: () => onError(event.error ?? {}),
  };
  if (Object.hasOwn(reactions, event.type)) reactions[event.type]();
}

function onError(error) {
  if (HARMLESS.has(error.code) || String(error.event_id ?? "").startsWith("restore_")) return;
  notices.show(String(error.code), String(error.message ?? "The server reported an error."));
}

/** Another engine works now: said once, and shown where the engines are. */
function onEngine(event) {
  showEngines();
  notices.show(`engine_${event.to?.seam}`, engineInWords(event));
}

function showEngines() {
  drawEngines(els.engines, call.engines);
  drawVoices(els.voice, call.engines, call.options.voice || call.session.audio?.output?.voice);
  els.where.textContent = whereabouts(call.engines);
}

function onMicrophone({ live, muted, pressed, failure }) {
  meter.listen("caller", call.microphone.stream);
  els.mute.hidden = !live || call.pushToTalk;
  els["take-microphone"].hidden = live;
  els["push-mode"].hidden = !live;
  els.push.hidden = !live || !call.pushToTalk;
  els.mute.setAttribute("aria-pressed", String(muted));
  els.mute.querySelector("span").textContent = muted ? "Unmute" : "Mute";
  els.mute.querySelector("use").setAttribute("href", muted ? "#i-mic-off" : "#i-mic");
  els["push-mode"].setAttribute("aria-pressed", String(call.pushToTalk));
  els.push.classList.toggle("pressed", Boolean(pressed));
  showFloor(lastFloor);
  els["push-label"].textContent = pressed ? "Let go to send" : "Hold to talk";
  if (failure) notices.show("microphone", "The microphone was taken away. Plug it in and press “Use microphone”, or type.");
}

async function chooseMicrophone(deviceId) {
  remember("microphone", deviceId);
  call.microphone.options.deviceId = deviceId;
  if (call.live) await takeMicrophone(deviceId);
}

async function takeMicrophone(deviceId) {
  try {
    await call.useMicrophone(deviceId);
    notices.dismiss("microphone");
    devices.refresh();
  } catch (error) {
    const words = { denied: "The microphone is blocked. Allow it beside the address, then try again.", no_microphone: "No microphone found. Plug one in, then try again." };
    notices.show("microphone", words[error.code] ?? "The microphone did not start. You can go on typing.");
  }
}

async function chooseSpeaker(deviceId) {
  if (!(await sound.choose(deviceId))) notices.show("speaker", "That loudspeaker cannot be used. The default one stays.");
}

call.addEventListener("state", (event) => onState(event.detail));
call.addEventListener("event", (event) => onEvent(event.detail));
call.addEventListener("sent", (event) => journal.add("page", event.detail));
call.addEventListener("microphone", (event) => onMicrophone(event.detail));
call.addEventListener("sound", (event) => {
  meter.listen("agent", event.detail);
  sound.play(event.detail);
});
call.transcript.addEventListener("change", () => {
  document.documentElement.dataset.script = String(call.transcript.lines.length > 0);
});
sound.addEventListener("blocked", () => {
  notices.show("sound", "Your browser holds the sound back.", { label: "Play sound", run: () => sound.play() });
});
sound.addEventListener("playing", () => notices.dismiss("sound"));
latency.addEventListener("change", () => drawLatency(els.latency, latency.replies));

els.call.addEventListener("click", () => begin({ microphone: true }));
els.retry.addEventListener("click", () => call.retryNow());
els.latest.addEventListener("click", () => captions.toEnd());
captions.onFollow = (following) => (els.latest.hidden = following);
els.hangup.addEventListener("click", () => call.hangUp());
els["type-instead"].addEventListener("click", () => {
  if (call.state === "asking") call.hangUp();
  begin({ microphone: false });
});
els.starters.addEventListener("click", (event) => {
  if (event.target instanceof HTMLButtonElement) composer.ask(event.target.textContent);
});
els["key-form"].addEventListener("submit", (event) => {
  event.preventDefault();
  call.options.key = els.key.value.trim();
  els.key.value = "";
  keepKey(call.options.key);
  begin({ microphone: call.options.microphone });
});
els.text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.send();
});
els.mute.addEventListener("click", () => call.setMuted(!call.muted));
els["push-mode"].addEventListener("click", () => call.setPushToTalk(!call.pushToTalk));
els["take-microphone"].addEventListener("click", () => takeMicrophone(els.microphone.value));
els.voice.addEventListener("change", () => {
  remember("voice", els.voice.value);
  call.setVoice(els.voice.value);
});
els.speed.addEventListener("input", () => (els["speed-value"].textContent = `${Number(els.speed.value).toFixed(2)}×`));
els.speed.addEventListener("change", () => {
  remember("speed", els.speed.value);
  call.setSpeed(Number(els.speed.value));
});
els.announce.addEventListener("change", () => (announcer.linesToo = els.announce.checked));
bindTalk(els.push, {
  enabled: () => call.live && call.pushToTalk,
  press: () => call.press(),
  release: () => call.release(),
});
const details = bindPanel({ panel: els.panel, open: els["panel-open"], close: els["panel-close"], behind: els.room });

globalThis.addEventListener("online", () => call.retryNow());
globalThis.addEventListener("pagehide", () => call.hangUp());
globalThis.addEventListener("hashchange", () => (call.options.key = takeKey()));
setInterval(async () => {
  if (call.live) els.health.textContent = healthLine(await call.health());
}, HEALTH_EVERY_MS);
setInterval(() => {
  if (call.live) els.level.value = levels().caller;
}, LEVEL_EVERY_MS);

els["speaker-field"].hidden = !Sound.canChoose;
els.speed.value = call.options.speed ?? 1;
els["speed-value"].textContent = `${Number(els.speed.value).toFixed(2)}×`;
drawLatency(els.latency, []);
drawEngines(els.engines, []);
devices.refresh();
onMicrophone({ live: false, muted: false, pressed: false, failure: null });
showState(els, call, { state: "idle" });
