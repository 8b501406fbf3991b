// The note-takers' page: the mark by Alt and its figure, Ctrl and Enter to send, and the field ready for the next note.

if (document.body.dataset.look === "notes") {
  const form = () => document.getElementById("note");
  let line = "";

  addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && target.form && "act" in target.form.dataset) {
      event.preventDefault();
      target.form.querySelector("[data-send]").click();
    }
    const figure = /^(Digit|Numpad)([1-5])$/.exec(event.code);
    const elsewhere = target.form && target.form !== form();
    if (!figure || !event.altKey || event.ctrlKey || event.metaKey || elsewhere) return;
    event.preventDefault();
    const mark = form().querySelectorAll("[type=radio]")[figure[2] - 1];
    mark.checked = true;
    mark.dispatchEvent(new Event("change", { bubbles: true }));
    document.getElementById(mark.value === "quotation" && target.id === "note.text" && target.value ? "note-speaker" : "note.text").focus();
  });

  // Taken: what is said next is most often simply said, in the same workshop.
  document.addEventListener("submit", ({ target }) => {
    const [text, beside] = [document.getElementById("note.text"), document.getElementById("note-beside")];
    if (target !== form() || text.value) return;
    target.querySelector("[type=radio]").checked = true;
    const same = [...beside.options].find((one) => line && one.dataset.key === line);
    if (same) same.selected = true;
    text.focus();
  });
  addEventListener("change", ({ target }) => {
    if (target.id === "note-beside") line = target.selectedOptions[0].dataset.key || "";
  });
}
