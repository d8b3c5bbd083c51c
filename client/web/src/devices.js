//! Which microphones and loudspeakers there are, offered as two lists that keep up with plugging.

/** Fills two selects; `chosen()` is the microphone that a call takes, `onMicrophone(id)` and `onSpeaker(id)` are told of a choice. */
export class Devices {
  #microphone;
  #speaker;
  #chosen;

  constructor({ microphone, speaker, chosen, onMicrophone, onSpeaker }) {
    this.#microphone = microphone;
    this.#speaker = speaker;
    this.#chosen = chosen;
    microphone.addEventListener("change", () => onMicrophone(microphone.value));
    speaker.addEventListener("change", () => onSpeaker(speaker.value));
    globalThis.navigator?.mediaDevices?.addEventListener?.("devicechange", () => this.refresh());
  }

  /** Names are known only once the microphone was allowed. */
  async refresh() {
    let found = [];
    try {
      found = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
    } catch {
      // Not allowed to look: the default is all there is to choose.
    }
    fill(this.#microphone, found.filter((device) => device.kind === "audioinput"), "Microphone", this.#chosen());
    fill(this.#speaker, found.filter((device) => device.kind === "audiooutput"), "Loudspeaker", this.#speaker.value);
  }
}

function fill(select, devices, kind, chosen) {
  const named = devices.filter((device) => device.deviceId && device.deviceId !== "default");
  const options = [option("", "Default")];
  named.forEach((device, index) => options.push(option(device.deviceId, device.label || `${kind} ${index + 1}`)));
  // While none may be named, the one that is remembered stands among them all the same: it will be used.
  if (chosen && named.length === 0) options.push(option(chosen, "As chosen before"));
  select.replaceChildren(...options);
  select.value = options.some((one) => one.value === chosen) ? chosen : "";
}

function option(value, text) {
  const made = document.createElement("option");
  made.value = value;
  made.textContent = text;
  return made;
}
