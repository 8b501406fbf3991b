// Owns forms that are acts: sent through the outbox, their drafts kept, their state told in words.
import { fillForm, isTouched, overBy, readForm, saidIn, toAct } from "./form.js";
import { Outbox, Store } from "./outbox.js";
import { fill } from "./clock.js";
import { words } from "./live.js";

export class Acts {
  constructor(live) {
    const { code, audience } = document.body.dataset;
    this.live = live;
    this.store = new Store(`facilitate/${code}/${audience}/`);
    this.outbox = new Outbox(this.store, (act) => live.send(act), () => live.isReady, (entry, answer) => this.answered(entry, answer));
    document.addEventListener("click", (event) => (this.pressed = event.target.closest("button")));
    document.addEventListener("submit", (event) => event.target.matches("[data-act]") && this.submit(event));
    document.addEventListener("input", (event) => this.typed(event.target));
    document.addEventListener("change", (event) => this.typed(event.target));
    addEventListener("storage", () => this.draw());
  }

  submit(event) {
    event.preventDefault();
    const form = event.target;
    const long = [...form.elements].find((one) => one.dataset.limit && overBy(one) > 0);
    if (long) {
      this.complain(form, fill(words.notsent, overBy(long)), long.closest(".field"));
      return long.focus();
    }
    if (document.body.dataset.audience === "console" && !this.live.isReady) return;
    const pressed = this.pressed && this.pressed.form === form ? this.pressed : null;
    const pairs = readForm(form, pressed);
    const act = toAct(pairs);
    this.complain(form);
    this.outbox.post(act, { pairs, draft: form.dataset.draft, said: saidIn(form) || (pressed ? pressed.textContent.trim() : "") });
    this.clear(form, act.do === "post");
    setTimeout(() => this.draw(), 900);
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
    } else form.dataset.sent = "";
    for (const one of form.elements) this.count(one);
    const fold = form.closest("details.edit, details.why");
    if (fold) {
      fold.open = false;
      fold.querySelector("summary").focus();
    }
  }

  typed(one) {
    const form = one.form;
    if (!form || !form.dataset.draft) return;
    this.count(one);
    delete form.dataset.sent;
    const key = "draft/" + form.dataset.draft;
    if (isTouched(form)) {
      form.dataset.typed = "";
      this.store.set(key, { key: form.dataset.draft, pairs: readForm(form), said: saidIn(form) });
    } else {
      delete form.dataset.typed;
      this.store.drop(key);
    }
    if (this.store.memory.size && !this.warned) {
      this.warned = true;
      this.complain(form, words.nostore);
    }
  }

  count(one) {
    const counter = one.dataset.limit && document.getElementById(one.id + "-room");
    if (!counter) return;
    const over = overBy(one);
    counter.textContent = over > 0 ? fill(words.over, over) : fill(words.left, -over);
    counter.classList.toggle("over", over > 0);
    if (over > 0) one.setAttribute("aria-invalid", "true");
    else one.removeAttribute("aria-invalid");
  }

  complain(form, text, near) {
    const old = form.querySelector("[data-complaint]");
    if (old) old.remove();
    if (!text) return;
    const notice = make("p", "notice", text);
    notice.dataset.complaint = "";
    notice.setAttribute("role", "alert");
    if (near) near.after(notice);
    else form.append(notice);
  }

  form(draft) {
    return draft && [...this.live.region.querySelectorAll("form[data-draft]")].find((one) => one.dataset.draft === draft);
  }

  /** Before new HTML: a form someone is writing in, which the new one no longer has, stays on top and can be sent. */
  before(next) {
    const coming = new Set([...next.querySelectorAll("form[data-draft]")].map((one) => one.dataset.draft));
    const main = this.live.region.querySelector("main");
    for (const form of this.live.region.querySelectorAll("form[data-typed]")) {
      if (coming.has(form.dataset.draft)) {
        if ("made" in form.dataset) form.remove();
      } else if (!("made" in form.dataset) && saidIn(form)) this.keep(form, main);
    }
  }

  keep(form, main) {
    const focus = form.contains(document.activeElement) ? document.activeElement : null;
    const caret = focus && [focus.selectionStart, focus.selectionEnd];
    form.dataset.made = "";
    main.prepend(form);
    form.prepend(make("p", "notice", words.gone));
    if (!form.querySelector("button:not([type])")) form.append(make("button", "button", words.send));
    const drop = make("button", "button plain", words.drop);
    drop.type = "button";
    drop.onclick = () => this.clear(form);
    form.append(drop);
    if (!focus) return;
    focus.focus();
    if (caret[0] !== null) focus.setSelectionRange(...caret);
  }

  /** After new HTML: drafts back in their forms, counters and states as they are. */
  placed() {
    const waiting = new Set(this.outbox.waiting().map((one) => one.draft));
    for (const form of this.live.region.querySelectorAll("form[data-draft]")) {
      if ("sent" in form.dataset && !waiting.has(form.dataset.draft)) {
        delete form.dataset.sent;
        form.reset();
      }
      const draft = !("typed" in form.dataset) && this.store.get("draft/" + form.dataset.draft);
      if (draft) this.restore(form, draft.pairs);
      for (const one of form.elements) this.count(one);
    }
    this.outbox.saved = [];
    this.draw();
  }

  restore(form, pairs) {
    fillForm(form, pairs);
    if (isTouched(form)) form.dataset.typed = "";
    for (const one of form.elements) this.count(one);
  }

  answered(entry, answer) {
    if (entry && answer.refused) {
      const form = this.form(entry.draft);
      if (form && entry.said && !("typed" in form.dataset)) return this.takeUp({ ...entry, ...answer }, form);
    }
    if (entry && answer.seq) {
      this.wrote = true;
      // The update that shows it normally comes first; should it be lost, fetch.
      setTimeout(() => Object.values(this.live.held).some((seq) => seq >= answer.seq) || this.live.soon(), 1500);
    }
    this.draw();
  }

  takeUp(entry, form) {
    this.restore(form, entry.pairs);
    this.typed(form.elements[0]);
    this.complain(form, entry.refused);
    this.outbox.drop(entry);
  }

  /** What waits, what was refused, what was begun: each with its words and what can be done. */
  draw() {
    const lists = this.live.region.querySelectorAll("[data-outbox]");
    const young = this.live.link === "ok" ? Date.now() - 800 : Infinity;
    const rows = this.outbox.list().filter((one) => one.refused || one.n < young).map((one) => this.row(one));
    rows.push(...this.outbox.saved.filter((one) => one.draft).map((one) => row(one.said, "saved", words.saved)), ...this.begun());
    for (const list of lists) list.replaceChildren(...rows);
    this.tell();
  }

  row(entry) {
    if (!entry.refused) return row(entry.said, "waiting", words.waits);
    const form = this.form(entry.draft);
    return row(entry.said, "refused", words.refused.replace("{why}", entry.refused), [
      form && [words.take, () => this.takeUp(entry, form)],
      [words.drop, () => this.outbox.drop(entry)],
    ]);
  }

  /** Drafts whose form is gone, after a reload say. */
  begun() {
    if (this.live.region.dataset.region !== "now") return [];
    return this.store.all("draft/").filter((one) => one.said && !this.form(one.key)).map((one) => {
      const act = toAct(one.pairs);
      const drop = () => {
        this.store.drop("draft/" + one.key);
        this.draw();
      };
      return act.do === "edit" ? "" : row(one.said, "", words.draft, [
        [words.send, () => { this.outbox.post(act, { ...one, draft: one.key }); drop(); }],
        [words.drop, drop],
      ]);
    });
  }

  /** The one line that says how things stand. */
  tell() {
    const line = this.live.region.querySelector("[data-state]");
    const { link } = this.live;
    const all = this.outbox.list();
    const waiting = all.filter((one) => !one.refused).length;
    let [text, look] = this.wrote ? [words.saved, "saved"] : [words.connected, "saved"];
    if (all.length > waiting) [text, look] = [words.look, "refused"];
    if (waiting && (link !== "ok" || all.some((one) => !one.refused && one.n < Date.now() - 800))) [text, look] = [fill(words.waiting, waiting), "waiting"];
    else if (link !== "ok") [text, look] = [link === "net" ? words.absent : words.silent, "waiting"];
    if (line && line.textContent !== text) line.textContent = text;
    if (line) line.className = "state " + look;
  }
}

export function make(tag, look, text) {
  const node = document.createElement(tag);
  node.className = look;
  node.textContent = text;
  node.dataset.made = "";
  return node;
}

function row(said, look, state, actions = []) {
  const item = document.createElement("li");
  item.className = "card";
  if (said) item.append(make("p", "said", said));
  item.append(make("p", "state " + look, state));
  const tools = make("p", "tools", "");
  for (const [label, act] of actions.filter(Boolean)) {
    const press = make("button", "button second small", label);
    press.type = "button";
    press.onclick = act;
    tools.append(press);
  }
  if (tools.firstChild) item.append(tools);
  return item;
}
