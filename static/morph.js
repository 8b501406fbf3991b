// Owns placing new HTML over old without disturbing anyone: what is alike stays the same node, so that typed words, focus, caret, scroll and open folds remain.
// The script's own: nodes marked data-made are not touched, nodes marked data-own keep their inside.

const OURS = new Set(["open", "style", "data-new", "data-typed", "data-sent", "data-label"]);

export function morph(old, next) {
  if (old.nodeType !== 1) {
    if (old.nodeValue !== next.nodeValue) old.nodeValue = next.nodeValue;
    return;
  }
  if (old.hasAttribute("data-own")) return;
  // A note being written stays beside the step that was on when it was begun.
  if (old.nodeName === "OPTION" && old.dataset.key && old.form && "typed" in old.form.dataset) return;
  morphAttributes(old, next);
  if (old.nodeName === "TEMPLATE") {
    if (old.innerHTML !== next.innerHTML) old.innerHTML = next.innerHTML;
  } else morphChildren(old, next);
}

// A form's own ``id`` would be its field of that name.
const keyOf = (node) => (node.nodeType === 1 ? node.dataset.draft || node.dataset.card || node.dataset.key || node.getAttribute("id") || "" : "");
const isMade = (node) => node.nodeType === 1 && node.hasAttribute("data-made");

function morphAttributes(old, next) {
  // Who writes goes on from what they saw when they began: the version they edit, the step still open.
  if ((old.name === "base" || old.name === "seen") && old.form && "typed" in old.form.dataset) {
    old.dataset.latest = next.value;
    return;
  }
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name) && !OURS.has(name)) old.removeAttribute(name);
  for (const { name, value } of next.attributes) if (!OURS.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
}

function morphChildren(old, next) {
  const left = [...old.childNodes].filter((one) => !isMade(one));
  const pairs = [...next.childNodes].map((node) => {
    const at = left.findIndex((one) => one.nodeName === node.nodeName && keyOf(one) === keyOf(node));
    return [node, at < 0 ? null : left.splice(at, 1)[0]];
  });
  for (const one of left) one.remove();
  let at = old.firstChild;
  for (const [node, same] of pairs) {
    while (at && isMade(at)) at = at.nextSibling;
    if (!same) old.insertBefore(node, at);
    else {
      if (same === at) at = at.nextSibling;
      else old.insertBefore(same, at);
      morph(same, node);
    }
  }
}
