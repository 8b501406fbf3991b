// The scribe's page: once a sheet is saved, the next person of the pile; all of it by keyboard.

if (document.documentElement.classList.contains("scribe")) {
  const answered = acts.answered.bind(acts);

  acts.answered = (entry, answer) => {
    const form = answer && answer.seq && acts.form(entry.draft);
    const pile = form && form.closest("[data-then]");
    answered(entry, answer);
    if (pile) location.assign(pile.dataset.then.replace("{id}", entry.act.id));
  };

  addEventListener("keydown", (event) => {
    const form = event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form;
    const send = form && form.querySelector("[data-send]");
    if (send) send.click();
  });

  const sheet = document.querySelector("[data-then] form");
  if (sheet && /[?&](for|after)=/.test(location.search)) {
    // Where nothing is chosen yet, the first way; else the one that is.
    const [first] = sheet.querySelectorAll("textarea, input:not([type=hidden])");
    const chosen = first && first.name && sheet.querySelector(`[name="${first.name}"]:checked`);
    if (first) (chosen || first).focus();
  }
}
