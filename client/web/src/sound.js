//! The agent's voice out of a loudspeaker: played, moved to another device, unblocked by a touch.

/** Events: `blocked` when the browser wants a touch first, `playing` when it sounds. */
export class Sound extends EventTarget {
  #element;

  constructor(element = new Audio()) {
    super();
    this.#element = element;
    element.autoplay = true;
  }

  /** Whether this browser can choose the loudspeaker. */
  static get canChoose() {
    return "setSinkId" in HTMLMediaElement.prototype;
  }

  get stream() {
    return this.#element.srcObject;
  }

  async play(stream = this.#element.srcObject) {
    this.#element.srcObject = stream;
    try {
      await this.#element.play();
      this.dispatchEvent(new Event("playing"));
    } catch (error) {
      if (error?.name === "NotAllowedError") this.dispatchEvent(new Event("blocked"));
    }
  }

  stop() {
    this.#element.srcObject = null;
  }

  /** False when the device is gone or refused. */
  async choose(deviceId) {
    if (!Sound.canChoose) return false;
    try {
      await this.#element.setSinkId(deviceId);
      return true;
    } catch {
      return false;
    }
  }
}
