// Preparing a day: what is typed goes to the server, which answers with the hours that follow, what is wrong, and how the room sees it.
import { morph } from "./morph.js";

const region = document.getElementById("region");
const sheet = () => region.querySelector("[data-sheet]");
const DELAY = 450;
let asked = 0;
let waiting = 0;
let touched = false;

document.documentElement.classList.add("scripted");

/** Sends the whole page with one gesture; the answer takes its place, unless a later one was asked meanwhile. */
async function ask(gesture) {
  clearTimeout(waiting);
  const form = sheet();
  const mine = (asked += 1);
  const body = new URLSearchParams(new FormData(form));
  body.set("do", gesture);
  let answer;
  try {
    answer = await (await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } })).json();
  } catch {
    form.querySelector("[data-status]").textContent = document.body.dataset.unsent;
    return;
  }
  if (mine !== asked) return;
  if (!answer.html) {
    form.querySelector("[data-status]").textContent = answer.refused || answer.later;
    return;
  }
  place(answer.html);
  touched = !answer.saved;
}

function place(html) {
  const next = document.createElement("div");
  next.innerHTML = html;
  const on = document.activeElement;
  const caret = on && "selectionStart" in on ? [on.selectionStart, on.selectionEnd] : null;
  // The answer is the page as it was sent: what was typed since stays, as everywhere.
  [...region.childNodes].length === next.childNodes.length ? [...next.childNodes].forEach((one, n) => morph(region.childNodes[n], one)) : region.replaceChildren(...next.childNodes);
  if (on && on !== document.activeElement && region.contains(on)) {
    on.focus({ preventScroll: true });
    if (caret && caret[0] !== null) on.setSelectionRange(...caret);
  }
  fit();
}

/** A slide is as large as its words allow, on the small wall too. */
function fit() {
  for (const frame of region.querySelectorAll("iframe")) {
    frame.onload = () => {
      const main = frame.contentDocument.querySelector("main.slide");
      if (main) ["", "full", "dense"].find((name) => (main.className = "slide " + name) && main.scrollHeight <= main.clientHeight + 1);
    };
    if (frame.contentDocument && frame.contentDocument.readyState === "complete") frame.onload();
  }
}

function later() {
  touched = true;
  clearTimeout(waiting);
  waiting = setTimeout(() => ask("check"), DELAY);
}

const gestures = /^(check|add|(up|down|remove|back|add|look):.*)$/;

region.addEventListener("input", (event) => {
  if (event.target.tagName !== "SELECT") later();
});
region.addEventListener("change", (event) => {
  if (event.target.tagName === "SELECT") ask("check");
  touched = true;
});
region.addEventListener("submit", (event) => {
  const pressed = event.submitter;
  const gesture = pressed && pressed.name === "do" ? pressed.value : "check";
  if (pressed && pressed.getAttribute("aria-disabled") === "true") return event.preventDefault();
  if (gestures.test(gesture) || gesture === "save") {
    event.preventDefault();
    ask(gesture).then(() => follow(gesture));
  } else touched = false;
});

/** A new step is written at once; one that moved stays under the eye. */
function follow(gesture) {
  const [what, key] = gesture.split(":");
  const current = region.querySelector(".steps [aria-current]");
  if (what === "add" && current) {
    current.querySelector(".name input").focus();
    current.querySelector("details").open = true;
  } else if (["up", "down"].includes(what) && key) {
    const row = region.querySelector(`[data-row="${key}"]`);
    if (row) row.scrollIntoView({ block: "nearest" });
  }
}

region.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-row]");
  const shown = sheet().elements.shown;
  if (!row || row.classList.contains("gone") || shown.value === row.dataset.row) return;
  shown.value = row.dataset.row;
  for (const one of region.querySelectorAll(".steps [aria-current]")) one.removeAttribute("aria-current");
  row.setAttribute("aria-current", "step");
  clearTimeout(waiting);
  waiting = setTimeout(() => ask("check"), DELAY);
});

region.addEventListener("keydown", (event) => {
  const row = event.target.closest("[data-row]");
  const what = { ArrowUp: "up", ArrowDown: "down" }[event.key];
  if (!row || !what || !event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  ask(`${what}:${row.dataset.row}`).then(() => follow(`${what}:${row.dataset.row}`));
});

/** A step held by its handle goes where the hand goes. */
region.addEventListener("pointerdown", (event) => {
  const hold = event.target.closest("[data-hold]");
  if (!hold || event.button > 0) return;
  event.preventDefault();
  const row = hold.closest("[data-row]");
  const list = row.parentElement;
  row.classList.add("held");
  const move = (at) => {
    const others = [...list.children].filter((one) => one !== row);
    const under = others.find((one) => at.clientY < one.getBoundingClientRect().top + one.offsetHeight / 2) || null;
    if (under !== row.nextElementSibling) list.insertBefore(row, under);
  };
  const end = () => {
    row.classList.remove("held");
    removeEventListener("pointermove", move);
    sheet().elements.shown.value = row.dataset.row;
    ask("check");
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", end, { once: true });
});

addEventListener("beforeunload", (event) => {
  if (touched) event.preventDefault();
});
fit();
