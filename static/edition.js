// Editing a report: what is typed is kept on this computer at once, and saved a moment after; what colleagues save is told, and overwrites nothing.
import { morph } from "./morph.js";
import { Store, uuid } from "./outbox.js";

const { code } = document.body.dataset;
const said = JSON.parse(document.body.dataset.words);
const region = document.getElementById("region");
const frame = document.getElementById("preview");
const lost = document.getElementById("lost");
const say = document.getElementById("say");
const drafts = new Store(`edition/${code}/`);
const DELAY = 1200;
const EACH = 5000;
const QUIET = 20000;
const own = new Set();
let seq = Number(document.body.dataset.seq);
let heard = seq;
let shown = 0;
let placed = seq;
let asked = 0;

document.documentElement.classList.add("scripted");

const here = () => `/s/${code}/edition${location.search}`;
const forms = () => [...region.querySelectorAll("form[data-text]")];
const field = (form) => form.elements.text;

async function ask(address, options = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 15000);
  try {
    const answer = await fetch(address, { ...options, cache: "no-store", headers: { Accept: "application/json", ...options.headers }, signal: stop.signal });
    if (answer.status === 401 || answer.status === 403) location.reload();
    return answer.status === 304 ? null : await answer.json();
  } finally {
    clearTimeout(timer);
  }
}

/** New HTML over old: what is being typed stays, with the version and the numbers it was begun from. ``saved`` is the text that was just
 * taken, and ``more`` says that it was typed on meanwhile: then its version is the new one, its numbers are still those it was typed with. */
function place(told, saved = null, more = false) {
  placed = Math.max(placed, told.seq);
  const held = forms().filter((form) => touched(form)).map((form) => ({ form, base: form.elements.base.value, numbers: form.elements.numbers.value, state: [form.querySelector("[data-state]").className, form.querySelector("[data-state]").textContent] }));
  if (saved) delete saved.dataset.typed; // its version is the new one
  const on = document.activeElement;
  const scrolled = [...region.children].map((one) => one.scrollTop);
  const next = document.createElement("div");
  next.id = "region";
  next.innerHTML = told.html;
  morph(region, next);
  for (const form of forms()) {
    const mine = held.find((one) => one.form === form);
    if (mine && (form !== saved || more)) {
      form.elements.numbers.value = mine.numbers;
      if (form !== saved) {
        form.elements.base.value = mine.base;
        stateOf(form, mine.state[1], mine.state[0].replace("state", "").trim());
      }
      form.dataset.typed = "";
    } else if (!("conflict" in form.dataset)) settle(form, form === saved);
  }
  [...region.children].forEach((one, n) => (one.scrollTop = scrolled[n] || 0));
  if (on && on !== document.activeElement && region.contains(on)) on.focus({ preventScroll: true });
}

/** A text that nobody is typing shows what is kept; under the caret, blanks that the server took off stay until one leaves. */
function settle(form, saved) {
  const one = field(form);
  delete form.dataset.typed;
  if (saved) form.kept = one.defaultValue;
  if (one.value === one.defaultValue || (one === document.activeElement && form.kept === one.defaultValue)) return;
  const caret = one.selectionEnd;
  one.value = one.defaultValue;
  if (one === document.activeElement) one.setSelectionRange(caret, caret);
}

function silent(text) {
  lost.hidden = !text;
  if (lost.textContent !== text) lost.textContent = text;
}

// What is written

const stateOf = (form, text, look = "") => {
  const line = form.querySelector("[data-state]");
  line.className = `state ${look}`;
  if (line.textContent !== text) line.textContent = text;
};

const touched = (form) => "typed" in form.dataset;

function typed(form) {
  form.dataset.typed = "";
  const { base, numbers } = form.elements;
  drafts.set(form.dataset.text, { key: form.dataset.text, text: field(form).value, base: base.value, numbers: numbers.value });
  stateOf(form, said.typing, "waiting");
  if ("conflict" in form.dataset) return;
  clearTimeout(form.later);
  form.later = setTimeout(() => save(form), DELAY);
}

/** One at a time for each text: what was typed meanwhile leaves after. */
async function save(form, forced = false) {
  clearTimeout(form.later);
  if (form.busy || (!touched(form) && !forced)) return;
  form.busy = true;
  const { base, numbers, id } = form.elements;
  const [key, value] = [form.dataset.text, field(form).value];
  const sent = JSON.stringify([value, base.value, numbers.value]);
  if (form.sent !== sent) id.value = uuid();
  form.sent = sent;
  own.add(id.value);
  stateOf(form, said.saving, "waiting");
  const body = new URLSearchParams(new FormData(form));
  body.set("do", "write");
  const told = await ask(here(), { method: "POST", body }).catch(() => ({ later: said.offline }));
  form.busy = false;
  if (told.later) {
    stateOf(form, said.offline, "refused");
    form.fails = (form.fails || 0) + 1;
    form.later = setTimeout(() => save(form), Math.min(30000, 1000 * 2 ** form.fails));
    return;
  }
  form.fails = 0;
  delete form.dataset.own;
  if (!form.isConnected) {
    if (!told.refused) drafts.drop(key);
    return;
  }
  if (told.refused) {
    // Both texts are shown; nothing comes over this form until one has chosen.
    if (told.html) place(told, form, told.code !== "stale");
    if (told.code === "stale") {
      form.dataset.typed = form.dataset.own = "";
    }
    stateOf(form, told.code === "stale" ? said.choose : told.refused, "refused");
    say.textContent = told.refused;
    return;
  }
  delete form.dataset.conflict;
  const more = field(form).value !== value;
  if (!more) {
    drafts.drop(key);
    delete form.dataset.typed;
  }
  const late = told.seq < placed;
  place(told, form, more);
  news(told);
  if (late) look(here());
  if (more) typed(form);
  else say.textContent = said.saved;
}

/** Where the mark of a card goes: the text one wrote in last. */
let writing = "synthesis";

function cite(number) {
  const form = document.getElementById(writing) || document.getElementById("synthesis");
  const one = field(form);
  const at = one.selectionEnd;
  const before = one.value.slice(0, at);
  const mark = `${before && !/\s$/.test(before) ? " " : ""}[${number}]`;
  one.setRangeText(mark, at, at, "end");
  say.textContent = said.cited.replace("{number}", number);
  typed(form);
}

region.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-text]");
  if (form) typed(form);
  else if (event.target.closest("[data-find]")) sift();
  else if (event.target.form && event.target.form.elements.base) event.target.form.dataset.typed = "";
});
region.addEventListener("focusin", (event) => {
  const form = event.target.closest("form[data-text]");
  // A form's own ``id`` would be its field of that name.
  const name = form && form.getAttribute("id");
  if (name && name !== "title" && event.target === field(form)) writing = name;
});
region.addEventListener("focusout", (event) => {
  const form = event.target.closest("form[data-text]");
  if (form && touched(form) && !("conflict" in form.dataset)) save(form);
});
region.addEventListener("keydown", (event) => {
  const form = event.target.closest("form[data-text]");
  if (!form || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
  event.preventDefault();
  save(form, true);
});

// Gestures

region.addEventListener("submit", async (event) => {
  const [form, pressed] = [event.target, event.submitter];
  if ("find" in form.dataset) {
    event.preventDefault();
    return sift(0);
  }
  if (pressed && "cite" in pressed.dataset) {
    event.preventDefault();
    return cite(pressed.value);
  }
  if ("text" in form.dataset) {
    event.preventDefault();
    if (pressed && pressed.value === "write off") {
      field(form).value = "";
      typed(form);
    }
    return save(form, true);
  }
  if (!("press" in form.dataset)) return;
  event.preventDefault();
  if (!pressed || pressed.getAttribute("aria-disabled") !== "true") press(form, pressed);
});

async function press(form, pressed) {
  const body = new URLSearchParams(new FormData(form));
  if (pressed && pressed.name) body.set(pressed.name, pressed.value);
  own.add(body.get("id"));
  const row = form.closest("[data-key]");
  try {
    const told = await ask(here(), { method: "POST", body });
    silent(told.later || "");
    if (told.later) return;
    delete form.dataset.typed;
    if (told.html) place(told);
    say.textContent = told.refused || said.saved;
    if (told.refused) return;
    news(told);
    const back = row && row.dataset.key && region.querySelector(`[data-key="${CSS.escape(row.dataset.key)}"]`);
    // A card that left the list: the keyboard stays where it was.
    if (!document.activeElement || document.activeElement === document.body) (back && (back.querySelector("button:not([aria-disabled=true])") || back) || document.getElementById("list") || region).focus();
  } catch {
    silent(said.lost);
  }
}

region.addEventListener("change", (event) => {
  const form = event.target.closest("form");
  if (form && "now" in form.dataset) press(form);
});

region.addEventListener("click", (event) => {
  const link = event.target.closest("a, [data-join]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0) return;
  if ("join" in link.dataset) {
    const form = link.closest("form");
    field(form).value = `${field(form).value.trimEnd()}\n\n${form.querySelector("[data-theirs]").textContent}`.trimStart();
    return typed(form);
  }
  if ("keepTheirs" in link.dataset) {
    event.preventDefault();
    const form = link.closest("form");
    drafts.drop(form.dataset.text);
    for (const name of ["conflict", "typed", "own"]) delete form.dataset[name];
    return look(here());
  }
  if ("see" in link.dataset && see(link.dataset.see)) event.preventDefault();
  if (!link.classList.contains("go")) return;
  event.preventDefault();
  go(link.href);
});

async function go(address, push = true) {
  forms().filter((form) => touched(form) && !("conflict" in form.dataset)).forEach((form) => save(form));
  const url = new URL(address, location.href);
  try {
    const told = await ask(`${url.pathname}${url.search}`);
    if (!told.html) throw told;
    asked += 1;
    if (push) history.pushState(null, "", url);
    const section = url.searchParams.get("section") || "";
    const other = !document.getElementById("text") || document.getElementById("text").dataset.key !== `of-${section}`;
    place(told);
    news(told);
    restore();
    const to = document.getElementById(url.hash.slice(1) || "text");
    if (to) {
      if (other) [document.getElementById("text"), to].forEach((one) => (one.scrollTop = 0));
      to.focus({ preventScroll: matchMedia("(min-width: 78rem)").matches && to.id === "text" });
    }
    if (other) see(section);
  } catch {
    location.href = address;
  }
}

addEventListener("popstate", () => go(location.href, false));

let sifting = 0;

function sift(delay = 250) {
  clearTimeout(sifting);
  sifting = setTimeout(() => {
    const form = region.querySelector("[data-find]");
    const query = new URLSearchParams([...new FormData(form)].filter(([name, value]) => value || name === "section"));
    history.replaceState(null, "", `?${query}`);
    look(here());
  }, delay);
}

/** The region as it is now; the last one asked for is the one that is shown. */
async function look(address) {
  const turn = ++asked;
  try {
    const told = await ask(address);
    // What was asked for before the last gesture comes too late.
    if (turn === asked && told.html && told.seq >= placed) place(told);
    silent("");
  } catch {
    silent(said.lost);
  }
}

// The document

const inside = () => frame.contentDocument && frame.contentDocument.body;

function see(anchor) {
  const found = inside() && frame.contentDocument.getElementById(anchor);
  if (inside()) frame.contentWindow.scrollTo(0, found ? found.getBoundingClientRect().top + frame.contentWindow.scrollY - 12 : 0);
  return Boolean(found);
}

let showing = false;
let stale = false;

/** The document as it stands, where it was being read. */
async function show() {
  if (showing) return void (stale = true);
  showing = true;
  try {
    const answer = await fetch(frame.src.split("#")[0], { cache: "no-store" });
    // Its style is there already, and would be refused to this page, which has another.
    const html = (await answer.text()).replace(/<style>[^]*?<\/style>/, "");
    if (answer.ok && inside()) morph(frame.contentDocument.body, new DOMParser().parseFromString(html, "text/html").body);
  } catch {
    // It is asked for again with the next news.
  }
  showing = false;
  if (stale) {
    stale = false;
    show();
  }
}

// A link of the document leads out of it: not within this frame.
function opened() {
  see(new URLSearchParams(location.search).get("section") || "");
  frame.contentDocument.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    open(link.href, "_blank", "noopener");
  });
}

frame.addEventListener("load", opened);
if (inside() && frame.contentDocument.readyState === "complete" && frame.contentDocument.location.href !== "about:blank") opened();

// Colleagues

function news(told) {
  if (told.seq <= seq) return;
  seq = told.seq;
  show();
}

function tell(lines) {
  const notice = document.getElementById("colleague");
  if (!lines.length || !notice) return;
  notice.hidden = false;
  notice.textContent = `${said.colleague} ${lines.slice(-3).map((one) => one.text).join(" · ")}`;
}

async function follow() {
  if (!document.hidden) {
    try {
      const told = await ask(`/s/${code}/edition/state.json?since=${heard}`, { headers: { "If-None-Match": `W/"${heard}"` } });
      silent("");
      const others = told ? told.said.filter((one) => !own.has(one.id)) : [];
      if (told) heard = Math.max(heard, told.seq);
      // What the room goes on writing may wait a little: a colleague's words do not.
      if (heard > seq && (others.length || Date.now() - shown > QUIET)) {
        shown = Date.now();
        await look(here());
        news({ seq: heard });
      }
      tell(others);
      forms().filter((form) => form.fails && touched(form)).forEach((form) => save(form));
    } catch {
      silent(said.lost);
    }
  }
  setTimeout(follow, EACH);
}

/** What this computer kept and could not send comes back, and leaves again: over the version it was begun from. */
function restore() {
  for (const form of forms()) {
    const kept = drafts.get(form.dataset.text);
    if (!kept || touched(form) || "conflict" in form.dataset) continue;
    if (kept.text === field(form).value) {
      drafts.drop(form.dataset.text);
      continue;
    }
    field(form).value = kept.text;
    form.elements.base.value = kept.base;
    form.elements.numbers.value = kept.numbers;
    say.textContent = said.again;
    typed(form);
  }
}

addEventListener("beforeunload", (event) => {
  if (!forms().some(touched)) return;
  event.preventDefault();
  event.returnValue = ""; // what older browsers wait for
});
restore();
setTimeout(follow, EACH);
