// Dots by − and +: each press shows at once and sends the whole ballot, as the form without script does. Numbers stay in the form's own fields.
const SOON = 400; // ms: quick presses leave as one ballot

const made = (tag, look, text) => {
  const node = document.createElement(tag);
  node.className = look;
  node.textContent = text;
  node.dataset.made = "";
  return node;
};
let sending = 0;
let send = () => {};

/** Whoever puts the phone away at once has voted all the same. */
function leave() {
  if (sending) send();
}
addEventListener("pagehide", leave);
document.addEventListener("visibilitychange", () => document.hidden && leave());

export function start(list) {
  const form = list.closest("form");
  const foot = document.querySelector(".below");
  const fields = [...list.querySelectorAll("input[type=number]")];
  const left = () => list.dataset.dots - fields.reduce((sum, one) => sum + Number(one.value), 0);
  const hint = foot.querySelector("[data-hint]");

  send = () => {
    clearTimeout(sending);
    sending = 0;
    if (form.isConnected) foot.querySelector("[data-send]").click();
  };

  const give = (field, by) => {
    const value = Number(field.value) + by;
    if (value < 0) return;
    if (by > 0 && value > list.dataset.most) return void (hint.textContent = list.dataset.full);
    if (by > 0 && left() < 1) return void (hint.textContent = list.dataset.spent);
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    hint.textContent = hint.dataset.hint;
    draw();
    clearTimeout(sending);
    sending = setTimeout(send, SOON);
  };

  const draw = () => {
    for (const field of fields) {
      const { less, output, more } = field.pressed;
      output.textContent = field.value;
      less.setAttribute("aria-disabled", field.value < 1);
      more.setAttribute("aria-disabled", Number(field.value) >= list.dataset.most || left() < 1);
      const dots = field.closest(".card").querySelector(".dots");
      if (dots) {
        dots.textContent = "●".repeat(field.value);
        dots.append(made("i", "", "○".repeat(Math.max(0, list.dataset.most - field.value))));
      }
    }
    foot.querySelector("[data-left]").textContent = left();
  };

  for (const field of fields) {
    field.style.display = "none";
    if (field.pressed) continue;
    const said = document.getElementById("said-" + field.name.split(".").pop()).textContent;
    const press = (sign, label, by) => {
      const button = made("button", "button second", sign);
      button.type = "button";
      button.setAttribute("aria-label", `${label} ${said}`);
      button.onclick = () => give(button.field, by);
      return button;
    };
    field.pressed = { less: press("−", list.dataset.less, -1), output: made("output", "", field.value), more: press("+", list.dataset.more, 1) };
    for (const button of [field.pressed.less, field.pressed.more]) button.field = field;
    field.after(...Object.values(field.pressed));
  }
  foot.querySelector("[data-send]").style.display = "none";
  if (hint.textContent !== list.dataset.full && hint.textContent !== list.dataset.spent) hint.textContent = hint.dataset.hint;
  draw();
}
