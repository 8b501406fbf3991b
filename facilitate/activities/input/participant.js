// Notes for oneself: kept on this phone and nowhere else, found again after the step among one's cards.
const made = (tag, look, text) => {
  const node = document.createElement(tag);
  node.className = look;
  node.textContent = text;
  return node;
};

export function start(place) {
  const { notes, title, hint, full, kept } = place.dataset;
  const key = `facilitate/${document.body.dataset.code}/notes/${notes}`;
  if (place.firstChild) return;
  let said = "";
  try {
    said = localStorage.getItem(key) || "";
  } catch {}
  if (kept !== undefined && !said) return;
  const id = `notes-${notes}`;
  const label = made("label", "", title);
  const line = made("p", "quiet", hint);
  const field = made("textarea", "", "");
  label.htmlFor = field.id = id;
  line.id = `${id}-hint`;
  field.setAttribute("aria-describedby", line.id);
  field.rows = Math.min(12, 4 + said.split("\n").length);
  field.value = said;
  field.oninput = () => {
    try {
      localStorage.setItem(key, field.value);
    } catch {
      line.textContent = full;
    }
  };
  place.append(label, line, field);
}
