// The clock of running work counts on from the seconds that the server reckoned; it never asks this machine what time it is,
// only how much has passed, so that it cannot drift from the server's by a wrong clock.
const starts = new WeakMap();

function shown(seconds) {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function tick() {
  for (const timer of document.querySelectorAll("[data-timer]")) {
    if (!starts.has(timer)) starts.set(timer, Date.now() - Number(timer.dataset.seconds) * 1000);
    const gone = Math.max(0, Math.floor((Date.now() - starts.get(timer)) / 1000));
    // A customer's meter stands where the paid time ends: what is worked beyond is not counted.
    const seconds = Math.min(gone, Number(timer.dataset.stop || Infinity));
    timer.querySelector("[data-timer-time]").textContent = shown(seconds);
    if (!timer.dataset.limit) continue;
    const state = seconds >= Number(timer.dataset.limit) ? "over" : seconds >= Number(timer.dataset.near) ? "near" : "";
    if (state && !timer.classList.contains(state)) {
      timer.classList.remove("near", "over");
      timer.classList.add(state);
      const say = timer.querySelector("[data-timer-say]");
      if (say) say.textContent = say.dataset[`${state}Words`];
    }
  }
}

tick();
setInterval(tick, 1000);
document.addEventListener("visibilitychange", tick);
