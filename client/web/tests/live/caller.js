// Runs in the page before anything else: a microphone that says what a test hands it, and an ear at the loudspeaker.
(() => {
  const context = new AudioContext({ sampleRate: 48000 });
  const line = context.createMediaStreamDestination();
  const media = navigator.mediaDevices;
  if (media) {
    const real = media.getUserMedia.bind(media);
    media.getUserMedia = async (wanted) => {
      // Asked for all the same: Firefox offers loopback addresses only to those who were allowed to listen.
      await real(wanted);
      await context.resume();
      return line.stream;
    };
  }

  const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer;
  const PIECE_MS = 512 / 48;
  const heard = []; // [time in ms, root mean square] of each piece that left the loudspeaker

  async function listen(track) {
    // Chromium gives a remote track's sound to WebAudio only while an element plays it.
    const element = new Audio();
    element.muted = true;
    element.srcObject = new MediaStream([track]);
    element.play().catch(() => {});
    await context.resume();
    // Not a worklet: the page's policy rightly forbids a script of ours.
    const ear = context.createScriptProcessor(512, 1, 1);
    ear.onaudioprocess = ({ inputBuffer }) => {
      const samples = inputBuffer.getChannelData(0);
      const energy = samples.reduce((sum, sample) => sum + sample * sample, 0);
      heard.push([performance.now(), Math.sqrt(energy / samples.length)]);
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

  /** Where the first sample stands that is no silence, in ms. */
  function firstSound(buffer) {
    const samples = buffer.getChannelData(0);
    const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    return (1_000 * samples.findIndex((sample) => Math.abs(sample) > loudest * 0.02)) / buffer.sampleRate;
  }

  globalThis.caller = {
    heard,
    /** When the loudspeaker was last within 12 dB of what it was before `from`, until `to`. */
    lastLoud(from, to) {
      const before = heard.filter(([at, level]) => at > from - 1_500 && at < from && level > 0.006)
        .map(([, level]) => level).sort((a, b) => a - b);
      const loud = before[Math.floor(before.length / 2)] / 4;
      const last = heard.filter(([at, level]) => at >= from && at <= to && level > loud).at(-1);
      return last ? last[0] : from;
    },
    /** Says a WAV; answers when its first sample left, and ends when its last did. */
    async say(base64, { gain = 1 } = {}) {
      await context.resume();
      const buffer = await context.decodeAudioData(bytes(base64));
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(new GainNode(context, { gain })).connect(line);
      const began = performance.now();
      source.start();
      await new Promise((done) => (source.onended = done));
      return { began, voiced: began + firstSound(buffer), ended: performance.now() };
    },
    loudest: (from = 0) => Math.max(0, ...heard.filter(([at]) => at >= from).map(([, level]) => level)),
    /** How long the loudspeaker was not silent, in ms. */
    voiced: (from = 0) => PIECE_MS * heard.filter(([at, level]) => at >= from && level > 0.006).length,
  };
})();
