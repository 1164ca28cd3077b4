// Keeps what is typed into <form data-keep="name"> in this browser until the server says that the form with this key arrived
// (cookie `sent_form`). So a lost session, a broken line or a closed page loses no text. Gone after three days or on signing out.
import { word } from "./words.js";

const PREFIX = "carnet:draft:";
const DAYS = 3;
const person = document.documentElement.dataset.person ?? "";
const typed = 'textarea, input[type="text"], input[type="email"], input[type="tel"], input:not([type])';

const place = (form) => `${PREFIX}${person}:${form.dataset.keep}`;
const fields = (form) => [...form.querySelectorAll(typed)].filter((field) => field.name && field.autocomplete !== "one-time-code");

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

function drafts() {
  return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
}

function save(form) {
  const values = {};
  for (const field of fields(form)) {
    if (field.value !== field.defaultValue) values[field.name] = { value: field.value, over: field.defaultValue };
  }
  if (Object.keys(values).length === 0) {
    localStorage.removeItem(place(form));
    return;
  }
  const key = form.querySelector('input[name="key"]')?.value ?? "";
  localStorage.setItem(place(form), JSON.stringify({ at: Date.now(), key, values }));
}

function restore(form) {
  if (form.dataset.restored) return;
  form.dataset.restored = "yes";
  const draft = read(place(form));
  if (!draft) return;
  let restored = false;
  for (const field of fields(form)) {
    const kept = draft.values[field.name];
    if (kept && field.value === field.defaultValue && field.defaultValue === kept.over && kept.value !== field.value) {
      field.value = kept.value;
      restored = true;
    }
  }
  if (restored) tell(form);
}

function tell(form) {
  const line = document.createElement("p");
  line.className = "kept";
  line.setAttribute("role", "status");
  line.textContent = word("draftKept");
  const discard = document.createElement("button");
  discard.type = "button";
  discard.className = "plain";
  discard.textContent = word("draftDiscard");
  discard.addEventListener("click", () => {
    for (const field of fields(form)) field.value = field.defaultValue;
    localStorage.removeItem(place(form));
    line.remove();
  });
  line.append(" ", discard);
  form.prepend(line);
}

function forgetSent() {
  const sent = document.cookie.match(/(?:^|; )(?:__Host-)?sent_form=([0-9a-f]{32})/)?.[1];
  for (const name of drafts()) {
    const draft = read(name);
    if (!draft || draft.key === sent || Date.now() - draft.at > DAYS * 86400000) localStorage.removeItem(name);
  }
}

function start() {
  forgetSent();
  for (const form of document.querySelectorAll("form[data-keep]")) restore(form);
}

const touched = new Set();
let waiting;

function saveTouched() {
  clearTimeout(waiting);
  for (const form of touched) save(form);
  touched.clear();
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-keep]");
  if (!form) return;
  touched.add(form);
  clearTimeout(waiting);
  waiting = setTimeout(saveTouched, 300);
});

document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-keep]")) touched.add(event.target);
  saveTouched();
  if (event.target.matches("form[data-forgets-drafts]")) drafts().forEach((name) => localStorage.removeItem(name));
}, true);

window.addEventListener("pagehide", saveTouched);
document.addEventListener("visibilitychange", saveTouched);

document.addEventListener("htmx:after:swap", start);
start();
