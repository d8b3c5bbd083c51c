//! Put into the page before its own scripts: a peer connection without a network, whose far end is the test.
//! `fake.tell(event)` speaks as the server; `fake.sent` is what the page said; `fake.drop()` breaks the line.

(() => {
  const fake = { peers: [], sent: [], microphone: "allow", named: true, open: true };
  globalThis.fake = fake;

  class Channel extends EventTarget {
    readyState = "connecting";
    send(text) {
      fake.sent.push(JSON.parse(text));
    }
    open() {
      this.readyState = "open";
      this.dispatchEvent(new Event("open"));
    }
    close() {
      this.readyState = "closed";
    }
  }

  class Peer extends EventTarget {
    connectionState = "new";
    localDescription = null;
    channel = new Channel();
    replaced = [];
    constructor(configuration) {
      super();
      this.configuration = configuration;
      fake.peers.push(this);
    }
    createDataChannel(label) {
      this.label = label;
      return this.channel;
    }
    addTransceiver(kind, init) {
      this.transceiver = { kind, ...init };
      return { sender: { replaceTrack: async (track) => void this.replaced.push(track) } };
    }
    async createOffer() {
      return { type: "offer", sdp: "v=0\r\no=fake\r\n" };
    }
    async setLocalDescription(description) {
      this.localDescription = description;
    }
    async setRemoteDescription() {
      if (fake.open) queueMicrotask(() => this.connect());
    }
    connect() {
      this.connectionState = "connected";
      this.dispatchEvent(new Event("connectionstatechange"));
      this.channel.open();
    }
    async getStats() {
      return new Map([["1", { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.021 }]]);
    }
    close() {
      this.connectionState = "closed";
      this.channel.close();
    }
  }

  fake.tell = (...events) => {
    for (const [index, event] of events.entries()) {
      const data = JSON.stringify({ event_id: `event_${index}`, ...event });
      fake.peers.at(-1).channel.dispatchEvent(new MessageEvent("message", { data }));
    }
  };
  fake.drop = () => {
    const peer = fake.peers.at(-1);
    peer.channel.readyState = "closed";
    peer.channel.dispatchEvent(new Event("close"));
  };
  fake.sound = () => {
    const context = new AudioContext();
    const event = new Event("track");
    Object.assign(event, { streams: [context.createMediaStreamDestination().stream], track: null });
    fake.peers.at(-1).dispatchEvent(event);
  };
  globalThis.RTCPeerConnection = Peer;

  const refuse = (name) => Promise.reject(new DOMException("refused by the test", name));
  const devices = {
    async getUserMedia(wishes) {
      fake.wishes = wishes;
      if (fake.microphone === "deny") return refuse("NotAllowedError");
      if (fake.microphone === "none") return refuse("NotFoundError");
      if (fake.microphone === "busy") return refuse("NotReadableError");
      if (fake.microphone === "wait") {
        await new Promise((resolve, reject) => {
          fake.allow = resolve;
          fake.deny = () => reject(new DOMException("refused by the test", "NotAllowedError"));
        });
      }
      const context = new AudioContext();
      const tone = new OscillatorNode(context, { frequency: 180 });
      const gain = new GainNode(context, { gain: 0.2 });
      const end = context.createMediaStreamDestination();
      tone.connect(gain).connect(end);
      tone.start();
      fake.track = end.stream.getAudioTracks()[0];
      return end.stream;
    },
    async enumerateDevices() {
      if (!fake.named) return [{ kind: "audioinput", deviceId: "", label: "" }];
      return [
        { kind: "audioinput", deviceId: "mic-1", label: "Desk microphone" },
        { kind: "audioinput", deviceId: "mic-2", label: "Headset" },
        { kind: "audiooutput", deviceId: "out-1", label: "Headset" },
      ];
    },
    addEventListener() {},
  };
  Object.defineProperty(navigator, "mediaDevices", { configurable: true, get: () => (fake.microphone === "insecure" ? undefined : devices) });
})();
