// Owns the link with the server: connects, places what it sends, catches up after a loss or a sleep, and tells 'your network' from 'the server'.
import { morph } from "./morph.js";
import { fill, setClock, tick } from "./clock.js";

const page = document.body.dataset;

export const words = JSON.parse(page.words);

export class Live {
  /** before(next) sees the new HTML before it is placed; placed() runs after; changed(link) when the link is 'ok', 'net' or 'server'. */
  constructor({ before = () => {}, placed = () => {}, changed = () => {} }) {
    this.region = document.getElementById("region");
    this.held = JSON.parse(this.region.dataset.rooms);
    this.link = "ok";
    this.fails = 0;
    Object.assign(this, { before, placed, changed, slow: 0, trying: true });
    this.socket = io({
      auth: { code: page.code, lang: document.documentElement.lang, look: page.look, track: page.track, person: page.person },
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      reconnection: false,
      timeout: 8000,
    });
  }

  /** How long an answer may take: longer each time none came, for a poor network would never see the end of a line begun anew. */
  get patience() {
    return 8000 * 2 ** Math.min(2, this.slow);
  }

  /** Whether words would go with this page. */
  get holds() {
    return this.region.querySelector("form[data-typed]") || (this.acts && this.acts.outbox.list().length);
  }

  start() {
    const { socket } = this;
    socket.on("connect", () => this.connected());
    socket.on("disconnect", () => this.lost());
    socket.on("connect_error", (error) => {
      // The server is there, and does not take this page: the region's address says why.
      if ("data" in error) this.fetch();
      if (error.message === "timeout") this.slow += 1;
      this.lost();
    });
    socket.on("update", (update) => this.updated(update));
    socket.on("presence", ({ here, again }) => {
      if (again) this.soon();
      for (const one of this.region.querySelectorAll("[data-here]")) one.textContent = fill(words.here, here);
      for (const one of this.region.querySelectorAll("[data-here-number]")) one.textContent = here;
    });
    addEventListener("offline", () => this.check());
    addEventListener("online", () => this.retry(0));
    addEventListener("pageshow", (event) => event.persisted && this.wake());
    document.addEventListener("visibilitychange", () => document.hidden || this.wake());
    setInterval(() => tick(this.region, words), 1000);
    this.finish();
  }

  get isReady() {
    return this.socket.connected && this.link === "ok";
  }

  send(act) {
    return new Promise((resolve, reject) => {
      const sent = performance.now();
      this.socket.timeout(this.patience).emit("act", act, (late, answer) => {
        if (late) this.slow += 1;
        else if (performance.now() - sent < 4000) this.slow = 0;
        if (!late) return resolve(answer);
        // The line looks open and answers nothing: another one is tried.
        if (this.socket.connected) this.socket.disconnect();
        reject(late);
      });
    });
  }

  connected() {
    this.fails = this.due = 0;
    this.trying = false;
    clearTimeout(this.timer);
    this.set("ok");
  }

  lost() {
    this.trying = false;
    this.check();
    this.retry();
  }

  /** Nothing comes back from a network that is not there; a server that stopped refuses at once. */
  async check() {
    const was = this.socket.connected;
    let link = was || this.fails < 3 ? "ok" : "server";
    try {
      await this.ask("/healthz", this.patience / 2);
    } catch (error) {
      link = error.name === "AbortError" || !navigator.onLine ? "net" : "server";
    }
    // A line that opened meanwhile, or a server that refuses this page, has said more.
    if ((this.socket.connected && !was) || this.link === "unknown") return;
    if (link !== "ok") {
      this.set(link);
      this.retry();
    } else if (this.socket.connected) this.set("ok");
  }

  /** What does not answer in time never will. */
  ask(path, patience) {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), patience);
    return fetch(path, { cache: "no-store", headers: { Accept: "application/json" }, signal: stop.signal });
  }

  retry(wait) {
    if (wait === undefined && this.due) return;
    clearTimeout(this.timer);
    const delay = wait === undefined ? Math.min(10000, 1000 * 2 ** this.fails) * (0.5 + Math.random() / 2) : wait;
    this.fails += 1;
    this.due = Date.now() + delay;
    this.timer = setTimeout(() => {
      this.due = 0;
      this.socket.io.timeout(this.patience);
      if (this.socket.connected && wait !== 0) return this.check();
      // An attempt under way comes to its end; back from a loss, neither it nor a line of before is worth waiting for.
      if (this.trying && wait !== 0) return this.retry();
      this.socket.disconnect().connect();
      this.trying = true;
    }, delay);
  }

  set(link) {
    const was = this.link;
    this.link = link;
    this.changed(link, was);
  }

  wake() {
    if (this.socket.connected) this.soon();
    else this.retry(0);
  }

  updated({ room, prev, seq, html, cut, build }) {
    // The server was renewed: so is this page, not all at once.
    if (build && !document.querySelector("script[src]").src.includes(build)) {
      setTimeout(() => {
        this.old = true;
        this.renew();
      }, Math.random() * 9000);
    }
    const held = this.held[room];
    if (cut && this.had) html = cut.flatMap((one) => (one.map ? this.had.slice(...one) : one)).join("\n");
    if (held === undefined || seq === held || (seq < held && prev !== seq)) return;
    this.seq = seq;
    // Who asked for every card fetches their own page: what all are sent holds the latest.
    if (prev !== held || html === undefined || this.region.dataset.query) return this.soon();
    this.held[room] = seq;
    this.place(html);
  }

  /** Not all 150 phones at the same instant. */
  soon(wait = Math.random() * 400) {
    clearTimeout(this.fetching);
    this.fetching = setTimeout(() => this.fetch(), wait);
  }

  async fetch() {
    try {
      const answer = await this.ask(`/s/${page.code}/region/${this.region.dataset.region}?person=${page.person || ""}&track=${page.track || ""}&seq=${this.seq}&${this.region.dataset.query || ""}`, this.patience);
      if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) return this.holds ? this.set("unknown") : location.reload();
      const { rooms, html } = await answer.json();
      // What came by the line meanwhile is newer than this answer: it is asked for once more.
      this.older = !this.older && Object.keys(rooms).some((room) => rooms[room] < this.held[room]);
      if (this.older) return this.soon();
      this.held = rooms;
      this.place(html);
    } catch (error) {
      if (error.name === "AbortError") this.slow += 1;
      if (this.isReady) this.soon(2000);
    }
  }

  /** A page of before an upgrade goes once nothing would go with it. */
  renew() {
    if (this.old && !this.holds) location.reload();
  }

  place(html) {
    this.had = html.split("\n");
    const next = document.createElement("div");
    next.innerHTML = html;
    this.before(next);
    for (const { name, value } of this.region.attributes) next.setAttribute(name, value);
    morph(this.region, next);
    this.finish();
  }

  finish() {
    setClock(this.region);
    tick(this.region, words);
    this.placed();
    this.renew();
    for (const one of this.region.querySelectorAll("[data-script]")) {
      import(one.dataset.script).then((kind) => one.isConnected && kind.start(one, this)).catch(() => {});
    }
  }
}
