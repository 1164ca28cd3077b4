// A second press on the same button waits for the first. The server would notice it too, by the form's key.
const PATIENCE = 8000;

function release(form) {
  delete form.dataset.sending;
  form.removeAttribute("aria-busy");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sending) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sending = "yes";
  form.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), PATIENCE);
}, true);

document.addEventListener("htmx:finally:request", (event) => {
  const form = event.target.closest?.("form[data-sending]");
  if (form) release(form);
});

window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(release));
