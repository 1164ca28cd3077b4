// Keys of the desk: ? shows them all, / goes to [data-search]. In a list <div data-keys> with rows [data-row] j and k move, Enter
// opens, and every element with data-key="a" is pressed by its letter. They work as soon as the page is there, except while somebody types or a dialog is open.
// Speech input may press single letters by mistake, so the dialog turns them off and on for this browser (WCAG 2.1.4).
const PLACE = "carnet:keys";
const editing = (element) => element.matches?.("input, select, textarea, [contenteditable], dialog *");

function areOff() {
  try {
    return localStorage.getItem(PLACE) === "off";
  } catch {
    return false;
  }
}

function move(list, step) {
  const rows = [...list.querySelectorAll("[data-row]")];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
  row?.querySelector("a[href]")?.focus();
}

function press(key, from, list) {
  const row = from.closest?.("[data-row]");
  const target = [row, list].map((place) => place?.querySelector(`[data-key="${CSS.escape(key)}"]`)).find(Boolean);
  target?.click();
  return Boolean(target);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || editing(event.target) || areOff()) return;
  const list = event.target.closest?.("[data-keys]") ?? document.querySelector("[data-keys]");
  const search = document.querySelector("[data-search]");
  const all = document.getElementById("keys");
  if (event.key === "?" && all) all.showModal();
  else if (event.key === "/" && search) search.focus();
  else if (event.key === "j" && list) move(list, 1);
  else if (event.key === "k" && list) move(list, -1);
  else if (!list || !press(event.key, event.target, list)) return;
  event.preventDefault();
});

function showSwitch() {
  for (const button of document.querySelectorAll("[data-keys-switch]")) {
    button.setAttribute("aria-pressed", String(!areOff()));
  }
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-keys-switch]")) return;
  try {
    localStorage.setItem(PLACE, areOff() ? "on" : "off");
  } catch {
    return;
  }
  showSwitch();
});

showSwitch();
