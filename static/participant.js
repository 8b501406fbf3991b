// The phone: what is on, what I wrote, and whether it is safe.
import { Acts, make, put } from "./acts.js";
import { fill } from "./clock.js";
import { Live, words } from "./live.js";

const banner = document.getElementById("banner");
const live = new Live({
  before: (next) => acts.before(next),
  placed: () => {
    acts.placed();
    follow();
    relabel();
  },
  changed: (link, was) => {
    if (link === "ok") acts.outbox.flush();
    if (link !== "ok") warn();
    else if (was !== "ok") welcomeBack(acts.outbox.waiting().length);
    relabel();
    acts.draw();
  },
});
const acts = new Acts(live);
let step;

/** Another step: its title, and its beginning. */
function follow() {
  const { dataset } = live.region.querySelector("main");
  if (step !== undefined && step !== dataset.step) {
    document.title = dataset.title;
    document.getElementById("say").textContent = words.step.replace("{n}", dataset.title);
    if (!live.region.querySelector("form[data-made]")) scrollTo(0, 0);
  }
  step = dataset.step;
}

/** Your network: come closer. The server: nothing to do, we try again. */
function warn() {
  const [what, then] = words[live.link];
  const wait = Math.max(1, Math.ceil((live.due - Date.now()) / 1000)) || 1;
  const look = live.link === "net" ? "lost" : "notice";
  put(banner, make("div", look + " stack near", "", make("p", "", "", make("b", "", what)), make("p", "", fill(then, wait))));
}

function welcomeBack(count) {
  put(banner);
  const told = setInterval(() => {
    if (count && live.link === "ok" && acts.outbox.waiting().length) return;
    clearInterval(told);
    if (!count || live.link !== "ok" || acts.outbox.list().length) return;
    put(banner, make("p", "notice", fill(words.back, count)));
    setTimeout(() => live.link === "ok" && put(banner), 8000);
  }, 200);
}

/** The button says what it will do. */
function relabel() {
  for (const one of live.region.querySelectorAll("[data-send]")) {
    if (one.textContent !== words.keep) one.dataset.label = one.textContent;
    one.textContent = live.link === "ok" || live.link === "unknown" ? one.dataset.label : words.keep;
  }
}

/** A shared phone changes hands once all that was written with it has left. */
document.addEventListener("submit", (event) => {
  if (!("change" in event.target.dataset) || (live.isReady && !acts.outbox.waiting().length)) return;
  event.preventDefault();
  live.region.querySelector("[data-stay]").hidden = false;
});

live.start();
