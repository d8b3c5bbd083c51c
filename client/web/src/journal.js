//! The page's own log of events, for tests and for the curious: `window.repartee.events`. It never leaves the page.

const LIMIT = 500;

export class Journal {
  events = [];

  /** @param {"server"|"page"|"state"} from */
  add(from, event) {
    this.events.push({ at: Math.round(performance.now()), from, type: event.type, event });
    if (this.events.length > LIMIT) this.events.splice(0, this.events.length - LIMIT);
  }
}
