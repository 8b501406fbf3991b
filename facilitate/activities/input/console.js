// The console of an input: a PDF is sent while the day goes on; the arrows turn the slides, W gives the wall to another computer and takes it back.
const FIELDS = "input, textarea, select";
let box;

export function start(node) {
  if (!box) {
    addEventListener("keydown", press);
    document.addEventListener("submit", send);
  }
  box = node;
}

function press(event) {
  const { key, ctrlKey, metaKey, altKey, target } = event;
  if (!box.isConnected || ctrlKey || metaKey || altKey || (target.closest && target.closest(FIELDS))) return;
  const at = { w: ["[data-elsewhere]", 0], ArrowLeft: ["[data-turn]", 0], PageUp: ["[data-turn]", 0], ArrowRight: ["[data-turn]", 1], PageDown: ["[data-turn]", 1] }[key.length === 1 ? key.toLowerCase() : key];
  const button = at && box.querySelectorAll(`${at[0]} button`)[at[1]];
  if (!button) return;
  event.preventDefault();
  if (button.getAttribute("aria-disabled") !== "true") button.click();
}

async function send(event) {
  const form = event.target;
  if (!("upload" in form.dataset)) return;
  event.preventDefault();
  const told = form.querySelector("[data-told]");
  const words = box.dataset;
  if (form.dataset.busy) return;
  if (form.elements.file.files[0].size > words.most * 1e6) return void (told.textContent = words.heavy);
  form.dataset.busy = "1";
  told.textContent = words.busy;
  try {
    const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: new FormData(form) });
    const { refused, later } = await answer.json();
    told.textContent = refused || later || words.taken;
    if (!answer.ok) return;
    form.elements.file.value = "";
    form.closest("details").open = false;
  } catch {
    told.textContent = words.lost;
  } finally {
    delete form.dataset.busy;
  }
}
