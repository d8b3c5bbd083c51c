//! How loud a stream is right now, as one number from 0 to 1.

/** Below this a room is quiet; the scale runs from here to full. */
const FLOOR_DB = -60;

export class Meter {
  #context = null;
  #taps = new Map();
  #samples = new Float32Array(1024);

  /** Opens the audio context; call it from a touch or a key, or the browser keeps it asleep. */
  wake() {
    const Context = globalThis.AudioContext ?? globalThis.webkitAudioContext;
    if (!Context) return;
    this.#context ??= new Context();
    this.#context.resume?.().catch(() => {});
  }

  /** Listens to a stream under a name; null stops listening. */
  listen(name, stream) {
    const old = this.#taps.get(name);
    if (old?.stream === stream) return;
    old?.source.disconnect();
    this.#taps.delete(name);
    if (!stream || !this.#context || stream.getAudioTracks().length === 0) return;
    try {
      const source = this.#context.createMediaStreamSource(stream);
      const analyser = this.#context.createAnalyser();
      analyser.fftSize = this.#samples.length;
      source.connect(analyser);
      this.#taps.set(name, { stream, source, analyser });
    } catch {
      // A stream that cannot be tapped is still heard; only its meter stays flat.
    }
  }

  level(name) {
    const tap = this.#taps.get(name);
    if (!tap) return 0;
    tap.analyser.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    const decibels = 10 * Math.log10(sum / this.#samples.length + 1e-12);
    return Math.min(1, Math.max(0, 1 - decibels / FLOOR_DB));
  }

  close() {
    for (const name of [...this.#taps.keys()]) this.listen(name, null);
    this.#context?.close().catch(() => {});
    this.#context = null;
  }
}
