// A request of htmx that failed leaves the page as it was: say so.
import { toast } from "./toast.js";
import { word } from "./words.js";

document.addEventListener("htmx:response:error", (event) => {
  if (event.detail.ctx.response.status >= 500) toast("bad", word("troubleServer"));
});
document.addEventListener("htmx:error", (event) => {
  // What polls tries again by itself.
  if (event.detail.ctx?.request?.method !== "GET") toast("bad", word("troubleNetwork"));
});
