//! The thread between the two: one line that moves with whoever speaks. It is the input meter, too.

const POINTS = 96;
const CALM_FPS_MS = 250;

/** Draws on a canvas while it runs; `levels()` gives {caller, agent}, each 0 to 1. */
export class Thread {
  #canvas;
  #levels;
  #frame = 0;
  #timer = 0;
  #drawn = { caller: 0, agent: 0 };
  #still = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");

  constructor(canvas, levels) {
    this.#canvas = canvas;
    this.#levels = levels;
  }

  start() {
    this.stop();
    const step = (now) => {
      this.#draw(now);
      if (this.#still?.matches) this.#timer = setTimeout(() => step(0), CALM_FPS_MS);
      else this.#frame = requestAnimationFrame(step);
    };
    step(0);
  }

  stop() {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#drawn = { caller: 0, agent: 0 };
  }

  #draw(now) {
    const context = this.#canvas.getContext("2d");
    if (!context) return;
    const scale = Math.min(globalThis.devicePixelRatio || 1, 2);
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (this.#canvas.width !== width * scale || this.#canvas.height !== height * scale) {
      this.#canvas.width = width * scale;
      this.#canvas.height = height * scale;
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const levels = this.#levels();
    const style = getComputedStyle(this.#canvas);
    this.#stroke(context, { width, height, now, phase: 0, reach: 0, colour: style.getPropertyValue("--rule") });
    for (const [side, phase] of [["caller", 0], ["agent", 2.1]]) {
      const wanted = levels[side] ?? 0;
      this.#drawn[side] += (wanted - this.#drawn[side]) * (wanted > this.#drawn[side] ? 0.45 : 0.12);
      if (this.#drawn[side] < 0.02) continue;
      const reach = this.#drawn[side] * (height / 2 - 3);
      this.#stroke(context, { width, height, now, phase, reach, colour: style.getPropertyValue(`--${side}`) });
    }
  }

  #stroke(context, { width, height, now, phase, reach, colour }) {
    context.beginPath();
    for (let point = 0; point <= POINTS; point += 1) {
      const along = point / POINTS;
      // Still at both ends, so that the thread stays tied.
      const swell = Math.sin(Math.PI * along) ** 2;
      const wave = Math.sin(along * 21 + now / 130 + phase) * 0.62 + Math.sin(along * 37 - now / 95 + phase) * 0.38;
      context.lineTo(along * width, height / 2 + swell * wave * reach);
    }
    context.strokeStyle = colour.trim() || "currentColor";
    context.lineWidth = reach > 0 ? 1.75 : 1;
    context.stroke();
  }
}
