// Signing with a finger, a pen or the mouse. Lines leave as whole numbers, made simple until they are few.
const WIDE = 1000, HIGH = 400, MOST = 3900;
const pad = document.getElementById("pad");

function wanted(stroke, slack) {
  // Ramer, Douglas and Peucker: of a run of points, those that stray from the line.
  if (stroke.length < 3) return stroke;
  const [a, b] = [stroke[0], stroke[stroke.length - 1]];
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const long = Math.hypot(dx, dy);
  let [far, at] = [0, 0];
  for (let n = 1; n < stroke.length - 1; n += 1) {
    const [px, py] = [stroke[n][0] - a[0], stroke[n][1] - a[1]];
    const away = long ? Math.abs(dx * py - dy * px) / long : Math.hypot(px, py);
    if (away > far) [far, at] = [away, n];
  }
  if (far <= slack) return [a, b];
  return [...wanted(stroke.slice(0, at + 1), slack), ...wanted(stroke.slice(at), slack).slice(1)];
}

function written(strokes) {
  for (let slack = 1; ; slack *= 1.6) {
    const text = strokes.map((one) => wanted(one, slack).map(([x, y]) => `${x} ${y}`).join(" ")).join(";");
    if (text.length <= MOST || slack > 400) return text;
  }
}

const read = (text) => text.split(";").filter(Boolean).map((one) => {
  const numbers = one.split(" ").map(Number);
  return Array.from({ length: numbers.length >> 1 }, (_, n) => [numbers[2 * n], numbers[2 * n + 1]]);
});

function begin() {
  const form = document.getElementById("sign");
  const [canvas, send, typed, say] = [pad.querySelector("canvas"), document.getElementById("send"), document.getElementById("typed"), document.getElementById("say")];
  const [undo, clear] = [pad.querySelector("[data-pad=undo]"), pad.querySelector("[data-pad=clear]")];
  const first = pad.querySelector("[role=alert]");
  const words = JSON.parse(say.dataset.words);
  const brush = canvas.getContext("2d");
  const field = form.elements.drawn;
  let strokes = read(field.value);
  let held = null;

  function paint() {
    brush.clearRect(0, 0, WIDE, HIGH);
    brush.strokeStyle = brush.fillStyle = getComputedStyle(canvas).color;
    brush.lineWidth = 7;
    brush.lineCap = brush.lineJoin = "round";
    for (const stroke of strokes) {
      brush.beginPath();
      brush.moveTo(...stroke[0]);
      for (const point of stroke.length > 1 ? stroke : [stroke[0], stroke[0]]) brush.lineTo(...point);
      brush.stroke();
    }
  }

  function settle() {
    field.value = written(strokes);
    if (strokes.length) first.hidden = true;
    undo.disabled = clear.disabled = !strokes.length;
    say.textContent = !strokes.length ? words.none : strokes.length === 1 ? words.one : words.many.replace("{n}", strokes.length);
    paint();
  }

  function point(event) {
    const box = canvas.getBoundingClientRect();
    const put = (at, most) => Math.min(most, Math.max(0, Math.round(at * most)));
    return [put((event.clientX - box.left) / box.width, WIDE), put((event.clientY - box.top) / box.height, HIGH)];
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (held !== null || event.button > 0) return;
    held = event.pointerId;
    canvas.setPointerCapture(held);
    strokes.push([point(event)]);
    paint();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== held) return;
    const stroke = strokes[strokes.length - 1];
    const between = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    for (const each of between.length ? between : [event]) stroke.push(point(each));
    paint();
  });
  for (const name of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(name, (event) => {
      if (event.pointerId !== held) return;
      held = null;
      settle();
    });
  }
  undo.addEventListener("click", () => {
    strokes.pop();
    settle();
    if (undo.disabled) canvas.closest("form").querySelector("input:not([type=hidden])")?.focus();
  });
  clear.addEventListener("click", () => {
    strokes = [];
    settle();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  // Which button was pressed: older phones do not tell with the form. Enter in a field signs nothing yet: it leads to the box.
  let without = false;
  typed.addEventListener("click", () => (without = true));
  send.addEventListener("click", () => (without = false));
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    pad.scrollIntoView({ block: "nearest" });
  });
  form.addEventListener("submit", (event) => {
    const empty = !without && !strokes.length;
    if (empty) event.preventDefault();
    first.hidden = !empty;
    first.textContent = empty ? words.first : "";
    if (empty) first.scrollIntoView({ block: "nearest" });
  });
  pad.hidden = send.hidden = false;
  typed.classList.add("second");
  settle();
  say.textContent = "";
}

if (pad) begin();
