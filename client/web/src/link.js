//! One WebRTC connection to the server: the offer, the answer, the channel, and its end.

import { CallFailure, refusal } from "./failure.js";

const ANSWER_WITHIN_MS = 15_000;
const OPEN_WITHIN_MS = 15_000;
const RELAYS_WITHIN_MS = 2_000;
/** A path that went quiet often heals by itself; only then is it called lost. */
const DISCONNECTED_FOR_MS = 2_000;
/** Larger than any event of ours; what is larger is not ours. */
const MESSAGE_LIMIT = 1 << 20;

/** Events: `message` (detail: the event), `sound` (detail: MediaStream), `lost` (detail: why). */
export class Link extends EventTarget {
  #peer = null;
  #channel = null;
  #sender = null;
  #call = "";
  #closed = false;
  #quiet = 0;
  #settle = { reject() {} };

  /** @param {{server: string, key?: string, session?: object, track?: MediaStreamTrack|null}} options */
  constructor(options) {
    super();
    this.options = options;
  }

  /** Negotiates and waits for the channel. Throws a CallFailure. */
  async open() {
    if (typeof RTCPeerConnection !== "function") throw new CallFailure("unsupported");
    const relays = await this.#relays();
    if (this.#closed) throw new CallFailure("gone", "cancelled");
    const peer = new RTCPeerConnection({ iceServers: relays });
    this.#peer = peer;
    const opened = this.#listen(peer);
    // Until the answer is in nobody waits for it, and a cancelled call must not count as unhandled.
    opened.catch(() => {});
    try {
      await this.#negotiate(peer);
      const late = setTimeout(() => this.#settle.reject(new CallFailure("no_path")), OPEN_WITHIN_MS);
      await opened.finally(() => clearTimeout(late));
    } catch (error) {
      this.close();
      throw error instanceof CallFailure ? error : new CallFailure("refused", error?.message ?? "");
    }
  }

  /** Replaces the microphone without a new negotiation; null sends nothing. */
  async useTrack(track) {
    this.options.track = track;
    await this.#sender?.replaceTrack(track);
  }

  /** Sends one event; false when the channel is not open. */
  send(event) {
    if (this.#channel?.readyState !== "open") return false;
    this.#channel.send(JSON.stringify(event));
    return true;
  }

  /** Round trip in milliseconds, and the share of packets that were lost coming in. */
  async health() {
    const found = { roundTripMs: null, lost: null };
    if (!this.#peer || this.#closed) return found;
    for (const entry of (await this.#peer.getStats()).values()) {
      if (entry.type === "candidate-pair" && entry.nominated && entry.currentRoundTripTime !== undefined) {
        found.roundTripMs = entry.currentRoundTripTime * 1000;
      }
      if (entry.type === "inbound-rtp" && entry.packetsReceived > 0) {
        found.lost = entry.packetsLost / (entry.packetsLost + entry.packetsReceived);
      }
    }
    return found;
  }

  /** Closes everything and tells the server, as far as that can be told. */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#quiet);
    this.#settle.reject(new CallFailure("gone", "cancelled"));
    this.#channel?.close();
    this.#peer?.close();
    if (this.#call) {
      const url = `${this.options.server}/v1/realtime/calls/${encodeURIComponent(this.#call)}/hangup`;
      fetch(url, { method: "POST", headers: this.#authority(), keepalive: true }).catch(() => {});
    }
  }

  async #negotiate(peer) {
    // A transceiver without a track still offers both directions, so a typed call can take up a microphone later.
    const transceiver = peer.addTransceiver("audio", { direction: "sendrecv" });
    this.#sender = transceiver.sender;
    if (this.options.track) await this.#sender.replaceTrack(this.options.track);
    await peer.setLocalDescription(await peer.createOffer());
    const answer = await this.#ask(peer.localDescription.sdp);
    if (this.#closed) {
      this.#closed = false;
      throw new CallFailure("gone", "cancelled");
    }
    await peer.setRemoteDescription({ type: "answer", sdp: answer });
  }

  async #ask(offer) {
    const { server, session } = this.options;
    let body = offer;
    const headers = this.#authority();
    if (session && Object.keys(session).length > 0) {
      body = new FormData();
      body.append("sdp", offer);
      body.append("session", JSON.stringify({ type: "realtime", ...session }));
    } else {
      headers["Content-Type"] = "application/sdp";
    }
    let response;
    try {
      const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
      response = await fetch(`${server}/v1/realtime/calls`, { method: "POST", headers, body, signal });
    } catch {
      throw new CallFailure("gone");
    }
    if (!response.ok) throw await refusal(response);
    this.#call = (response.headers.get("location") ?? "").split("/").pop();
    return response.text();
  }

  async #relays() {
    try {
      const signal = AbortSignal.timeout(RELAYS_WITHIN_MS);
      const response = await fetch(`${this.options.server}/v1/repartee/ice`, { headers: this.#authority(), signal });
      const body = response.ok ? await response.json() : {};
      return Array.isArray(body.iceServers) ? body.iceServers : [];
    } catch {
      // A direct path may well exist; if the server is away, the offer will say so.
      return [];
    }
  }

  #listen(peer) {
    const channel = peer.createDataChannel("oai-events");
    this.#channel = channel;
    peer.addEventListener("track", (event) => {
      const stream = event.streams[0] ?? new MediaStream([event.track]);
      this.dispatchEvent(new CustomEvent("sound", { detail: stream }));
    });
    channel.addEventListener("message", (event) => this.#hear(event.data));
    const fail = (why) => {
      this.#settle.reject(new CallFailure("no_path", why));
      this.#lose(why);
    };
    channel.addEventListener("close", () => fail("channel"));
    peer.addEventListener("connectionstatechange", () => this.#watch(peer, fail));
    return new Promise((resolve, reject) => {
      this.#settle = { reject };
      channel.addEventListener("open", resolve);
    });
  }

  #watch(peer, fail) {
    clearTimeout(this.#quiet);
    if (peer.connectionState === "failed" || peer.connectionState === "closed") fail(peer.connectionState);
    if (peer.connectionState === "disconnected") {
      this.#quiet = setTimeout(() => fail("disconnected"), DISCONNECTED_FOR_MS);
    }
  }

  #lose(why) {
    if (this.#closed) return;
    this.close();
    this.dispatchEvent(new CustomEvent("lost", { detail: why }));
  }

  #hear(data) {
    const text = typeof data === "string" ? data : new TextDecoder().decode(data);
    if (text.length > MESSAGE_LIMIT) return;
    let event;
    try {
      event = JSON.parse(text);
    } catch {
      return;
    }
    if (typeof event?.type === "string") this.dispatchEvent(new CustomEvent("message", { detail: event }));
  }

  #authority() {
    return this.options.key ? { Authorization: `Bearer ${this.options.key}` } : {};
  }
}
