// The wall: cards take the next free place and nothing moves; a full wall turns its page when asked; cut off, it keeps what it shows.
import { fill, hourNow } from "./clock.js";
import { Live, words } from "./live.js";

const root = document.documentElement;
const banner = document.getElementById("banner");
const own = { page: 1, asked: "", step: null, scene: null, zoom: 1, shape: "" };
const spots = new Map();
const shown = new Set();
class Wall extends Live {
  /** What brings the whole picture needs none of those before it: one of them may have been left out, on a line that is slow. */
  updated(told) {
    super.updated(told.html ? { ...told, prev: this.held[told.room] } : told);
  }

  /** A wall that has more to show than it can draw shows the last of it: it stays behind by one picture, never by all of them. */
  place(html) {
    this.latest = html;
    this.drawing ??= setTimeout(() => {
      this.drawing = null;
      super.place(this.latest);
    });
  }
}

const live = new Wall({
  // What was chosen for a picture stands while it does: taken off by the next HTML and put back, it would have every card laid out twice,
  // as would a card that comes among the others before it has its place.
  before: (next) => {
    if (!next.querySelector("[data-flow]")) return;
    for (const card of next.querySelectorAll("[data-flow] > [data-card]")) card.style.position = "absolute";
    for (const [place, name] of [["main", "many"], [".foot", "paged"]]) next.querySelector(place)?.classList.toggle(name, Boolean(live.region.querySelector(`${place}.${name}`)));
  },
  placed: arrange,
  changed: (link, was) => {
    if ((link === "ok") === (was === "ok")) return;
    banner.textContent = "";
    if (link === "ok") return;
    const box = document.createElement("div");
    box.className = "lost row";
    box.innerHTML = "<p><b></b> <span></span></p><p></p>";
    box.querySelector("b").textContent = words.news.replace("{hour}", hourNow(root.lang));
    box.querySelector("span").textContent = words.stale;
    box.lastChild.textContent = words.again;
    banner.append(box);
  },
});

function arrange() {
  const main = live.region.querySelector("main");
  const asked = main.dataset.page || "1";
  const flows = [...main.querySelectorAll("[data-flow]")];
  root.classList.toggle("night", "night" in main.dataset || /night=1/.test(location.search));
  root.style.setProperty("--wall-zoom", (main.dataset.zoom || 100) / 100 * own.zoom);
  main.classList.remove("tight");
  if (main.scrollHeight > main.clientHeight + 1) main.classList.add("tight");
  if (main.classList.contains("alone")) fit(main.firstElementChild);
  // A slide is as large as its words allow.
  if (main.classList.contains("slide")) ["", "full", "dense"].find((name) => (main.className = "slide " + name) && main.scrollHeight <= main.clientHeight + 1);
  if (own.asked !== asked) own.page = Number(own.asked = asked);
  const scene = [main.dataset.step, ...flows.map((one) => one.dataset.scene)].join();
  const first = own.scene !== scene && (flows.length || own.step !== main.dataset.step);
  if (first) {
    Object.assign(own, { scene, step: main.dataset.step });
    own.page = Number(asked);
    shown.clear();
    spots.clear();
  }
  // Chosen once for a step, by the signs to show and by the people who will write: changing it later would move every card.
  if (first || own.shape !== shape()) own.many = main.textContent.length > 700 || main.querySelectorAll(".card").length > 8 || main.querySelector("[data-crowd]");
  if (flows.length) main.classList.toggle("many", Boolean(own.many));
  for (const foot of live.region.querySelectorAll(".foot")) foot.classList.toggle("paged", flows.length > 0);
  if (own.shape !== shape()) {
    own.shape = shape();
    spots.clear();
  }
  const { side, turns } = columns(main, flows.length);
  // Where columns take turns, so do pages: the first of each, then the second of each. None moves when another grows.
  const pageOf = (spot) => (spot.page - 1) * turns + Math.floor(spot.flow / side) + 1;
  const pages = Math.max(1, ...flows.map((flow, index) => pageOf({ flow: index, page: layOut(flow, index) || 1 })));
  own.page = Math.min(own.page, pages);
  if (turns > 1) [...main.children].forEach((one, index) => (one.style.visibility = Math.floor(index / side) === (own.page - 1) % turns ? "" : "hidden"));
  let unseen = 0;
  for (const card of main.querySelectorAll("[data-flow] > [data-card]")) {
    const spot = spots.get(card.dataset.card);
    const page = pageOf(spot);
    card.style.visibility = page === own.page ? "" : "hidden";
    if (page > own.page && !spot.read) unseen += 1;
    if (page === own.page) spot.read = true;
    if (!shown.has(card.dataset.card) && !first) {
      card.dataset.new = "";
      setTimeout(() => card.removeAttribute("data-new"), 30000);
    }
    shown.add(card.dataset.card);
  }
  const line = live.region.querySelector("[data-pages]");
  if (line) line.textContent = pages < 2 ? "" : fill(words.page, own.page).replace("{of}", pages) + (unseen ? " · " + fill(words.more, unseen) : "");
}

const shape = () => `${innerWidth} ${innerHeight} ${root.style.getPropertyValue("--wall-zoom")}`;

/** How many columns stand side by side, and how many times they take turns: a small picture holds two, the others come on the next page. */
function columns(main, count) {
  main.style.gridTemplateColumns = "";
  if (!main.classList.contains("columns")) return { side: Infinity, turns: 1 };
  const side = Math.min(count, Number(getComputedStyle(main).getPropertyValue("--side")));
  main.style.gridTemplateColumns = `repeat(${side}, minmax(0, 1fr))`;
  [...main.children].forEach((one, index) => Object.assign(one.style, { gridArea: `1 / ${(index % side) + 1}`, visibility: "" }));
  return { side, turns: Math.ceil(count / side) };
}

/** Places the cards of one flow; answers how many pages it takes. A card taken away leaves its place free until the next step. */
function layOut(flow, index, again) {
  const style = getComputedStyle(flow);
  const columns = Number(style.getPropertyValue("--flow")) || 1;
  const gap = parseFloat(style.columnGap) || 0;
  const width = (flow.clientWidth - gap * (columns - 1)) / columns;
  const lead = parseFloat(style.paddingTop);
  const room = flow.clientHeight - lead;
  const pages = [];
  const cards = [...flow.children].filter((one) => one.dataset.card);
  const below = cards.length ? parseFloat(getComputedStyle(cards[0]).paddingBottom) : 0;
  flow.style.columns = "auto";
  const feet = (page) => (pages[page - 1] = pages[page - 1] || new Array(columns).fill(0));
  const tall = (card, span) => {
    // A picture takes the first of two columns, the words the second.
    card.classList.toggle("two", span > 1 && Boolean(card.querySelector("figure")));
    Object.assign(card.style, { position: "absolute", inlineSize: `${width * span + gap * (span - 1)}px` });
    card.querySelector(".said").style.webkitLineClamp = "";
    return card.offsetHeight;
  };
  const put = (card, spot) => {
    const foot = feet(spot.page);
    const over = foot.slice(spot.column, spot.column + spot.span);
    const top = Math.max(...over);
    if (card) {
      spot.height = tall(card, spot.span);
      Object.assign(card.style, { top: `${top + lead}px`, left: `${spot.column * (width + gap)}px` });
      if (top === 0 && spot.height - below > room) shorten(card, spot.height - below - room);
    }
    foot.fill(top + spot.height, spot.column, spot.column + spot.span);
    return top + spot.height - below <= room + 1 || top === 0;
  };
  const known = new Map(cards.map((card) => [card.dataset.card, card]));
  let fits = true;
  for (const [key, spot] of spots) if (spot.flow === index) fits = put(known.get(key), spot) && fits;
  if (!fits && !again) {
    // A card that grew while it was read: this once, the flow is laid out anew.
    for (const [key, spot] of [...spots]) if (spot.flow === index) spots.delete(key);
    return layOut(flow, index, true);
  }
  for (const card of cards) {
    if (spots.has(card.dataset.card)) continue;
    let span = 1;
    let height = tall(card, 1);
    if (columns > 1 && height > room * 0.6) height = tall(card, (span = 2));
    const spot = { flow: index, span, height, page: 0, column: 0 };
    for (let page = 1; !spot.page; page += 1) {
      const foot = feet(page);
      let [best, at] = [Infinity, 0];
      for (let column = 0; column + span <= columns; column += 1) {
        const top = Math.max(...foot.slice(column, column + span));
        if (top < best) [best, at] = [top, column];
      }
      if (best + height - below <= room || best === 0) Object.assign(spot, { page, column: at });
    }
    spots.set(card.dataset.card, spot);
    put(card, spot);
  }
  return pages.length;
}

/** A card taller than the picture ends on a whole line and '…': it is read whole when shown alone. */
function shorten(card, over) {
  const said = card.querySelector(".said");
  said.style.webkitLineClamp = Math.max(1, Math.floor((said.offsetHeight - over) / parseFloat(getComputedStyle(said).lineHeight)));
}

/** One card alone, very large; the last fields of a long one are left to the phones, and it is said. */
function fit(article) {
  const isTall = () => article.offsetHeight > article.parentNode.clientHeight;
  const look = (name) => (article.className = "stack wide " + name);
  const fields = [...article.querySelectorAll(".part")];
  for (const one of fields) one.style.display = "";
  ["", "long", "longer"].find((name) => look(name) && !isTall());
  live.region.querySelector("[data-rest]").hidden = !isTall() || fields.length < 2;
  while (isTall() && fields.length > 1) fields.pop().style.display = "none";
  if (isTall()) look("longest");
}

function turn(by) {
  own.page = Math.max(1, own.page + by);
  arrange();
}

/** Q: the ways in, at any moment; again, or Escape, and the step is back. */
function waysIn(show) {
  const open = document.getElementById("ways");
  if (open) open.remove();
  live.region.hidden = !open && show;
  if (!live.region.hidden) return arrange();
  const ways = document.createElement("div");
  ways.id = "ways";
  ways.append(document.getElementById("ways-in").content.cloneNode(true));
  live.region.after(ways);
}

addEventListener("keydown", ({ key, ctrlKey, metaKey }) => {
  if (ctrlKey || metaKey) return;
  if (key === "q" || key === "Q") waysIn(true);
  else if (key === "Escape") waysIn(false);
  else if (key === "ArrowRight" || key === "PageDown") turn(1);
  else if (key === "ArrowLeft" || key === "PageUp") turn(-1);
  else if (key === "+" || key === "-") {
    own.zoom = Math.min(1.9, Math.max(0.7, own.zoom + (key === "+" ? 0.1 : -0.1)));
    arrange();
  }
});
let resized;
addEventListener("resize", () => {
  clearTimeout(resized);
  resized = setTimeout(() => (arrange(), tellWindow()), 150);
});

/** Who gets the room ready is told whether the picture is large enough to be read from the back. */
function tellWindow() {
  const [width, height] = [innerWidth, innerHeight];
  const told = { width, height, screen: [screen.width, screen.height] };
  fetch(`/w/${document.body.dataset.code}/window`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(told) }).catch(() => {});
}

// The address that people are given has changed: it stands in the whole page.
live.socket.on("reload", () => location.reload());
tellWindow();
live.start();
