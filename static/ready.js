// The page before the doors: asks every two seconds what has changed, and says it.
import { morph } from "./morph.js";

const region = document.getElementById("region");
const lost = document.getElementById("lost");
const say = document.getElementById("say");
let told = region.querySelector("h1").textContent;

async function look() {
  if (!document.hidden) {
    try {
      const answer = await fetch(`${location.pathname}.json?at=${Date.now()}`);
      if (!answer.ok) throw answer;
      const { verdict, html } = await answer.json();
      const next = region.cloneNode(false);
      next.innerHTML = html;
      morph(region, next);
      if (verdict !== told) say.textContent = told = verdict;
      lost.hidden = true;
    } catch {
      lost.hidden = false;
    }
  }
  setTimeout(look, 2000);
}

setTimeout(look, 2000);
