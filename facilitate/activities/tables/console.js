// Tables that have written nothing when half of the time is over say so, without waiting for anyone to write.
let due;

export function start(plan) {
  clearTimeout(due);
  const { now } = document.querySelector("[data-now]").dataset;
  due = setTimeout(() => {
    for (const one of plan.querySelectorAll("[data-silent]")) {
      const said = document.createElement("b");
      said.className = "look";
      said.textContent = one.dataset.silent;
      one.textContent = "";
      one.append(said);
    }
  }, Math.max(0, Date.parse(plan.dataset.half) - Date.parse(now)));
}
