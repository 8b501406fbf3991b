// Owns time on screen: what is left, what time it is, where the walker stands. Phones' own clocks are often wrong: the server's is followed.

let skew = 0;

export function setClock(region) {
  const told = region.querySelector("[data-now]");
  if (told) skew = Date.parse(told.dataset.now) - Date.now();
}

export function hourNow(lang) {
  const options = { hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: document.body.dataset.zone };
  const hour = new Date(Date.now() + skew).toLocaleTimeString("en-GB", options).replace(/^0(?=\d:)/, "");
  return lang === "fr" ? hour.replace(":", "\u00a0h\u00a0") : hour;
}

export function fill(words, n) {
  const few = document.documentElement.lang === "fr" ? n < 2 : n === 1;
  return (Array.isArray(words) ? words[few ? 0 : 1] : words).replace("{n}", n);
}

/** By the minute until the last one. */
export function tick(region, words) {
  const now = Date.now() + skew;
  for (const one of region.querySelectorAll("[data-until]:not(svg)")) {
    const left = (Date.parse(one.dataset.until) - now) / 1000;
    const minutes = Math.max(0, Math.ceil(left / 60));
    let text = left > 60 ? fill(words.min, minutes) : fill(words.sec, Math.max(0, Math.ceil(left)));
    if (one.dataset.form === "in") text = fill(words.in, minutes);
    else if (one.dataset.form === "number") text = String(minutes);
    else if (left <= -60) text = fill(words.past, Math.floor(-left / 60));
    if (one.textContent !== text) one.textContent = text;
  }
  for (const one of region.querySelectorAll("[data-clock]")) one.textContent = hourNow(document.documentElement.lang);
  for (const one of region.querySelectorAll("[data-walk]")) walk(one, now);
}

function walk(ridge, now) {
  const since = Date.parse(ridge.dataset.since);
  const until = Date.parse(ridge.dataset.until);
  const x = 1600 * Math.min(1, Math.max(0, (now - since) / (until - since || 1)));
  const path = ridge.querySelector(".ahead");
  const total = path.getTotalLength();
  let [low, high] = [0, total];
  while (high - low > 1) {
    const middle = (low + high) / 2;
    if (path.getPointAtLength(middle).x < x) low = middle;
    else high = middle;
  }
  const points = [];
  for (let at = 0; at < low; at += 16) points.push(path.getPointAtLength(at));
  const here = path.getPointAtLength(low);
  ridge.querySelector(".walked").setAttribute("d", "M" + [...points, here].map((one) => `${one.x.toFixed(1)} ${one.y.toFixed(1)}`).join("L"));
  ridge.querySelector("circle").setAttribute("cx", here.x);
  ridge.querySelector("circle").setAttribute("cy", here.y);
}
