//! The caller's microphone: asked for, muted, swapped, given back.

import { CallFailure, microphoneFailure } from "./failure.js";

/** Events: `gone` when the device was unplugged or taken away. */
export class Microphone extends EventTarget {
  #stream = null;
  #open = true;

  /** @param {{processing?: boolean, deviceId?: string}} [options] `processing: false` only for tests */
  constructor(options = {}) {
    super();
    this.options = options;
  }

  get stream() {
    return this.#stream;
  }

  get track() {
    return this.#stream?.getAudioTracks()[0] ?? null;
  }

  /** Asks for the device. Throws a CallFailure. */
  async start(deviceId = this.options.deviceId) {
    const devices = globalThis.navigator?.mediaDevices;
    if (!devices?.getUserMedia) {
      throw new CallFailure(globalThis.isSecureContext ? "unsupported" : "insecure");
    }
    let stream;
    try {
      stream = await devices.getUserMedia({ audio: this.#wishes(deviceId), video: false });
    } catch (error) {
      // A device remembered from another day may be gone: then any will do.
      if (deviceId && error?.name === "OverconstrainedError") return this.start("");
      throw microphoneFailure(error);
    }
    this.stop();
    this.#stream = stream;
    this.options.deviceId = deviceId;
    if (this.track) {
      this.track.enabled = this.#open;
      this.track.addEventListener("ended", () => this.#lost(stream));
    }
    return this.track;
  }

  /** Open lets the voice through; closed sends silence. */
  setOpen(open) {
    this.#open = open;
    if (this.track) this.track.enabled = open;
  }

  stop() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
  }

  #lost(stream) {
    if (this.#stream !== stream) return;
    this.#stream = null;
    this.dispatchEvent(new Event("gone"));
  }

  #wishes(deviceId) {
    const on = this.options.processing !== false;
    const wishes = { echoCancellation: on, noiseSuppression: on, autoGainControl: on, channelCount: 1 };
    if (deviceId) wishes.deviceId = { exact: deviceId };
    return wishes;
  }
}
