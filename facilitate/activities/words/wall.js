// Words as large as the picture holds; those that do not fit, the least often said, are left out, and it is said how many.
const SCALES = [1.8, 1.6, 1.45, 1.3, 1.2, 1.1, 1]; // times the smallest letters that are read from the back
let box;
let resized;

addEventListener("resize", () => {
  clearTimeout(resized);
  resized = setTimeout(() => box && box.isConnected && fit(), 160);
});

export function start(node) {
  box = node;
  fit();
}

function fit() {
  const list = box.querySelector("ol");
  const words = [...list.children];
  const isOver = () => list.offsetHeight > box.clientHeight + 1;
  for (const one of words) one.style.display = "";
  SCALES.find((scale) => (list.style.fontSize = `calc(var(--t-s) * ${scale})`) && !isOver());
  let left = words.length;
  while (isOver() && left > 1) words[--left].style.display = "none";
  const line = document.querySelector("[data-others]");
  const others = words.length - left + Number(line.dataset.left);
  line.textContent = others ? (others > 1 ? line.dataset.many : line.dataset.one).replace("{n}", others) : "";
}
