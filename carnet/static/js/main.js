// Everything here makes a working page quicker; nothing works only with it. Each module does one thing and listens on the
// document, so that what htmx puts into the page later is served too.
import "./menu.js";
import "./dialog.js";
import "./toast.js";
import "./timer.js";
import "./life.js";
import "./drafts.js";
import "./submit.js";
import "./sends_itself.js";
import "./copy.js";
import "./upload.js";
import "./trouble.js";
import "./keys.js";

document.documentElement.classList.add("scripted");
