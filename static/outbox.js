// Owns what waits to be sent: kept on this device until it is answered, sent again until then. Ids make a second sending harmless.

export function uuid() {
  const hex = (count) => [...crypto.getRandomValues(new Uint8Array(count))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex(4)}-${hex(2)}-4${hex(2).slice(1)}-a${hex(2).slice(1)}-${hex(6)}`;
}

/** localStorage, or the page's memory where that is full or forbidden. */
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
    const keys = new Set(this.memory.keys());
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith(this.prefix)) keys.add(key.slice(this.prefix.length));
    } catch {}
    // Another tab may have taken one away meanwhile.
    return [...keys].filter((key) => key.startsWith(kind)).map((key) => this.get(key)).filter(Boolean);
  }
}

/** Each entry has its own key, so that two tabs never undo each other. */
export class Outbox {
  /** send(act) resolves with the server's answer and rejects where none came; changed(entry, answer) after every change. */
  constructor(store, send, isReady, changed) {
    Object.assign(this, { store, send, isReady, changed, fails: 0, later: "" });
  }

  list() {
    return this.store.all("out/").sort((one, other) => one.n - other.n);
  }

  waiting() {
    return this.list().filter((one) => !one.refused);
  }

  post(act, rest) {
    const last = this.list().pop();
    this.keep({ ...rest, act: { ...act, id: uuid() }, n: Math.max(Date.now(), last ? last.n + 1 : 0) });
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
    if (this.busy || this.later) return;
    this.busy = true;
    try {
      for (let [entry] = this.waiting(); entry && this.isReady(); [entry] = this.waiting()) {
        const answer = await this.send(entry.act).catch(() => ({ later: "" }));
        if ("later" in answer) {
          this.later = answer.later;
          this.fails += 1;
          this.rest(Math.max((answer.after || 0) * 2000, Math.min(30000, 1000 * 2 ** this.fails)));
          this.changed();
          break;
        }
        this.fails = 0;
        if (answer.refused) this.keep({ ...entry, ...answer });
        else this.drop(entry);
        this.changed(entry, answer);
      }
    } finally {
      this.busy = false;
    }
  }

  /** Half of that at least, each its own share of the rest. A server that said 'later' is left alone meanwhile, whatever is written. */
  rest(most) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.later = "";
      this.flush();
    }, most * (0.5 + Math.random() / 2));
  }
}
