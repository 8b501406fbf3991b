// The phone that tries the room: asks four times, and tells what hour it has and how long the quickest answer took.
const state = document.querySelector("[data-said]");

async function measure() {
  let trip = null;
  try {
    for (let turn = 0; turn < 4; turn += 1) {
      const began = performance.now();
      const body = JSON.stringify({ at: Date.now(), trip });
      const answer = await fetch(location.pathname, { method: "POST", headers: { "Content-Type": "application/json" }, body });
      if (!answer.ok) throw answer;
      trip = Math.min(trip === null ? Infinity : trip, performance.now() - began);
    }
    state.textContent = (trip > 500 ? state.dataset.slow : state.dataset.said).replace("{n}", Math.round(trip));
    state.classList.add("saved");
  } catch {
    state.textContent = state.dataset.lost;
    state.classList.add("refused");
  }
}

measure();
