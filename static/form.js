// Owns what a form says: names like content.a.b nest, names ending in [] make lists, by the same rule as the server.

export function readForm(form, pressed) {
  const ticks = new Set();
  for (const one of form.elements) if (one.type === "checkbox" && !one.name.endsWith("[]")) ticks.add(one.name);
  // A file goes its own way.
  const pairs = [...new FormData(form)].filter(([, value]) => value.trim).map(([name, value]) => [name, ticks.has(name) || value]);
  if (pressed && pressed.name) pairs.push([pressed.name, pressed.value]);
  return pairs;
}

export function toAct(pairs) {
  const act = {};
  for (const [name, value] of pairs) {
    const path = name.replace("[]", "").split(".");
    const last = path.pop();
    let at = act;
    for (const step of path) at = at[step] = at[step] || {};
    if (name.endsWith("[]")) (at[last] = at[last] || []).push(value);
    else at[last] = value;
  }
  return act;
}

const isText = (one) => one.type === "textarea" || one.type === "text";

/** Every text in it. */
export function saidIn(form) {
  return [...form.elements].map((one) => (isText(one) ? one.value.trim() : "")).filter(Boolean).join("\n");
}

/** The choice a list opened with: the one it marks, else the first. */
const isChosen = (one) => one.selectedIndex !== Math.max(0, [...one.options].findIndex((each) => each.defaultSelected));

export function isTouched(form) {
  return [...form.elements].some((one) => (one.options ? isChosen(one) : isText(one) || one.type === "number" ? one.value !== one.defaultValue : one.checked !== one.defaultChecked));
}

/** Puts what was kept back into a form; hidden fields stay the page's own. */
export function fillForm(form, pairs) {
  const left = [...pairs];
  for (const one of form.elements) {
    if (!one.name) continue;
    const ticked = one.type === "checkbox" || one.type === "radio";
    const at = left.findIndex(([name, value]) => name === one.name && (!ticked || value === true || value === one.value));
    if (one.type === "hidden") at >= 0 && left.splice(at, 1);
    else if (ticked) one.checked = at >= 0;
    else if (at >= 0) one.value = left.splice(at, 1)[0][1];
    const fold = (one.options ? isChosen(one) : isText(one) && one.value) && one.closest("details");
    if (fold) fold.open = true;
  }
}

/** Signs too many, counted as the server does; negative while there is room. */
export function overBy(one) {
  return [...one.value.replace(/\r\n?/g, "\n").normalize().trim()].length - one.dataset.limit;
}
