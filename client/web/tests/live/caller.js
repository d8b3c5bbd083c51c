// Runs in the page before anything else: a microphone that says what a test hands it, and an ear at the loudspeaker.
(() => {
  const context = new AudioContext({ sampleRate: 48000 });
  const line = context.createMediaStreamDestination();
  const media = navigator.mediaDevices;
  if (media) {
    media.getUserMedia = async () => {
      await context.resume();
      return line.stream;
    };
  }

  const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer;
  const heard = []; // [time in ms, root mean square] of each 10 ms that left the loudspeaker

  async function listen(track) {
    // Chromium gives a remote track's sound to WebAudio only while an element plays it.
    const element = new Audio();
    element.muted = true;
    element.srcObject = new MediaStream([track]);
    element.play().catch(() => {});
    await context.resume();
    const code = `registerProcessor("ear", class extends AudioWorkletProcessor {
      constructor() { super(); this.sum = 0; this.count = 0; }
      process([input]) {
        for (const sample of input[0] ?? []) { this.sum += sample * sample; this.count += 1; }
        if (!input[0]) this.count += 128;
        if (this.count >= 480) {
          this.port.postMessage(Math.sqrt(this.sum / this.count));
          this.sum = 0; this.count = 0;
        }
        return true;
      }
    })`;
    const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    await context.audioWorklet.addModule(url);
    const ear = new AudioWorkletNode(context, "ear");
    ear.port.onmessage = ({ data }) => {
      heard.push([performance.now(), data]);
      if (heard.length > 60_000) heard.shift();
    };
    context.createMediaStreamSource(new MediaStream([track])).connect(ear);
    ear.connect(new GainNode(context, { gain: 0 })).connect(context.destination);
  }

  const Peer = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Peer {
    constructor(...all) {
      super(...all);
      this.addEventListener("track", ({ track }) => listen(track));
    }
  };

  globalThis.caller = {
    heard,
    /** Says a WAV; answers when its first sample left, and ends when its last did. */
    async say(base64, { gain = 1 } = {}) {
      await context.resume();
      const buffer = await context.decodeAudioData(bytes(base64));
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(new GainNode(context, { gain })).connect(line);
      const began = performance.now();
      source.start();
      await new Promise((done) => (source.onended = done));
      return { began, ended: performance.now() };
    },
    loudest: (from = 0) => Math.max(0, ...heard.filter(([at]) => at >= from).map(([, level]) => level)),
    /** How long the loudspeaker was not silent, in ms. */
    voiced: (from = 0) => 10 * heard.filter(([at, level]) => at >= from && level > 0.006).length,
  };
})();
