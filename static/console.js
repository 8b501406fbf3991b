// The console: drives, and says since when it is cut off.
import { Acts, make, press, put } from "./acts.js";
import { hourNow } from "./clock.js";
import { Live, words } from "./live.js";

const banner = document.getElementById("banner");
const live = new Live({
  before: (next) => acts.before(next),
  placed: () => {
    acts.placed();
    mirror();
    follow();
  },
  changed: (link, was) => {
    const off = link !== "ok";
    if (!off) acts.outbox.flush();
    if (off === (was !== "ok")) return;
    document.documentElement.classList.toggle("off", off);
    for (const one of live.region.querySelectorAll(".desk button")) {
      if (off) one.dataset.was = one.getAttribute("aria-disabled");
      one.setAttribute("aria-disabled", off || one.dataset.was === "true");
    }
    put(banner);
    if (!off) return;
    const since = make("b", "", words.cut.replace("{hour}", hourNow(document.documentElement.lang)));
    const text = make("p", "", "", since, " " + words.dated);
    banner.append(make("div", "lost row", "", text, press(words.retry, "second small", () => live.retry(0))));
  },
});
const acts = new Acts(live);

/** Another step: the running order shows it, without moving anything else. */
function follow() {
  const line = live.region.querySelector(".agenda [aria-current]");
  const { step } = live.region.querySelector("main").dataset;
  if (!line || follow.step === step) return;
  follow.step = step;
  const list = line.closest("nav");
  const past = line.getBoundingClientRect().top - list.getBoundingClientRect().top;
  if (past < 0 || past > list.clientHeight * 0.6) list.scrollTop += past - list.clientHeight / 4;
}

/** What a phone shows, in its own tree: its ids and styles stay its own. */
function mirror() {
  const sent = live.region.querySelector("[data-mirror]");
  const place = live.region.querySelector("[data-mirror-here]");
  if (!sent || !place) return;
  if (!place.shadowRoot) {
    place.className = "mirror";
    place.setAttribute("inert", "");
    place.setAttribute("aria-hidden", "true");
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = document.body.dataset.phone;
    const phone = make("div", "phone", "");
    const screen = make("div", "screen", "");
    phone.setAttribute("part", "phone");
    screen.setAttribute("part", "screen");
    phone.append(screen);
    place.attachShadow({ mode: "open" }).append(style, phone);
  }
  const screen = place.shadowRoot.querySelector(".screen");
  if (screen.dataset.html === sent.innerHTML) return;
  screen.dataset.html = sent.innerHTML;
  screen.innerHTML = sent.innerHTML;
  for (const one of screen.querySelectorAll("a, button, input, select, textarea, summary")) one.tabIndex = -1;
}

live.start();
