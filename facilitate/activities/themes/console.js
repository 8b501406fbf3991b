// The board by hand: drag a card by mouse or by its grip, take it with Enter and the arrows; whatever is done goes through the board's own form.
const NEAR = 60; // px from an edge where the page scrolls along
const FAR = 6; // px before a press becomes a drag
const SOON = 500; // ms: several moves ask for suggestions once

let board;
let held = null; // { ids, zone, node } while cards are taken by keyboard
let drag = null; // { ids, x, y, ghost, over } while they are dragged
let dropped = false; // the click that ends a drag ticks nothing
let next = null; // { id, moved, zone }: which card takes the focus once the one that was moved stands in its zone
let waiting = 0;
let stamp = null;

const form = () => document.getElementById("board");
const ticks = () => [...board.querySelectorAll(".card input[form=board]")];
const zones = () => [...board.querySelectorAll("[data-zone]")];
const boxOf = (id) => ticks().find((one) => one.value === id);

export function start(node) {
  if (!board) {
    document.addEventListener("pointerdown", down);
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", up);
    document.addEventListener("pointercancel", drop);
    document.addEventListener("click", (event) => dropped && (event.preventDefault(), event.stopPropagation()), true);
    document.addEventListener("keydown", key);
    document.addEventListener("submit", sent);
  }
  board = node;
  if (held) hold();
  const gone = next && boxOf(next.moved);
  if (gone && gone.closest("[data-zone]").dataset.zone === next.zone) {
    if (boxOf(next.id) && [document.body, gone].includes(document.activeElement)) boxOf(next.id).focus();
    next = null;
  }
  if (stamp !== node.dataset.stamp) {
    stamp = node.dataset.stamp;
    clearTimeout(waiting);
    waiting = setTimeout(suggest, waiting ? SOON : 0);
  } else under();
}

/** Those that go: every ticked card if this one is among them, else this one. */
function chosen(id) {
  const ticked = ticks().filter((one) => one.checked).map((one) => one.value);
  return ticked.includes(id) ? ticked : [id];
}

function tell(text) {
  const told = board.querySelector(".told");
  if (told.textContent !== text) told.textContent = text;
}

/** The board's form, filled and sent as by hand. */
function place(ids, zone) {
  const there = zones().find((one) => one.dataset.zone === zone);
  const order = ticks().map((one) => one.value);
  const id = order.slice(order.indexOf(ids[ids.length - 1]) + 1).concat(order).find((one) => !ids.includes(one));
  next = { id, moved: ids[0], zone };
  for (const one of ticks()) one.checked = ids.includes(one.value);
  form().elements["content.theme"].value = zone;
  form().querySelector("button[value=place]").click();
  tell(board.dataset.down.replace("{theme}", there.dataset.said));
}

/** Sent: nothing is ticked any more. */
function sent({ target }) {
  if (target !== form()) return;
  const keep = !target.checkValidity();
  setTimeout(() => {
    if (keep) return;
    for (const one of ticks()) one.checked = false;
    target.elements["content.name"].value = "";
  });
}

// Dragging

function down(event) {
  const card = board.isConnected && event.target.closest("[data-zone] .card");
  if (!card || event.button || event.target.closest("button, a, summary, input, details")) return;
  if (event.pointerType !== "mouse" && !event.target.closest(".grip")) return;
  drag = { ids: chosen(card.dataset.card), text: card.querySelector(".said").textContent, x: event.clientX, y: event.clientY };
}

function move(event) {
  if (!drag) return;
  if (!drag.ghost) {
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR) return;
    drag.ghost = document.createElement("p");
    drag.ghost.className = "ghost";
    drag.ghost.textContent = drag.ids.length > 1 ? board.dataset.many.replace("{n}", drag.ids.length) : drag.text;
    document.body.append(drag.ghost);
  }
  event.preventDefault();
  drag.ghost.style.transform = `translate(${event.clientX + 12}px, ${event.clientY + 12}px)`;
  const under = document.elementFromPoint(event.clientX, event.clientY);
  const over = under && under.closest("[data-zone]");
  for (const one of zones()) one.toggleAttribute("data-over", one === over);
  drag.over = over;
  const page = board.closest(".desk > section");
  const { top, bottom } = page.getBoundingClientRect();
  if (event.clientY < top + NEAR) page.scrollTop -= 20;
  else if (event.clientY > bottom - NEAR) page.scrollTop += 20;
}

function up() {
  const { ghost, over, ids } = drag || {};
  drop();
  dropped = Boolean(ghost);
  setTimeout(() => {
    dropped = false;
    if (ghost && over && ids.some((id) => !boxOf(id) || boxOf(id).closest("[data-zone]") !== over)) place(ids, over.dataset.zone);
  });
}

function drop() {
  if (!drag) return;
  if (drag.ghost) drag.ghost.remove();
  for (const one of zones()) one.removeAttribute("data-over");
  drag = null;
}

// Keys

function key(event) {
  const box = event.target.closest && event.target.closest(".board .card input[form=board]");
  if (!box || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!held) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const from = box.closest("[data-zone]").dataset.zone;
    const others = zones().map((one) => one.dataset.zone);
    held = { ids: chosen(box.value), zone: others.find((one) => one !== from) || from, at: box.value };
    return hold();
  }
  const all = zones().map((one) => one.dataset.zone);
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (by) held.zone = all[(all.indexOf(held.zone) + by + all.length) % all.length];
  else if (event.key !== "Enter" && event.key !== "Escape") return;
  event.preventDefault();
  if (by) return hold();
  const { ids, zone } = held;
  release();
  if (event.key === "Enter") place(ids, zone);
  else tell("");
}

/** What is taken, and where it would land. */
function hold() {
  const zone = zones().find((one) => one.dataset.zone === held.zone);
  if (!zone || !held.ids.every(boxOf)) return release();
  const { ids } = held;
  release();
  held = { ids, zone: zone.dataset.zone };
  for (const id of ids) boxOf(id).closest(".card").classList.add("held");
  const here = document.createElement("li");
  here.className = "drop quiet";
  here.dataset.made = "";
  here.textContent = board.dataset.drop;
  zone.querySelector("ol").prepend(here);
  zone.scrollIntoView({ block: "nearest" });
  tell(board.dataset.taken.replace("{theme}", zone.dataset.said));
}

function release() {
  for (const one of board.querySelectorAll(".held")) one.classList.remove("held");
  for (const one of board.querySelectorAll(".drop")) one.remove();
  held = null;
}

// Suggestions

async function suggest() {
  waiting = 1;
  const box = board.querySelector("[data-suggested]");
  try {
    const answer = await fetch(board.dataset.from, { cache: "no-store", headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { html } = await answer.json();
    if (box.isConnected && !box.contains(document.activeElement)) box.innerHTML = html;
    else if (box.isConnected) {
      box.innerHTML = html;
      const first = box.querySelector("button, summary");
      if (first) first.focus();
    }
    under();
  } catch {
    // Cut off: the next change asks again.
    stamp = null;
  }
}

/** What is suggested of a card waits under it, of several in the theme where they might go. */
function under() {
  for (const one of board.querySelectorAll(".card > .saying, .suggests")) one.remove();
  for (const part of board.querySelectorAll("[data-to]")) {
    part.hidden = true;
    const there = zones().find((one) => one.dataset.zone === part.dataset.to);
    const all = part.querySelector(".row form");
    if (there && all) {
      const box = document.createElement("div");
      box.className = "suggests";
      box.dataset.made = "";
      box.append(all.cloneNode(true));
      there.querySelector("ol").before(box);
    }
    for (const row of part.querySelectorAll("[data-for]")) {
      const box = boxOf(row.dataset.for);
      if (box) box.closest(".card").append(row.querySelector(".saying").cloneNode(true));
    }
  }
}
