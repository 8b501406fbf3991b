// On the wall of a computer that also holds the console: a clicker or the arrows turn the slides, W hands the picture to another computer and takes it back.
const FORTH = ["ArrowRight", "PageDown"];
const BACK = ["ArrowLeft", "PageUp"];
let mark;
let wanted;

export function start(node) {
  if (!mark) addEventListener("keydown", press);
  if (!mark || !mark.isConnected || mark.dataset.slide !== wanted) wanted = node.dataset.slide;
  mark = node;
}

function press({ key, ctrlKey, metaKey, altKey }) {
  if (!mark.isConnected || ctrlKey || metaKey || altKey) return;
  const { slides, elsewhere } = mark.dataset;
  if (key === "w" || key === "W") return act("elsewhere", { on: !elsewhere });
  const to = Number(wanted) + (FORTH.includes(key) ? 1 : BACK.includes(key) ? -1 : 0);
  if (to === Number(wanted) || to < 1 || to > slides) return;
  wanted = String(to);
  act("slide", { to });
}

/** In the name of the console, whose cookie this browser may hold; where it does not, the wall only shows. */
function act(what, content) {
  const { code } = document.body.dataset;
  const activity = document.querySelector("main").dataset.step;
  const hex = (count) => [...crypto.getRandomValues(new Uint8Array(count))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const id = `${hex(4)}-${hex(2)}-4${hex(2).slice(1)}-a${hex(2).slice(1)}-${hex(6)}`;
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  fetch(`/s/${code}/act?as=console`, { method: "POST", headers, body: JSON.stringify({ id, do: what, activity, content }) }).then(
    (answer) => answer.ok || (wanted = mark.dataset.slide),
    () => (wanted = mark.dataset.slide),
  );
}
