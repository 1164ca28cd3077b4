// The sentences that scripts say, written by the server in the page's language.
export function word(name) {
  return document.getElementById("script-words")?.dataset[name] ?? "";
}
