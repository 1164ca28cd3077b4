// Greetings of a page can be put away; scripts may add one.
const kinds = { info: "info", good: "circle-check", warn: "triangle-alert", bad: "circle-alert" };

export function toast(kind, text) {
  const place = document.getElementById("toasts");
  const sprite = document.querySelector("use[href]")?.getAttribute("href").split("#")[0];
  if (!place || !text || [...place.children].some((shown) => shown.textContent.trim() === text)) return;
  const box = document.createElement("div");
  box.className = `notice toast ${kind}`;
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("class", "icon");
  icon.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${kinds[kind]}`);
  icon.append(use);
  const words = document.createElement("p");
  words.textContent = text;
  box.append(icon, words);
  place.append(box);
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".toast")?.remove();
});
