// Keys for a list: <div data-keys tabindex="-1"> with rows [data-row]. j and k move, Enter opens, / searches, and every element
// with data-key="a" is pressed by its letter. They work only while the list has the focus, so that no other key is taken from anyone.
const editing = (element) => element.matches("input, select, textarea, [contenteditable]");

function move(list, step) {
  const rows = [...list.querySelectorAll("[data-row]")];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
  row?.querySelector("a[href]")?.focus();
}

document.addEventListener("keydown", (event) => {
  const list = event.target.closest?.("[data-keys]");
  if (!list || event.ctrlKey || event.metaKey || event.altKey || editing(event.target)) return;
  if (event.key === "j") move(list, 1);
  else if (event.key === "k") move(list, -1);
  else if (event.key === "/") document.querySelector("[data-search]")?.focus();
  else {
    const row = event.target.closest("[data-row]");
    const target = [row, list].map((place) => place?.querySelector(`[data-key="${CSS.escape(event.key)}"]`)).find(Boolean);
    if (!target) return;
    target.click();
  }
  event.preventDefault();
});
