// Runs in the page before anything else: a microphone that says what a test hands it, and an ear at the loudspeaker.
(() => {
  const context = new AudioContext({ sampleRate: 48000 });
  const line = context.createMediaStreamDestination();
  const mouth = new GainNode(context);
  mouth.connect(line);
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
  /** The present sound: from where on it is none of silence, and when that passed the ear. */
  const own = { least: Infinity, passed: undefined };

  async function listen(track) {
    // Chromium gives a remote track's sound to WebAudio only while an element plays it.
    const element = new Audio();
    element.muted = true;
    element.srcObject = new MediaStream([track]);
    element.play().catch(() => {});
    await context.resume();
    // Not a worklet: the page's policy rightly forbids a script of ours.
    // It hears the caller, too, so that both are timed by one clock, which runs a few pieces behind.
    const ear = context.createScriptProcessor(512, 2, 1);
    ear.onaudioprocess = ({ inputBuffer }) => {
      const now = performance.now();
      const samples = inputBuffer.getChannelData(0);
      const energy = samples.reduce((sum, sample) => sum + sample * sample, 0);
      heard.push([now, Math.sqrt(energy / samples.length)]);
      if (heard.length > 60_000) heard.shift();
      const first = inputBuffer.getChannelData(1).findIndex((sample) => Math.abs(sample) > own.least);
      if (first >= 0) own.passed ??= now - (samples.length - first) / 48;
    };
    const both = new ChannelMergerNode(context, { numberOfInputs: 2 });
    context.createMediaStreamSource(new MediaStream([track])).connect(both, 0, 0);
    mouth.connect(both, 0, 1);
    both.connect(ear);
    ear.connect(new GainNode(context, { gain: 0 })).connect(context.destination);
  }

  const Peer = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Peer {
    constructor(...all) {
      super(...all);
      this.addEventListener("track", ({ track }) => listen(track));
    }
  };

  /** Where the first sample stands that is no silence, in ms, and how loud all such are. */
  function firstSound(buffer) {
    const samples = buffer.getChannelData(0);
    const least = 0.02 * samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    return [(1_000 * samples.findIndex((sample) => Math.abs(sample) > least)) / buffer.sampleRate, least];
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
    /** Says a WAV; tells when it began, when its first voiced sample left, and passed the ear, and when its last left. */
    async say(base64, { gain = 1 } = {}) {
      await context.resume();
      const buffer = await context.decodeAudioData(bytes(base64));
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(new GainNode(context, { gain })).connect(mouth);
      const [first, least] = firstSound(buffer);
      Object.assign(own, { least: least * gain, passed: undefined });
      const began = performance.now();
      source.start();
      await new Promise((done) => (source.onended = done));
      return { began, voiced: began + first, passed: own.passed, ended: performance.now() };
    },
    loudest: (from = 0) => Math.max(0, ...heard.filter(([at]) => at >= from).map(([, level]) => level)),
    /** How long the loudspeaker was not silent, in ms. */
    voiced: (from = 0) => PIECE_MS * heard.filter(([at, level]) => at >= from && level > 0.006).length,
  };
})();
