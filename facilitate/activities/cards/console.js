// Frames drawn on a photo, one a face: what is in them is blurred by the server, which destroys the first picture.
const SMALL = 0.015;
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
  tell(box);
  if (!listening) document.addEventListener("submit", send);
  listening = true;
}

function draw(event) {
  const photo = event.currentTarget;
  const area = photo.getBoundingClientRect();
  const place = ({ clientX, clientY }) => [(clientX - area.left) / area.width, (clientY - area.top) / area.height].map((one) => Math.min(1, Math.max(0, one)));
  if (event.target.className === "frame" || event.button) return;
  event.preventDefault();
  const [fromX, fromY] = place(event);
  const frame = document.createElement("button");
  Object.assign(frame, { type: "button", className: "frame" });
  frame.dataset.made = "";
  let one = [fromX, fromY, 0, 0];
  const move = (next) => {
    const [x, y] = place(next);
    one = [Math.min(x, fromX), Math.min(y, fromY), Math.abs(x - fromX), Math.abs(y - fromY)];
    ["left", "top", "width", "height"].forEach((side, index) => (frame.style[side] = `${one[index] * 100}%`));
  };
  const end = () => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", end);
    if (one[2] < SMALL || one[3] < SMALL) return frame.remove();
    const frames = drawn.get(photo);
    frames.push(one);
    frame.setAttribute("aria-label", String(frames.length));
    frame.onclick = () => {
      frames.splice(frames.indexOf(one), 1);
      frame.remove();
      tell(photo.parentNode);
    };
    tell(photo.parentNode);
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
  photo.append(frame);
}

/** The form says what it will do. */
function tell(box) {
  const frames = drawn.get(box.querySelector(".photo"));
  const form = box.querySelector("[data-blur]");
  form.elements["content.areas"].value = frames.map((one) => one.map((part) => Math.round(part * 1000)).join()).join(";");
  form.querySelector("button").textContent = frames.length ? box.dataset.count.replace("{n}", frames.length) : box.dataset.whole;
}

async function send(event) {
  const form = event.target;
  if (!("blur" in form.dataset)) return;
  event.preventDefault();
  const box = form.closest(".faces");
  const told = box.querySelector("[data-told]");
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  told.textContent = box.dataset.busy;
  try {
    const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: new FormData(form) });
    const { refused, later } = await answer.json();
    told.textContent = refused || later || "";
  } catch {
    told.textContent = box.dataset.lost;
  } finally {
    delete form.dataset.busy;
  }
}
