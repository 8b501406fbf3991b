// The two colours as they are chosen: the server says what becomes of them, and a picker writes where one types.
const form = document.querySelector("[data-colours]");
const seen = form.querySelector("[data-seen]");
let asked = 0;

const show = async () => {
  const turn = ++asked;
  const values = new URLSearchParams({ colour: form.elements.colour.value, mark: form.elements.mark.value });
  const answer = await fetch(`${form.dataset.colours}?${values}`).catch(() => null);
  const html = answer?.ok ? await answer.text() : "";
  if (html && turn === asked) seen.innerHTML = html;
};

const full = (text) => (/^#?[0-9a-f]{6}$/i.test(text) ? `#${text.replace("#", "").toLowerCase()}` : "");

for (const picker of form.querySelectorAll("[data-for]")) {
  const typed = form.elements[picker.dataset.for];
  picker.hidden = false;
  picker.value = full(typed.value) || "#000000";
  picker.addEventListener("input", () => { typed.value = picker.value; show(); });
  typed.addEventListener("input", () => { if (full(typed.value)) picker.value = full(typed.value); show(); });
}
