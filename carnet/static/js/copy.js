// Copies exactly what stands in data-copy, and says so.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https there is no clipboard: the text is marked instead, ready for the person's own copy.
    const shown = button.parentElement.querySelector("code");
    if (shown) getSelection().selectAllChildren(shown);
    return;
  }
  const word = button.querySelector("[data-copy-word]");
  const before = word.textContent;
  if (before === button.dataset.done) return;
  word.setAttribute("role", "status");
  word.textContent = button.dataset.done;
  setTimeout(() => {
    word.textContent = before;
  }, 2500);
});
