// The welcome desk: a press without a new page, a search as one types, and what the other desk has just pressed.
import { morph } from "./morph.js";

const { code, half, words } = document.body.dataset;
const said = JSON.parse(words);
const [list, find, show, lost] = ["list", "find", "show", "lost"].map((id) => document.getElementById(id));
let seq = Number(document.body.dataset.seq);

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();

function sift() {
  const asked = plain(find.value).split(" ");
  let seen = 0;
  for (const row of list.children) {
    row.hidden = !asked.every((word) => row.dataset.find.includes(word)) || (show.value && !row.dataset.is.split(" ").includes(show.value));
    seen += !row.hidden;
  }
  const none = document.getElementById("none");
  none.hidden = seen > 0;
  if (list.children.length) none.textContent = said.none;
}

/** A row that changed keeps its place and the focus; a new one takes its place in the order of names. */
function place(told) {
  if (told.seq < seq) return;
  seq = told.seq;
  for (const [id, html] of Object.entries(told.rows)) {
    const next = document.createElement("ol");
    next.innerHTML = html;
    const [row, old] = [next.firstElementChild, document.getElementById("p-" + id)];
    const held = old && old.contains(document.activeElement);
    if (old) old.replaceWith(row);
    else list.insertBefore(row, [...list.children].find((one) => one.dataset.find > row.dataset.find) || null);
    const button = held && row.querySelector("button");
    if (button) button.focus();
  }
  for (const row of [...list.children]) {
    const id = row.id.slice(2);
    if (told.gone.includes(id) || (told.all && !told.all.includes(id))) row.remove();
  }
  const counts = document.createElement("div");
  counts.innerHTML = told.counts;
  for (const { name, value } of document.getElementById("counts").attributes) counts.setAttribute(name, value);
  morph(document.getElementById("counts"), counts);
  sift();
}

function silent(text) {
  lost.hidden = !text;
  if (lost.textContent !== text) lost.textContent = text;
}

async function ask(address, options = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 8000);
  try {
    const answer = await fetch(address, { ...options, cache: "no-store", headers: { Accept: "application/json" }, signal: stop.signal });
    if (answer.status === 403) location.reload();
    return { ok: answer.ok, told: await answer.json() };
  } finally {
    clearTimeout(timer);
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!("press" in form.dataset)) return;
  event.preventDefault();
  const sent = new URLSearchParams(new FormData(form));
  if (event.submitter && event.submitter.name) sent.set(event.submitter.name, event.submitter.value);
  try {
    const { ok, told } = await ask(`${form.action}&since=${seq}`, { method: "POST", body: sent });
    silent(ok ? "" : told.refused || told.later);
    if (!ok) return;
    place(told);
    document.getElementById("say").textContent = said.saved.replace("{name}", told.said);
    if (form.closest(".walkin")) {
      form.reset();
      form.elements.name.focus();
    }
  } catch {
    silent(said.unsaved);
  }
});

async function follow() {
  if (!document.hidden) {
    try {
      const { ok, told } = await ask(`/reception/${code}/changes?half=${half}&since=${seq}`);
      if (ok) place(told);
      silent(ok ? "" : told.later || told.refused);
    } catch {
      silent(said.lost);
    }
  }
  setTimeout(follow, 3000);
}

find.form.addEventListener("submit", (event) => event.preventDefault());
find.addEventListener("input", sift);
show.addEventListener("change", sift);
addEventListener("pageshow", sift);
// A page asked for a part of the list by its address is told of everyone: what is searched is the whole.
if (/[?&](q|show)=./.test(location.search)) seq = 0;
sift();
follow();
