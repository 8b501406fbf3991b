// The staff's pages: what someone notes for themselves stays on their own phone.

addEventListener("input", ({ target }) => {
  if (!target.dataset.keep) return;
  try {
    localStorage.setItem(kept(target), target.value);
  } catch {
    // A phone that keeps nothing: the text stays on the page.
  }
});

const kept = (field) => `facilitate/${document.body.dataset.code}/keep/${field.dataset.keep}`;

for (const field of document.querySelectorAll("[data-keep]")) {
  try {
    field.value = localStorage.getItem(kept(field)) || "";
  } catch {
    // As above.
  }
}
