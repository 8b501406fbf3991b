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
  let points = "M";
  let here;
  for (let at = 0; at <= 200; at += 1) {
    const point = path.getPointAtLength((total * at) / 200);
    if (here && point.x > x) break;
    here = point;
    points += ` ${here.x | 0} ${here.y | 0}`;
  }
  ridge.querySelector(".walked").setAttribute("d", points);
  const dot = ridge.querySelector("circle");
  dot.setAttribute("cx", here.x);
  dot.setAttribute("cy", here.y);
}
