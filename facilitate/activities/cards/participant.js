// The photo of a card: made small on the phone, where it also loses its place and date, then sent with the words. If it cannot leave, the words stay.
const SIZES = [[1600, 0.8], [1600, 0.65], [1200, 0.65], [1000, 0.6]];
const LIGHT = 220000; // bytes, for a poor Wi-Fi
const PATIENCE = 60000;
const photos = new WeakMap();
let live;

export function start(box, page) {
  if (!live) {
    document.addEventListener("change", picked);
    document.addEventListener("submit", leave, true);
  }
  live = page;
  box.dataset.on = "";
  arrived(box);
}

const boxIn = (form) => form.querySelector("[data-script].photo-of");
const make = (tag, look, text, ...inside) => {
  const node = document.createElement(tag);
  node.className = look;
  node.textContent = text;
  node.append(...inside);
  return node;
};
const press = (label, look, act) => {
  const node = make("button", "button " + look, label);
  node.type = "button";
  node.onclick = act;
  return node;
};

async function picked({ target }) {
  const box = target.type === "file" && target.closest(".photo-of");
  if (!box) return;
  const [file] = target.files;
  target.value = "";
  if (!file) return;
  try {
    const photo = await shrink(file);
    photos.set(box, photo);
    show(box, photo);
    complain(box.closest("form"), "");
  } catch {
    complain(box.closest("form"), box.dataset.none);
  }
}

/** A JPEG of at most LIGHT bytes where that can be; it throws for what is no picture here. */
async function shrink(file) {
  const picture = new Image();
  picture.src = await new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = fail;
    reader.readAsDataURL(file);
  });
  await new Promise((done, fail) => {
    picture.onload = done;
    picture.onerror = fail;
  });
  const { naturalWidth: width, naturalHeight: height } = picture;
  if (!width || !height) throw new Error("no picture");
  let blob;
  for (const [side, quality] of SIZES) {
    const scale = Math.min(1, side / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (!blob) throw new Error("no canvas");
    if (blob.size <= LIGHT) break;
  }
  return { blob, id: uuid() };
}

function show(box, photo) {
  const place = box.querySelector(".ready");
  place.textContent = "";
  if (!photo) return;
  const picture = make("img", "", "");
  const reader = new FileReader();
  reader.onload = () => (picture.src = reader.result);
  reader.readAsDataURL(photo.blob);
  picture.alt = "";
  const said = make("p", "state saved", box.dataset.ready.replace("{n}", Math.ceil(photo.blob.size / 1000)));
  place.append(picture, make("div", "", "", said, press(box.dataset.drop, "plain small", () => drop(box))));
}

function drop(box) {
  photos.delete(box);
  show(box);
}

/** Before the words leave by themselves: with a photo, both leave together. */
function leave(event) {
  const form = event.target;
  const box = boxIn(form);
  if (!box) return;
  const photo = photos.get(box);
  const says = form.elements["content.photo_says"];
  const faces = [...form.elements["content.photo_faces"]];
  if (!photo && !says.value.trim()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  box.open = true;
  if (!photo) return complain(form, box.dataset.gone, says.parentNode, true);
  if (!says.value.trim()) return complain(form, box.dataset.says, says.parentNode, true, says);
  if (!faces.some((one) => one.checked)) return complain(form, box.dataset.faces, faces[0].closest("fieldset"), true, faces[0]);
  send(form, box, photo);
}

async function send(form, box, photo) {
  if (box.dataset.busy) return;
  box.dataset.busy = "1";
  complain(form, box.dataset.leaves, null, false);
  const data = new FormData(form);
  data.delete("file");
  // What was changed since is another card; the same, sent twice, is taken once.
  const said = JSON.stringify([...data].filter(([name]) => name.startsWith("content.")));
  if (photo.said && photo.said !== said) photo.id = uuid();
  photo.said = said;
  data.set("id", photo.id);
  data.append("file", photo.blob, "photo.jpg");
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const answer = await fetch(form.action.replace("/act?", "/media?"), { method: "POST", headers: { Accept: "application/json" }, body: data, signal: stop.signal });
    const told = await answer.json();
    if (told.seq !== undefined) sent(form, box, photo, told.seq);
    else complain(form, told.refused || told.later || box.dataset.lost, null, true);
  } catch {
    if (photos.get(box) === photo) complain(form, box.dataset.lost, null, true);
  } finally {
    clearTimeout(timer);
    delete box.dataset.busy;
  }
}

/** The answer may be lost on its way and the card be there all the same: it is seen among one's own. */
function arrived(box) {
  const photo = photos.get(box);
  if (photo && photo.said && !box.dataset.busy && live.region.querySelector(`[data-card="${photo.id}"]`)) sent(box.closest("form"), box, photo);
}

function sent(form, box, photo, seq = 1) {
  drop(box);
  box.open = false;
  complain(form, "");
  live.acts.clear(form, true);
  for (const one of form.elements["content.photo_faces"]) one.checked = false;
  live.acts.answered({ act: { id: photo.id, do: "post" } }, { seq });
}

/** What is wrong, beside it; where the words could go alone, the button that sends them. */
function complain(form, text, near, alone, field) {
  for (const old of form.querySelectorAll("[data-made]")) old.remove();
  if (!text) return;
  const notice = make("div", "notice stack near", "", make("p", "", text));
  notice.dataset.made = "";
  notice.setAttribute("role", alone ? "alert" : "status");
  if (alone && !field) notice.append(press(boxIn(form).dataset.alone, "second small", () => withoutPhoto(form)));
  if (near) near.after(notice);
  else form.append(notice);
  if (field) field.focus({ preventScroll: true });
  notice.scrollIntoView({ block: "center" });
}

function withoutPhoto(form) {
  const box = boxIn(form);
  drop(box);
  form.elements["content.photo_says"].value = "";
  for (const one of form.elements["content.photo_faces"]) one.checked = false;
  complain(form, "");
  document.querySelector(`[data-send][form="${form.id}"]`).click();
}

function uuid() {
  const hex = (count) => [...crypto.getRandomValues(new Uint8Array(count))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex(4)}-${hex(2)}-4${hex(2).slice(1)}-a${hex(2).slice(1)}-${hex(6)}`;
}
