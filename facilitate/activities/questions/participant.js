// An order that is being read stays: what comes goes to the end until one asks for the new order. And who writes sees what others ask already.
const made = (tag, look, text) => {
  const node = document.createElement(tag);
  node.className = look;
  node.textContent = text;
  node.dataset.made = "";
  return node;
};
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
/** The words that say something, by their beginnings: 'financements' and 'financer' meet. */
const words = (text) => new Set((plain(text).match(/[\p{L}\d]{5,}/gu) || []).map((word) => word.slice(0, 6)));
const cards = (list) => [...list.querySelectorAll(":scope > [data-card]")];

let held = [];
let steady = null;

/** The new HTML in the order that was read; true where the server's own is another. */
function keep(next) {
  const list = next.querySelector("ol.asked");
  if (!list) return;
  const fresh = cards(list);
  const known = held.map((id) => fresh.find((one) => one.dataset.card === id)).filter(Boolean);
  const order = [...known, ...fresh.filter((one) => !held.includes(one.dataset.card))];
  list.append(...order);
  list.dataset.moved = order.some((one, at) => one !== fresh[at]) ? "1" : "";
}

export function start(list, live) {
  if (steady !== live) {
    steady = live;
    const before = live.before;
    live.before = (next) => {
      before(next);
      keep(next);
    };
  }
  held = cards(list).map((one) => one.dataset.card);
  again(list, live);
  const form = document.getElementById("question");
  const field = form && form.querySelector("textarea");
  if (field && !field.nears) {
    field.nears = true;
    field.addEventListener("input", () => near(field));
    form.addEventListener("reset", () => (form.querySelector("[data-near]").hidden = true));
  }
}

/** One asks for the new order: nothing moves before. */
function again(list, live) {
  const old = list.parentNode.querySelector("[data-again]:not(ol)");
  if (old) old.remove();
  if (!list.dataset.moved) return;
  const press = made("button", "button plain small", list.dataset.again);
  press.type = "button";
  press.dataset.again = "";
  press.onclick = () => {
    held = [];
    live.fetch();
  };
  list.before(press);
}

/** At most two questions that share words with what is being typed, each with its own button. */
function near(field) {
  const place = field.form.querySelector("[data-near]");
  const list = document.querySelector("ol.asked");
  const typed = words(field.value);
  const found = (list ? cards(list) : [])
    .map((one) => [[...words(one.querySelector(".said").textContent)].filter((word) => typed.has(word)).length, one])
    .filter(([shared, one]) => shared > 1 && one.querySelector("button[name=on]"))
    .sort((one, other) => other[0] - one[0])
    .slice(0, 2);
  place.hidden = !found.length;
  place.textContent = "";
  if (!found.length) return;
  place.append(made("p", "quiet", list.dataset.alike));
  for (const [, one] of found) {
    const button = one.querySelector("button[name=on]");
    const press = made("button", button.className, button.textContent);
    press.type = "button";
    press.onclick = () => {
      one.querySelector("button[name=on]").click();
      place.hidden = true;
    };
    place.append(made("p", "said", one.querySelector(".said").textContent), press);
  }
}
