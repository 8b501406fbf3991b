// The pen of a table: what is typed is saved every two seconds and on leaving a field, through the outbox, so that a dead battery loses two seconds.
// `acts` is the phone's own (static/participant.js): its outbox, its drafts.
const PACE = 2000;

let form;
let live;
let timer;
let sent = "";
const now = () => JSON.stringify(pairsOf(form));
const pairsOf = (one) => [...new FormData(one)].filter(([name]) => name.startsWith("content."));
const over = (one) => [...one.elements].some((field) => field.dataset.limit && [...field.value.normalize().trim()].length > field.dataset.limit);

/** The whole note leaves; of what waited unsent only this last one is kept, since it holds the others. */
function save() {
  clearTimeout(timer);
  timer = 0;
  if (!form || !("typed" in form.dataset) || over(form) || now() === sent) return;
  sent = now();
  const draft = form.dataset.draft;
  for (const one of acts.outbox.waiting()) if (one.draft === draft && one.act.do === "write") acts.outbox.drop(one);
  const pairs = [...new FormData(form)];
  const content = Object.fromEntries(pairsOf(form).map(([name, value]) => [name.slice(8), value]));
  const { activity, on, base, seen } = form.elements;
  const act = { do: "write", activity: activity.value, on: on.value, base: base ? base.value : "", seen: seen.value, content };
  acts.outbox.post(act, { pairs, draft, said: Object.values(content).join(" ").trim() });
}

function typed({ target }) {
  if (target.form !== form) return;
  timer = timer || setTimeout(save, PACE);
}

/** What the server holds is shown where nothing was typed since, the caret where it was; a blank just typed stays under it: the next word comes. */
function settle() {
  const written = [...form.elements].filter((one) => one.dataset.limit);
  const same = written.every((one) => one.value.trim() === one.defaultValue.trim());
  if ("typed" in form.dataset && !same) return;
  delete form.dataset.typed;
  acts.store.drop("draft/" + form.dataset.draft);
  const { base } = form.elements;
  if (base && base.dataset.latest) base.value = base.dataset.latest;
  for (const one of written) {
    const on = one === document.activeElement;
    if (one.value === one.defaultValue || (on && one.value.trim() === one.defaultValue.trim())) continue;
    const { selectionStart, selectionEnd } = one;
    one.value = one.defaultValue;
    if (on) one.setSelectionRange(selectionStart, selectionEnd);
  }
}

export function start(section, link) {
  form = section.querySelector("form[data-draft]");
  if (!live) {
    live = link;
    const before = live.before;
    // Another phone took the pen, or the round is over: the last letters leave before the form does.
    live.before = (next) => {
      if (form && form.isConnected && ![...next.querySelectorAll("form[data-draft]")].some((one) => one.dataset.draft === form.dataset.draft)) {
        save();
        if (!over(form)) {
          delete form.dataset.typed;
          acts.store.drop("draft/" + form.dataset.draft);
        }
        form = null;
        sent = "";
      }
      before(next);
    };
    document.addEventListener("input", typed);
    document.addEventListener("focusout", ({ target }) => target.form && target.form === form && save());
    document.addEventListener("visibilitychange", () => document.hidden && save());
    addEventListener("pagehide", save);
  }
  section.querySelector("[data-autosaved]").hidden = false;
  settle();
  // A draft of before a reload goes on where it was.
  if ("typed" in form.dataset && !timer && now() !== sent) timer = setTimeout(save, PACE);
}
