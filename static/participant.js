// The phone: what is on, what I wrote, and whether it is safe.
import { Acts, make } from "./acts.js";
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
    if (was !== "ok" && link === "ok" && away) welcomeBack(acts.outbox.waiting().length);
    away = link !== "ok";
    warn();
    relabel();
    acts.draw();
  },
});
const acts = new Acts(live);
let away = false;
let step;

/** Another step: its title, and its beginning. */
function follow() {
  const main = live.region.querySelector("main");
  if (!main || main.dataset.step === step) return;
  if (step !== undefined) {
    document.title = main.dataset.title;
    document.getElementById("say").textContent = words.step.replace("{n}", main.dataset.title);
    if (!main.querySelector("form[data-made]")) scrollTo(0, 0);
  }
  step = main.dataset.step;
}

/** Your network: come closer. The server: nothing to do, we try again. */
function warn() {
  banner.replaceChildren();
  if (live.link === "ok") return;
  const [what, then] = words[live.link];
  const box = make("div", (live.link === "net" ? "lost" : "notice") + " stack near", "");
  const bold = make("p", "", "");
  bold.append(make("b", "", what));
  box.append(bold, make("p", "", fill(then, Math.max(1, Math.ceil((live.due - Date.now()) / 1000)))));
  banner.append(box);
}

function welcomeBack(count) {
  if (!count) return;
  const flushed = setInterval(() => {
    if (live.link !== "ok" || acts.outbox.list().some((one) => one.refused)) return clearInterval(flushed);
    if (acts.outbox.waiting().length) return;
    clearInterval(flushed);
    banner.replaceChildren(make("p", "notice", fill(words.back, count)));
    setTimeout(() => live.link === "ok" && banner.replaceChildren(), 8000);
  }, 200);
}

/** The button says what it will do. */
function relabel() {
  for (const one of live.region.querySelectorAll("[data-send]")) {
    if (live.link === "ok") one.textContent = one.dataset.label || one.textContent;
    else if (one.textContent !== words.keep) {
      one.dataset.label = one.textContent;
      one.textContent = words.keep;
    }
  }
}

live.start();
