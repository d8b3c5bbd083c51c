//! A call as an application sees it: start, speak, type, hang up; it comes back by itself when the line drops.

import { CallFailure } from "./failure.js";
import { Link } from "./link.js";
import { Microphone } from "./microphone.js";
import { Transcript } from "./transcript.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
/** About a minute of tries; after that a person must decide. */
const ATTEMPTS = 11;
const HISTORY_LINES = 40;
const OUTBOX_LIMIT = 20;
/** The last of a voice is still under way when the button is let go. */
const RELEASE_TAIL_MS = 120;
const SHORTEST_PRESS_MS = 250;
const DEFAULT_ENDPOINTING = { type: "semantic_vad" };

/**
 * Events: `state` (detail: {state, failure, retryAt}), `event` (a server's), `sent` (one of ours), `sound` (MediaStream),
 * `microphone` (detail: {live, muted, failure}).
 * States: idle, asking, connecting, talking, lost, ended, error.
 */
export class Call extends EventTarget {
  state = "idle";
  failure = null;
  muted = false;
  pushToTalk = false;
  engines = [];
  session = {};
  transcript = new Transcript();

  #link = null;
  #wake = () => {};
  /** Grows with every start and hang-up, so that what an older call still awaits finds no home. */
  #round = 0;
  #endpointing = DEFAULT_ENDPOINTING;
  #replying = false;
  #pressedAt = 0;
  #tail = 0;
  #goodbye = "";
  #outbox = [];

  /**
   * @param {{server?: string, key?: string, microphone?: boolean, processing?: boolean, deviceId?: string,
   *   voice?: string, speed?: number, instructions?: string}} [options]
   */
  constructor(options = {}) {
    super();
    this.options = { server: globalThis.location?.origin ?? "", microphone: true, ...options };
    this.options.server = String(this.options.server).replace(/\/+$/, "");
    this.microphone = new Microphone(options);
    this.microphone.addEventListener("gone", () => this.#microphoneGone());
  }

  get live() {
    return this.state === "talking";
  }

  /** Places the call; resolves when it stands or has failed, and never throws: see `state` and `failure`. */
  async start() {
    if (!["idle", "ended", "error"].includes(this.state)) return;
    const round = ++this.#round;
    this.failure = null;
    this.#goodbye = "";
    try {
      if (this.options.microphone) {
        this.#become("asking");
        await this.microphone.start();
        if (round !== this.#round) return this.microphone.stop();
        this.#tellMicrophone();
      }
      this.#become("connecting");
      await this.#connect(round);
    } catch (error) {
      if (round === this.#round) this.#fail(error);
    }
  }

  /** Ends the call, whatever it is doing. */
  hangUp() {
    this.#round += 1;
    this.#release();
    if (this.state !== "error") this.#become("ended");
  }

  /** Forgets what was said, what waits to be sent, and any failure. */
  reset() {
    if (["ended", "error"].includes(this.state)) this.#become("idle");
    this.#outbox = [];
    this.transcript.clear();
  }

  /**
   * A typed message takes the floor as a voice would. Before the call stands it waits for it, and if that one fails, for
   * the next. False when too many wait already.
   */
  type(text) {
    const message = { type: "repartee.type", text: String(text) };
    if (this.live && this.send(message)) return true;
    if (this.#outbox.length >= OUTBOX_LIMIT) return false;
    this.#outbox.push(message);
    return true;
  }

  /** The texts that still wait to be sent; they wait no longer. */
  takeBack() {
    return this.#outbox.splice(0).map((message) => message.text);
  }

  /** Any event of the Realtime vocabulary. False when there is no call. */
  send(event) {
    const sent = this.#link?.send(event) ?? false;
    if (sent) this.dispatchEvent(new CustomEvent("sent", { detail: event }));
    return sent;
  }

  setMuted(muted) {
    this.muted = muted;
    this.#openMicrophone();
  }

  setVoice(voice) {
    this.options.voice = voice;
    this.#configure({ audio: { output: { voice } } });
  }

  setSpeed(speed) {
    this.options.speed = speed;
    this.#configure({ audio: { output: { speed } } });
  }

  /** With push-to-talk the caller says when an utterance begins and ends; being muted counts again when it is off. */
  setPushToTalk(on) {
    this.pushToTalk = on;
    this.#pressedAt = 0;
    this.#openMicrophone();
    this.#configure({ audio: { input: { turn_detection: on ? null : this.#endpointing } } });
  }

  get pressed() {
    return this.#pressedAt > 0;
  }

  press() {
    if (!this.live || !this.pushToTalk || this.pressed || !this.microphone.track) return false;
    this.#finishTail();
    this.#pressedAt = performance.now();
    if (this.#replying) this.send({ type: "response.cancel" });
    this.send({ type: "output_audio_buffer.clear" });
    this.send({ type: "input_audio_buffer.clear" });
    this.#openMicrophone();
    return true;
  }

  /** True when it was long enough to be an utterance. */
  release() {
    if (!this.pressed) return false;
    const long = performance.now() - this.#pressedAt >= SHORTEST_PRESS_MS;
    this.#pressedAt = 0;
    if (!long) {
      this.#openMicrophone();
      this.send({ type: "input_audio_buffer.clear" });
      return false;
    }
    this.#tail = setTimeout(() => this.#finishTail(), RELEASE_TAIL_MS);
    return true;
  }

  /** Swaps the microphone, or takes one up in a call that was typed so far. Throws a CallFailure. */
  async useMicrophone(deviceId = "") {
    const round = this.#round;
    const track = await this.microphone.start(deviceId);
    if (round !== this.#round) {
      this.microphone.stop();
      return;
    }
    this.options.microphone = true;
    this.#openMicrophone();
    await this.#link?.useTrack(track);
  }

  /** While the line is lost: try at once. */
  retryNow() {
    this.#wake();
  }

  health() {
    return this.#link?.health() ?? Promise.resolve({ roundTripMs: null, lost: null });
  }

  async #connect(round, first = () => {}) {
    const link = new Link({
      server: this.options.server,
      key: this.options.key,
      session: this.#wishes(),
      track: this.microphone.track,
    });
    this.#link = link;
    link.addEventListener("message", (event) => this.#hear(link, event.detail));
    link.addEventListener("sound", (event) => this.dispatchEvent(new CustomEvent("sound", { detail: event.detail })));
    await link.open();
    if (round !== this.#round) return link.close();
    link.addEventListener("lost", () => this.#lost(round));
    if (this.pushToTalk) this.setPushToTalk(true);
    this.#become("talking");
    first();
    while (this.#outbox.length > 0 && this.send(this.#outbox[0])) this.#outbox.shift();
  }

  /** What is set before the call goes with the offer, so that even a greeting obeys it. */
  #wishes() {
    const { voice, speed, instructions } = this.options;
    const output = { ...(voice && { voice }), ...(speed && { speed }) };
    return {
      ...(instructions && { instructions }),
      ...(Object.keys(output).length > 0 && { audio: { output } }),
    };
  }

  #configure(session) {
    if (this.live || this.#link) this.send({ type: "session.update", session: { type: "realtime", ...session } });
  }

  #hear(link, event) {
    if (link !== this.#link) return;
    if (event.type === "session.created" || event.type === "session.updated") this.#learn(event.session ?? {});
    if (event.type === "repartee.hello" && Array.isArray(event.engines)) this.engines = event.engines;
    if (event.type === "repartee.engine" && event.to) {
      this.engines = this.engines.map((engine) => (engine.seam === event.to.seam ? event.to : engine));
    }
    if (event.type === "repartee.goodbye") this.#goodbye = String(event.reason ?? "") || "goodbye";
    if (event.type === "response.created") this.#replying = true;
    if (event.type === "response.done") this.#replying = false;
    this.transcript.take(event);
    this.dispatchEvent(new CustomEvent("event", { detail: event }));
  }

  #learn(session) {
    this.session = session;
    const endpointing = session.audio?.input?.turn_detection;
    if (endpointing) this.#endpointing = endpointing;
  }

  async #lost(round) {
    if (round !== this.#round) return;
    this.#replying = false;
    if (this.#goodbye) {
      this.#round += 1;
      this.#release();
      this.failure = null;
      return this.#become("ended", { reason: this.#goodbye });
    }
    this.transcript.reconnect();
    let wait = FIRST_WAIT_MS;
    let failure = new CallFailure("gone");
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      this.#become("lost", { attempt, retryAt: Date.now() + wait });
      await this.#pause(wait);
      if (round !== this.#round) return;
      try {
        return await this.#connect(round, () => this.#restore());
      } catch (error) {
        failure = error;
        if (round !== this.#round) return;
        if (error.code === "key" || error.code === "refused") break;
        wait = Math.min(Math.max(wait * 2, error.retryAfterMs ?? 0), LONGEST_WAIT_MS);
      }
    }
    this.#fail(failure);
  }

  /** The new session knows nothing: it is told what was heard so far. */
  #restore() {
    for (const item of this.transcript.history(HISTORY_LINES)) {
      this.send({ type: "conversation.item.create", event_id: `restore_${this.#round}`, item });
    }
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #microphoneGone() {
    this.#link?.useTrack(null);
    this.#tellMicrophone(new CallFailure("no_microphone"));
  }

  #openMicrophone() {
    this.microphone.setOpen(this.pushToTalk ? this.pressed || this.#tail !== 0 : !this.muted);
    this.#tellMicrophone();
  }

  #finishTail() {
    if (!this.#tail) return;
    clearTimeout(this.#tail);
    this.#tail = 0;
    this.send({ type: "input_audio_buffer.commit" });
    this.send({ type: "response.create" });
    this.#openMicrophone();
  }

  #tellMicrophone(failure = null) {
    const muted = this.muted && !this.pushToTalk;
    const detail = { live: Boolean(this.microphone.track), muted, pressed: this.pressed, failure };
    this.dispatchEvent(new CustomEvent("microphone", { detail }));
  }

  #release() {
    clearTimeout(this.#tail);
    this.#tail = 0;
    this.#pressedAt = 0;
    this.#replying = false;
    this.#wake();
    this.#link?.close();
    this.#link = null;
    this.microphone.stop();
    this.transcript.reconnect();
    this.#tellMicrophone();
  }

  #fail(error) {
    this.#round += 1;
    this.#release();
    this.failure = error instanceof CallFailure ? error : new CallFailure("refused", error?.message ?? "");
    this.#become("error");
  }

  #become(state, more = {}) {
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, failure: this.failure, ...more } }));
  }
}
