// Answers that the picture does not hold are left out, those that fewest chose first, else the last; and it is said how many.
let box;
let resized;

addEventListener("resize", () => {
  clearTimeout(resized);
  resized = setTimeout(() => box && box.isConnected && fit(), 200);
});

export function start(node) {
  box = node;
  fit();
}

function fit() {
  const main = box.closest("main");
  const all = [...box.querySelectorAll("tbody tr, li")];
  const isOver = () => main.scrollHeight > main.clientHeight + 1;
  for (const one of all) one.style.display = "";
  main.classList.remove("tight");
  if (isOver()) main.classList.add("tight");
  const left = [...all];
  // Degrees are read together: none is left out.
  while (!("whole" in box.dataset) && isOver() && left.length > 1) {
    const fewest = Math.min(...left.map((one) => Number(one.dataset.count || 0)));
    const place = left.map((one) => Number(one.dataset.count || 0)).lastIndexOf(fewest);
    left.splice(place, 1)[0].style.display = "none";
  }
  const line = document.querySelector("[data-others]");
  const others = all.length - left.length;
  line.textContent = others ? (others > 1 ? line.dataset.many : line.dataset.one).replace("{n}", others) : "";
}
