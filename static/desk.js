// The staff's pages: what someone notes for themselves stays on their own phone.

addEventListener("input", ({ target }) => {
  if (!target.dataset.keep) return;
  try {
    localStorage.setItem(kept(target), target.value);
  } catch {
    document.getElementById(target.getAttribute("aria-describedby")).textContent = target.dataset.full;
  }
});

const kept = (field) => `facilitate/${document.body.dataset.code}/keep/${field.dataset.keep}`;

for (const field of document.querySelectorAll("[data-keep]")) {
  try {
    field.value = localStorage.getItem(kept(field)) || "";
  } catch {
    // Nothing can be read back: the first word typed says that none is kept.
  }
}
