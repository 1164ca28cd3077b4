// While a clock runs, what the agent does on the page is a sign of life: told to the server once a minute at most (T17). A page
// that only stands open tells nothing, so that the clock of an agent who left stops by itself.
const MINUTE = 60000;
let told = Date.now();

function alive() {
  const timer = document.querySelector("#timer [data-timer]");
  if (!timer || Date.now() - told < MINUTE) return;
  told = Date.now();
  document.getElementById("timer").dispatchEvent(new CustomEvent("alive"));
}

// After some time without a sign the head asks whether anybody is there: any sign answers, and the button does.
setInterval(() => {
  const question = document.querySelector("#timer [data-asks-in]");
  if (!question) return;
  if (!question.shownAt) question.shownAt = Date.now();
  const asks = Date.now() - Math.max(question.shownAt, told) >= Number(question.dataset.asksIn) * 1000;
  if (question.hidden === asks) question.hidden = !asks;
}, 1000);

for (const name of ["keydown", "pointerdown", "wheel", "touchstart"]) {
  document.addEventListener(name, alive, { passive: true });
}
