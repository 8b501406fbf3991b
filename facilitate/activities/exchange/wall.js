// The last two minutes of a round are told on the wall; past its end the clock speaks alone.
let line;
let skew = 0;

function draw() {
  const clock = line.querySelector("[data-until]");
  if (!clock) return;
  const left = (Date.parse(clock.dataset.until) - Date.now() - skew) / 60000;
  line.querySelector("[data-before]").hidden = left <= 0;
  if (line.dataset.ends) line.querySelector("[data-near]").hidden = left > 2;
}

export function start(one, live) {
  skew = Date.parse(live.region.querySelector("[data-now]").dataset.now) - Date.now();
  if (!line) setInterval(() => line.isConnected && draw(), 1000);
  line = one;
  draw();
}
