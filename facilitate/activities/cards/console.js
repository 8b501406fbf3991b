// Frames drawn on a photo, one a face: what is in them is blurred by the server, which destroys the first picture.
const SMALL = 0.015;
const STEP = 0.02;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SIDES = ["left", "top", "width", "height"];
const drawn = new WeakMap();
let listening;

export function start(box) {
  box.dataset.on = "";
  box.querySelector(".marks").hidden = false;
  const photo = box.querySelector(".photo");
  if (!drawn.has(photo)) {
    drawn.set(photo, []);
    photo.addEventListener("pointerdown", draw);
  }
  if (!box.querySelector(".add")) {
    const add = button("add button plain small", box.dataset.add);
    add.onclick = () => keep(photo, framed(photo, [0.4, 0.3, 0.2, 0.25])).focus();
    box.querySelector(".marks").after(add);
  }
  tell(box);
  if (!listening) document.addEventListener("submit", send);
  listening = true;
}

function button(look, text) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: look, textContent: text });
  made.dataset.made = "";
  return made;
}

const within = (number, most = 1) => Math.min(most, Math.max(0, number));

function put(frame, area) {
  frame.area = area;
  SIDES.forEach((side, index) => (frame.style[side] = `${area[index] * 100}%`));
}

function framed(photo, area) {
  const frame = button("frame", "");
  put(frame, area);
  photo.append(frame);
  return frame;
}

/** From now on it is one of those to blur: it moves by the arrows and goes by a press. */
function keep(photo, frame) {
  const frames = drawn.get(photo);
  const box = photo.closest(".faces");
  frames.push(frame);
  frame.setAttribute("aria-label", box.dataset.frame.replace("{n}", frames.length));
  frame.onclick = () => {
    frames.splice(frames.indexOf(frame), 1);
    frame.remove();
    tell(box);
  };
  frame.onkeydown = (event) => {
    if (!MOVES[event.key]) return;
    event.preventDefault();
    const [x, y] = MOVES[event.key].map((one) => one * STEP);
    const [left, top, width, height] = frame.area;
    if (event.shiftKey) put(frame, [left, top, Math.max(STEP, within(width + x, 1 - left)), Math.max(STEP, within(height + y, 1 - top))]);
    else put(frame, [within(left + x, 1 - width), within(top + y, 1 - height), width, height]);
    tell(box);
  };
  tell(box);
  return frame;
}

function draw(event) {
  const photo = event.currentTarget;
  if (event.target.className === "frame" || event.button) return;
  event.preventDefault();
  const whole = photo.getBoundingClientRect();
  const place = ({ clientX, clientY }) => [within((clientX - whole.left) / whole.width), within((clientY - whole.top) / whole.height)];
  const [fromX, fromY] = place(event);
  const frame = framed(photo, [fromX, fromY, 0, 0]);
  const move = (next) => {
    const [x, y] = place(next);
    put(frame, [Math.min(x, fromX), Math.min(y, fromY), Math.abs(x - fromX), Math.abs(y - fromY)]);
  };
  const end = () => {
    removeEventListener("pointermove", move);
    for (const one of ["pointerup", "pointercancel"]) removeEventListener(one, end);
    if (frame.area[2] < SMALL || frame.area[3] < SMALL) frame.remove();
    else keep(photo, frame);
  };
  addEventListener("pointermove", move);
  for (const one of ["pointerup", "pointercancel"]) addEventListener(one, end);
}

/** The form says what it will do. */
function tell(box) {
  const frames = drawn.get(box.querySelector(".photo"));
  const form = box.querySelector("[data-blur]");
  form.elements["content.areas"].value = frames.map(({ area }) => area.map((part) => Math.round(part * 1000)).join()).join(";");
  form.querySelector("button").textContent = frames.length ? box.dataset.count.replace("{n}", frames.length) : box.dataset.whole;
}

async function send(event) {
  const form = event.target;
  if (!("blur" in form.dataset)) return;
  event.preventDefault();
  const { dataset } = form.closest(".faces");
  const told = form.closest(".faces").querySelector("[data-told]");
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  told.textContent = dataset.busy;
  try {
    const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: new FormData(form) });
    const { refused, later } = await answer.json();
    told.textContent = refused || later || "";
  } catch {
    told.textContent = dataset.lost;
  } finally {
    delete form.dataset.busy;
  }
}
