// Owns what waits to be sent: kept on this device until it is answered, sent again until then. Ids make a second sending harmless.

export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => (byte + 256).toString(16).slice(1)).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** localStorage, or the page's memory where it is full or forbidden. */
export class Store {
  constructor(prefix) {
    this.prefix = prefix;
    this.memory = new Map();
  }

  get(key) {
    if (this.memory.has(key)) return this.memory.get(key);
    try {
      return JSON.parse(localStorage.getItem(this.prefix + key));
    } catch {
      return null;
    }
  }

  set(key, value) {
    try {
      localStorage.setItem(this.prefix + key, JSON.stringify(value));
      this.memory.delete(key);
    } catch {
      this.memory.set(key, value);
    }
  }

  drop(key) {
    this.memory.delete(key);
    try {
      localStorage.removeItem(this.prefix + key);
    } catch {}
  }

  all(kind) {
    let kept = [];
    try {
      kept = Object.keys(localStorage).filter((key) => key.startsWith(this.prefix + kind)).map((key) => key.slice(this.prefix.length));
    } catch {}
    const keys = new Set([...kept, ...this.memory.keys()].filter((key) => key.startsWith(kind)));
    return [...keys].map((key) => this.get(key)).filter(Boolean);
  }
}

export class Outbox {
  /** send(act) resolves with the server's answer and rejects where none came; each entry has its own key, so that two tabs never undo each other. */
  constructor(store, send, isReady, changed) {
    Object.assign(this, { store, send, isReady, changed, saved: [], fails: 0, busy: false });
  }

  list() {
    return this.store.all("out/").sort((one, other) => one.n - other.n);
  }

  waiting() {
    return this.list().filter((one) => !one.refused);
  }

  post(act, rest) {
    const entry = { ...rest, act: { ...act, id: uuid() }, n: Date.now() };
    const last = this.list().pop();
    if (last && last.n >= entry.n) entry.n = last.n + 1;
    this.keep(entry);
    this.flush();
  }

  keep(entry) {
    this.store.set("out/" + entry.act.id, entry);
    this.changed();
  }

  drop(entry) {
    this.store.drop("out/" + entry.act.id);
    this.changed();
  }

  /** In order, one at a time: an edit never overtakes the card it edits. */
  async flush() {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    for (let [entry] = this.waiting(); entry && this.isReady(); [entry] = this.waiting()) {
      const answer = await this.send(entry.act).catch(() => null);
      if (!answer || answer.later) {
        this.fails += 1;
        this.timer = setTimeout(() => this.flush(), Math.min(30000, 1000 * 2 ** this.fails) * (0.5 + Math.random() / 2));
        break;
      }
      this.fails = 0;
      if (answer.refused) this.keep({ ...entry, ...answer });
      else {
        this.saved.push(entry);
        this.drop(entry);
      }
      this.changed(entry, answer);
    }
    this.busy = false;
  }
}
