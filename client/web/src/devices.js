//! Which microphones and loudspeakers there are, offered as two lists that keep up with plugging.

/** Fills two selects; `onMicrophone(id)` and `onSpeaker(id)` are told of a choice. */
export class Devices {
  #microphone;
  #speaker;

  constructor({ microphone, speaker, onMicrophone, onSpeaker }) {
    this.#microphone = microphone;
    this.#speaker = speaker;
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
    fill(this.#microphone, found.filter((device) => device.kind === "audioinput"), "Microphone");
    fill(this.#speaker, found.filter((device) => device.kind === "audiooutput"), "Loudspeaker");
  }
}

function fill(select, devices, kind) {
  const chosen = select.value;
  const named = devices.filter((device) => device.deviceId && device.deviceId !== "default");
  const options = [option("", "Default")];
  named.forEach((device, index) => options.push(option(device.deviceId, device.label || `${kind} ${index + 1}`)));
  select.replaceChildren(...options);
  select.value = named.some((device) => device.deviceId === chosen) ? chosen : "";
}

function option(value, text) {
  const made = document.createElement("option");
  made.value = value;
  made.textContent = text;
  return made;
}
