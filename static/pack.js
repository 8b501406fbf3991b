// How far the pack is, asked every second; the page comes again once it is made, or could not be.
const say = document.getElementById("say");
const bar = document.getElementById("progress");

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "application/json" } });
    const { state, done, of } = await answer.json();
    if (state !== "running") return location.reload();
    if (done !== bar.value) {
      // The numbers alone change: the words are the page's.
      let place = 0;
      say.textContent = say.textContent.replace(/\d+/g, () => [done, of][place++]);
    }
    bar.max = of;
    bar.value = done;
  } catch {
    // The next second asks again.
  }
  setTimeout(look, 1000);
}

setTimeout(look, 1000);
