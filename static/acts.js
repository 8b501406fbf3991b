// Owns forms that are acts: sent through the outbox, their drafts kept, their state told in words.
import { fillForm, isTouched, overBy, readForm, saidIn, toAct } from "./form.js";
import { Outbox, Store } from "./outbox.js";
import { fill } from "./clock.js";
import { words } from "./live.js";

// What is answered sooner than this was never waiting.
const SOON = 800;

export class Acts {
  constructor(live) {
    const { code, audience, person = "" } = document.body.dataset;
    this.live = live;
    live.acts = this;
    this.store = new Store(`facilitate/${code}/${audience}/${person}`);
    this.outbox = new Outbox(this.store, (act) => live.send(act), () => live.isReady, (entry, answer) => this.answered(entry, answer));
    document.addEventListener("click", (event) => (this.pressed = event.target.closest("button")));
    document.addEventListener("submit", (event) => "act" in event.target.dataset && this.submit(event, event.target));
    for (const change of ["input", "change"]) document.addEventListener(change, (event) => this.typed(event.target));
    addEventListener("storage", () => {
      this.draw();
      // What another tab wrote leaves from here, should that one be gone.
      if (!this.outbox.later) this.outbox.rest(9000);
    });
  }

  submit(event, form) {
    event.preventDefault();
    const pressed = this.pressed && this.pressed.form === form ? this.pressed : form;
    // A console that is cut off: what it does holds for now, not for later.
    if (pressed.getAttribute("aria-disabled") === "true") return;
    const long = [...form.elements].find((one) => one.dataset.limit && overBy(one) > 0);
    this.complain(form, long && fill(words.notsent, overBy(long)), long);
    if (long) return this.point(long);
    const pairs = readForm(form, pressed);
    const act = toAct(pairs);
    this.outbox.post(act, { pairs, draft: form.dataset.draft, said: saidIn(form) || pressed.textContent.trim() });
    this.clear(form, act.do === "post" || act.do === "note");
    setTimeout(() => this.draw(), SOON + 100);
  }

  /** A new card starts blank, signed or anonymous as the last one was; anything else keeps what it shows until the server answers. */
  clear(form, blank) {
    this.store.drop("draft/" + form.dataset.draft);
    delete form.dataset.typed;
    if ("made" in form.dataset) return form.remove();
    if (blank) {
      const chosen = [...form.elements].filter((one) => one.type === "radio" && one.checked);
      form.reset();
      for (const one of chosen) one.checked = true;
      this.count(form);
    } else form.dataset.sent = "";
    const fold = form.closest("details.edit, details.why");
    if (fold) {
      fold.open = false;
      fold.firstElementChild.focus();
    }
  }

  typed({ form }) {
    if (!form || !form.dataset.draft) return;
    this.count(form);
    delete form.dataset.sent;
    const key = "draft/" + form.dataset.draft;
    if (isTouched(form)) {
      form.dataset.typed = "";
      this.store.set(key, { draft: form.dataset.draft, pairs: readForm(form), said: saidIn(form) });
    } else {
      delete form.dataset.typed;
      this.store.drop(key);
    }
    if (this.store.memory.size && !this.warned) this.complain(form, (this.warned = words.nostore));
  }

  count(form) {
    for (const one of form.elements) {
      const counter = one.dataset.limit && document.getElementById(one.id + "-room");
      if (!counter) continue;
      const over = overBy(one);
      counter.textContent = over > 0 ? fill(words.over, over) : fill(words.left, -over);
      counter.classList.toggle("over", over > 0);
      if (over > 0) one.setAttribute("aria-invalid", "true");
      else one.removeAttribute("aria-invalid");
    }
  }

  complain(form, text, field) {
    const old = form.querySelector("[role=alert]");
    if (old) old.remove();
    if (!text) return;
    const notice = make("p", "notice", text);
    notice.setAttribute("role", "alert");
    if (field) field.parentNode.after(notice);
    else form.append(notice);
  }

  /** The field, then what is said of it, are brought into view. */
  point(field) {
    const fold = field.closest("details");
    if (fold) fold.open = true;
    field.focus({ preventScroll: true });
    for (const one of [field.parentNode, field.parentNode.nextSibling]) one.scrollIntoView({ block: "nearest" });
  }

  form(draft) {
    return [...this.live.region.querySelectorAll("form[data-draft]")].find((one) => one.dataset.draft === draft);
  }

  /** Before new HTML: a form someone is writing in, which the new one no longer has, stays on top and can be sent. */
  before(next) {
    const coming = [...next.querySelectorAll("form[data-draft]")].map((one) => one.dataset.draft);
    for (const form of this.live.region.querySelectorAll("form[data-typed]")) {
      const made = "made" in form.dataset;
      if (!coming.includes(form.dataset.draft)) made || (saidIn(form) && this.keep(form, coming));
      else if (made) form.remove();
    }
  }

  keep(form, coming) {
    const [step] = form.dataset.draft.split(":");
    const open = coming.some((one) => one.split(":")[0] === step); // it is what one answered that went
    const focus = form.contains(document.activeElement) && document.activeElement;
    const { selectionStart, selectionEnd } = focus;
    form.dataset.made = "";
    form.prepend(make("p", "notice", open ? words.taken : words.gone));
    if (!form.querySelector("button")) form.append(make("button", "button", words.send));
    form.append(press(words.drop, "plain", () => this.clear(form)));
    this.live.region.querySelector("main").prepend(form);
    if (focus) focus.focus();
    if (selectionEnd) focus.setSelectionRange(selectionStart, selectionEnd);
  }

  /** After new HTML: drafts back in their forms, counters and states as they are. */
  placed() {
    const waiting = this.outbox.waiting().map((one) => one.draft);
    for (const form of this.live.region.querySelectorAll("form[data-draft]")) {
      if ("sent" in form.dataset && !waiting.includes(form.dataset.draft)) {
        delete form.dataset.sent;
        form.reset();
      }
      const draft = !("typed" in form.dataset) && this.store.get("draft/" + form.dataset.draft);
      if (draft) this.restore(form, draft.pairs);
      this.count(form);
    }
    this.draw();
    this.show();
  }

  /** What one has just sent is seen by its author, wherever the page stood; unless the next is being written already. */
  show() {
    const card = this.sent && this.live.region.querySelector(`.phone [data-card="${this.sent}"]`);
    if (!card) return;
    this.sent = "";
    if (!this.live.region.querySelector("form[data-typed]")) card.scrollIntoView({ block: "nearest" });
  }

  restore(form, pairs) {
    fillForm(form, pairs);
    this.typed({ form });
  }

  answered(entry, { refused, code, seq } = {}) {
    const form = refused && this.form(entry.draft);
    if (form && entry.said && !("typed" in form.dataset)) return this.takeUp({ ...entry, refused, code }, form);
    this.wrote = this.wrote || seq;
    if (seq && entry.act.do === "post") this.sent = entry.act.id;
    this.draw();
    this.show();
  }

  takeUp(entry, form) {
    const { base } = form.elements;
    // Told that someone was faster, who sends again has seen what they wrote.
    if (entry.code === "stale" && base && base.dataset.latest) base.value = base.dataset.latest;
    this.restore(form, entry.pairs);
    this.complain(form, entry.refused);
    // A form that only ticks or chooses has closed its fold: why it was refused is seen.
    const fold = form.closest("details");
    if (fold) fold.open = true;
    this.outbox.drop(entry);
  }

  /** What waits, what was refused, what was begun: each with its words and what can be done. */
  draw() {
    const { link, region } = this.live;
    const all = this.outbox.list();
    const isLate = (one) => !one.refused && (link !== "ok" || one.n < Date.now() - SOON);
    // What the server shows already has lost its answer alone.
    const isThere = (one) => region.querySelector(`[data-card="${one.act.id}"]`);
    const rows = all.filter((one) => one.refused || (isLate(one) && !isThere(one))).map((one) => this.row(one));
    if (region.dataset.region === "now") rows.push(...this.begun());
    for (const list of region.querySelectorAll("[data-outbox]")) put(list, ...rows);
    const line = region.querySelector("[data-state]");
    if (!line) return;
    let [text, look] = [this.wrote ? words.saved : this.live.socket.connected ? words.connected : line.textContent, "saved"];
    if (all.some((one) => one.refused)) [text, look] = [words.look, "refused"];
    if (link !== "ok") [text, look] = [link === "net" ? words.absent : words.silent, "waiting"];
    if (all.some(isLate)) [text, look] = [fill(words.waiting, this.outbox.waiting().length), "waiting"];
    if (link === "unknown") [text, look] = [words.look, "refused"];
    if (line.textContent !== text) line.textContent = text;
    line.className = "state " + look;
  }

  row(entry) {
    if (!entry.refused) return row(entry.said, "waiting", this.fate(entry));
    const form = this.form(entry.draft);
    const again = form ? [press(words.take, "second small", () => this.takeUp(entry, form))] : [];
    return row(entry.said, "refused", words.refused.replace("{why}", entry.refused), ...again, press(words.drop, "plain small", () => this.outbox.drop(entry)));
  }

  /** What becomes of something that waits. */
  fate({ act }) {
    if (this.live.link === "unknown") return words.unknown[0];
    if (this.store.memory.has("out/" + act.id)) return words.nostore;
    return (this.live.link === "ok" && this.outbox.later) || words.waits;
  }

  /** Drafts whose form is gone, after a reload say. */
  begun() {
    const gone = this.store.all("draft/").filter((one) => one.said && !this.form(one.draft) && toAct(one.pairs).do === "post");
    return gone.map((one) => {
      const drop = () => {
        this.store.drop("draft/" + one.draft);
        this.draw();
      };
      const send = () => {
        this.outbox.post(toAct(one.pairs), one);
        drop();
      };
      return row(one.said, "", words.draft, press(words.send, "second small", send), press(words.drop, "plain small", drop));
    });
  }
}

/** Chrome 85 has no replaceChildren. */
export function put(node, ...inside) {
  node.textContent = "";
  node.append(...inside);
}

/** A node of the script's own, which new HTML leaves alone. */
export function make(tag, look, text, ...inside) {
  const node = document.createElement(tag);
  node.className = look;
  node.textContent = text;
  node.dataset.made = "";
  node.append(...inside);
  return node;
}

export function press(label, look, act) {
  const node = make("button", "button " + look, label);
  node.type = "button";
  node.onclick = act;
  return node;
}

function row(said, look, state, ...actions) {
  return make("li", "card", "", make("p", "said", said), make("p", "state " + look, state), make("p", "wrap", "", ...actions));
}
