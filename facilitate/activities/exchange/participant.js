// The last two minutes of a round are told on every phone; a link that leads into a fold opens it.
let foot;
let skew = 0;

function draw() {
  const [soon, over] = foot.querySelectorAll(".soon");
  const left = (Date.parse(foot.dataset.ends) - Date.now() - skew) / 60000;
  if (!over) return; // the game is closed
  soon.hidden = !(left > 0 && (left <= 2 || "announced" in foot.dataset));
  over.hidden = !(left <= 0);
}

export function start(one, live) {
  skew = Date.parse(live.region.querySelector("[data-now]").dataset.now) - Date.now();
  if (!foot) {
    setInterval(() => foot.isConnected && draw(), 1000);
    document.addEventListener("click", ({ target }) => {
      const link = target.closest('#region a[href^="#"]');
      const fold = link && document.getElementById(link.hash.slice(1)).closest("details");
      if (fold) fold.open = true;
    });
  }
  foot = one;
  draw();
}
