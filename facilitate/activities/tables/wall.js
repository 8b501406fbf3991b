// The plan keeps its order, column after column; what does not fit is on the next page, turned by the facilitator or by the arrows.
let page = 1;
let asked = "";
let shown;
let scene;

const across = () => shown.clientWidth + parseFloat(getComputedStyle(shown).columnGap);

function draw() {
  if (!shown || !shown.isConnected) return;
  const line = document.querySelector("[data-pages]");
  // Saying which page it is may take a second line at the foot, and the plan loses one: it is counted again.
  for (let again = 0; again < 2; again += 1) {
    const pages = Math.max(1, Math.ceil((shown.scrollWidth - 1) / across()));
    page = Math.min(Math.max(1, page), pages);
    if (line) line.textContent = pages < 2 ? "" : shown.dataset.page.replace("{n}", page).replace("{of}", pages);
  }
  shown.scrollLeft = (page - 1) * across();
  const { left, right } = shown.getBoundingClientRect();
  for (const card of shown.children) {
    const box = card.getBoundingClientRect();
    card.style.visibility = box.left >= left - 1 && box.right <= right + 1 ? "" : "hidden";
  }
}

export function start(list) {
  const main = list.closest("main");
  if (!shown) {
    addEventListener("resize", () => setTimeout(draw, 200));
    addEventListener("keydown", ({ key }) => {
      if (key === "ArrowRight" || key === "PageDown") page += 1;
      else if (key === "ArrowLeft" || key === "PageUp") page -= 1;
      else return setTimeout(draw, 50);
      draw();
    });
  }
  if (scene !== list.dataset.scene || asked !== main.dataset.page) page = Number((asked = main.dataset.page));
  scene = list.dataset.scene;
  shown = list;
  draw();
}
