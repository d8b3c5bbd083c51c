//! What the page remembers: preferences on this device, the key for this tab only.

/** Reads one preference; storage may be switched off, then there is none. */
export function recall(name) {
  try {
    return localStorage.getItem(`repartee.${name}`) ?? "";
  } catch {
    return "";
  }
}

export function remember(name, value) {
  try {
    if (value === "") localStorage.removeItem(`repartee.${name}`);
    else localStorage.setItem(`repartee.${name}`, String(value));
  } catch {
    // Without storage the choice holds as long as the page.
  }
}

/** The key from `#key=`, else the one given to this tab before. It leaves the address, so that a shared link carries none. */
export function takeKey() {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (given) {
    keepKey(given);
    history.replaceState(null, "", location.pathname + location.search);
    return given;
  }
  try {
    return sessionStorage.getItem("repartee.key") ?? "";
  } catch {
    return "";
  }
}

export function keepKey(key) {
  try {
    sessionStorage.setItem("repartee.key", key);
  } catch {
    // The page still holds it in memory.
  }
}
