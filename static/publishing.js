// Publishing: a button beside each address and each e-mail copies it. Over plain HTTP there is no clipboard to ask: the text is
// selected, and the browser's own command copies what is.
const words = JSON.parse(document.body.dataset.words);

for (const text of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button second small";
  const label = text.labels[0].textContent;
  const say = (word) => {
    button.textContent = word;
    button.setAttribute("aria-label", `${word} – ${label}`);
  };
  say(words.copy);
  button.addEventListener("click", () => {
    text.select();
    if (document.execCommand("copy")) say(words.copied);
    setTimeout(() => say(words.copy), 4000);
  });
  text.closest("[data-copied]").append(button);
}
