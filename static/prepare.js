// Preparing a day: what is typed goes to the server, which answers with the hours that follow, what is wrong, and how the room sees it.
import { morph } from "./morph.js";

const region = document.getElementById("region");
const sheet = () => region.querySelector("[data-sheet]");
const DELAY = 450;
let waiting = 0;
let checking = false;
let touched = false;
let turn = Promise.resolve();

document.documentElement.classList.add("scripted");

/** One gesture after the other: none is lost, and each is sent with all that was typed until then. */
function ask(gesture) {
  clearTimeout(waiting);
  if (gesture === "check" && checking) return turn;
  checking = gesture === "check";
  turn = turn.then(() => send(gesture));
  return turn;
}

async function send(gesture) {
  checking = false;
  const form = sheet();
  const told = form.querySelector("[data-status]");
  const body = new URLSearchParams(new FormData(form));
  body.set("do", gesture);
  try {
    const answer = await (await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } })).json();
    if (!answer.html) throw new Error(answer.refused || answer.later);
    const shown = form.elements.shown.value;
    place(answer.html);
    touched = !answer.saved;
    if (shown !== body.get("shown")) look(region.querySelector(`[data-row="${shown}"]`));
    follow(gesture);
  } catch (error) {
    told.textContent = error instanceof TypeError || error instanceof SyntaxError ? document.body.dataset.unsent : error.message;
  }
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

// The others leave this page: they go as any form does.
const gestures = /^(check|save|add|(up|down|remove|back|add|look):.*)$/;

region.addEventListener("input", (event) => {
  if (event.target.tagName !== "SELECT") later();
});
region.addEventListener("change", (event) => {
  if (event.target.tagName === "SELECT") ask("check");
  touched = true;
});
region.addEventListener("submit", (event) => {
  const pressed = event.submitter;
  if (pressed && pressed.hasAttribute("formtarget")) return;
  const gesture = pressed && pressed.name === "do" ? pressed.value : "check";
  if (gestures.test(gesture)) {
    event.preventDefault();
    if (!pressed || pressed.getAttribute("aria-disabled") !== "true") ask(gesture);
  } else touched = false;
});

/** A new step is written at once; one that moved, and what needs an answer, come under the eye. */
function follow(gesture) {
  const [what, key] = gesture.split(":");
  const current = region.querySelector(".steps [aria-current]");
  const notice = region.querySelector("[data-key=theirs]");
  if (what === "save" && notice) notice.querySelector("button").focus();
  if (what === "add" && current) {
    current.querySelector(".name input").focus();
    current.querySelector("details").open = true;
  }
  const row = key && region.querySelector(`[data-row="${key}"]`);
  if (row && what === "remove") row.querySelector("button").focus();
  if (row && what === "back") row.querySelector(".name input").focus();
  if (row && ["up", "down"].includes(what)) row.scrollIntoView({ block: "nearest" });
}

/** This step is the one that phone and wall show. */
function look(row) {
  const shown = sheet().elements.shown;
  if (!row || row.classList.contains("gone") || (shown.value === row.dataset.row && row.hasAttribute("aria-current"))) return;
  shown.value = row.dataset.row;
  for (const one of region.querySelectorAll(".steps [aria-current]")) one.removeAttribute("aria-current");
  row.setAttribute("aria-current", "step");
  clearTimeout(waiting);
  waiting = setTimeout(() => ask("check"), DELAY);
}

region.addEventListener("focusin", (event) => look(event.target.closest("[data-row]")));

region.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    event.preventDefault();
    ask("save");
    return;
  }
  const row = event.target.closest("[data-row]");
  const what = { ArrowUp: "up", ArrowDown: "down" }[event.key];
  if (!row || !what || !event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  ask(`${what}:${row.dataset.row}`);
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
  if (touched) event.returnValue = ""; // what older browsers wait for
  if (touched) event.preventDefault();
});
fit();
