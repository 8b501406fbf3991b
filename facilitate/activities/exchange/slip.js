// Each side of a slip lists the offers of its own territory, once that is chosen.
export function start(slip) {
  const parties = slip.querySelectorAll('select[name$="[]"]');
  const narrow = () => {
    for (const list of slip.querySelectorAll("select[data-party]")) {
      const team = parties[list.dataset.party].value;
      for (const group of list.querySelectorAll("optgroup")) group.hidden = group.disabled = Boolean(team) && group.dataset.team !== team;
      if (list.selectedOptions[0] && list.selectedOptions[0].parentNode.disabled) list.value = "";
    }
  };
  for (const one of parties) one.onchange = narrow;
  narrow();
}
