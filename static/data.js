// What was erased is forgotten by this phone too: drafts, what waited to leave, what it kept of the day for one person.
const { forget, code, person } = document.body.dataset;

function kept() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}

if (forget) {
  const all = `facilitate/${code}/participant/${person}`;
  const isGone = (key) => key.startsWith(all) && (forget === person || key.includes(forget) || (localStorage.getItem(key) || "").includes(forget));
  for (const key of kept().filter(isGone)) localStorage.removeItem(key);
}

// A press that cannot be taken back is not pressed twice.
document.addEventListener("submit", ({ target }) => {
  for (const one of target.querySelectorAll("button")) setTimeout(() => (one.disabled = true));
});
