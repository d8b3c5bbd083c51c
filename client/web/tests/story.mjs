//! A conversation as the server tells it, in the order of the wire, for tests and for the picture in the README.

export const ENGINES = [
  { seam: "voice_detector", name: "silero v6.2", grade: "builtin" },
  { seam: "endpointer", name: "pause and meaning", grade: "builtin" },
  { seam: "recognizer", name: "pocketsphinx en-us", grade: "builtin" },
  { seam: "retriever", name: "tantivy bm25", grade: "builtin" },
  { seam: "language_model", name: "quoting", grade: "builtin" },
  { seam: "synthesizer", name: "flite", grade: "builtin", voices: ["slt", "awb", "kal", "rms"] },
];

export function hello(engines = ENGINES) {
  const session = { id: "sess_1", object: "realtime.session", type: "realtime", audio: { input: { turn_detection: { type: "server_vad", silence_duration_ms: 450 } }, output: { voice: "slt", speed: 1 } } };
  return [{ type: "session.created", session }, { type: "repartee.hello", engines }];
}

export function spoken(id, text) {
  return [
    { type: "repartee.floor", from: "open", to: "caller" },
    { type: "input_audio_buffer.speech_started", item_id: id, audio_start_ms: 100 },
    { type: "repartee.partial", item_id: id, text: text.slice(0, Math.ceil(text.length / 2)), stable: Math.ceil(text.length / 4) },
    { type: "input_audio_buffer.speech_stopped", item_id: id, audio_end_ms: 2100 },
    { type: "repartee.floor", from: "caller", to: "awaiting" },
    { type: "input_audio_buffer.committed", item_id: id, previous_item_id: null },
    { type: "conversation.item.added", item: { id, type: "message", role: "user", content: [{ type: "input_audio", transcript: null }] }, previous_item_id: null },
    { type: "conversation.item.input_audio_transcription.completed", item_id: id, content_index: 0, transcript: text },
  ];
}

export function typed(id, text) {
  return [{ type: "conversation.item.added", item: { id, type: "message", role: "user", content: [{ type: "input_text", text }] }, previous_item_id: null }];
}

/** A reply composed whole, none of it heard yet. */
export function composed(id, reply, text, citation) {
  const ids = { response_id: reply, item_id: id, output_index: 0, content_index: 0 };
  const half = text.indexOf(" ", text.length / 2);
  return [
    { type: "response.created", response: { id: reply, status: "in_progress" } },
    ...(citation ? [{ type: "repartee.citation", response_id: reply, ...citation }] : []),
    { type: "response.output_item.added", response_id: reply, output_index: 0, item: { id, type: "message", role: "assistant", content: [] } },
    { type: "conversation.item.added", item: { id, type: "message", role: "assistant", content: [] }, previous_item_id: "item_0" },
    { type: "response.output_audio_transcript.delta", ...ids, delta: text.slice(0, half) },
    { type: "output_audio_buffer.started", response_id: reply },
    { type: "repartee.floor", from: "awaiting", to: "agent" },
    { type: "response.output_audio_transcript.delta", ...ids, delta: text.slice(half) },
    { type: "response.output_audio_transcript.done", ...ids, transcript: text },
    { type: "response.done", response: { id: reply, status: "completed" } },
  ];
}

export function heard(id, reply, text) {
  return { type: "repartee.heard", response_id: reply, item_id: id, heard: text };
}

export function finished(id, reply, text) {
  return [heard(id, reply, text), { type: "output_audio_buffer.stopped", response_id: reply }, { type: "repartee.floor", from: "agent", to: "open" }];
}

export function cutAt(id, reply, text) {
  return [
    { type: "repartee.floor", from: "agent", to: "contested" },
    { type: "output_audio_buffer.cleared", response_id: reply },
    { type: "conversation.item.truncated", item_id: id, content_index: 0, audio_end_ms: 900 },
    { type: "repartee.cut", item_id: id, response_id: reply, heard: text, audio_end_ms: 900 },
  ];
}

export function timed(reply, stages) {
  return Object.entries(stages).map(([stage, after_ms]) => ({ type: "repartee.latency", response_id: reply, stage, after_ms }));
}

const ABOUT = "Repartee is a voice server that you host yourself. It listens, looks things up, and answers aloud, and you may cut in at any time.";
const VOICE = "Choose another speaker under Details, or set the voice in repartee.toml. Each synthesizer brings its own voices, and a change holds from the next reply on.";

/** The conversation of the picture: an answer, a barge-in, and an answer that is half way out. */
export const STORY = [
  ...hello(),
  ...spoken("item_1", "what is repartee"),
  ...composed("item_2", "resp_1", ABOUT, { source: "about.md", heading: "What Repartee is", text: ABOUT }),
  ...timed("resp_1", { endpointing: 410, recognition: 520, retrieval: 528, first_word: 541, first_speech: 604, first_sound: 622 }),
  ...finished("item_2", "resp_1", ABOUT),
  ...spoken("item_3", "how do i change the voice"),
  ...composed("item_4", "resp_2", VOICE, { source: "voices.md", heading: "Changing the voice", text: VOICE }),
  ...timed("resp_2", { endpointing: 380, recognition: 455, retrieval: 462, first_word: 480, first_speech: 561, first_sound: 580 }),
  ...cutAt("item_4", "resp_2", "Choose another speaker under Details, or set the voice "),
  ...spoken("item_5", "wait does anything leave this machine"),
  ...composed("item_6", "resp_3", "Nothing leaves it. The built-in engines run on this server, and a loopback server sends nothing off loopback.", { source: "privacy.md", heading: "What leaves the machine", text: "The built-in engines run on this server. A loopback server sends nothing off loopback." }),
  ...timed("resp_3", { endpointing: 430, recognition: 560, retrieval: 566, first_word: 590, first_speech: 688, first_sound: 707 }),
  heard("item_6", "resp_3", "Nothing leaves it. The built-in engines run on "),
];
