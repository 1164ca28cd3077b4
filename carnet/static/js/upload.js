// Files can be dropped, screenshots pasted; each is listed with its size before it is sent, and can be taken out again.
const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
const input = (box) => box.querySelector('input[type="file"]');
const kept = new WeakMap();

function put(box, files) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  input(box).files = transfer.files;
  kept.set(box, files);
  show(box);
}

function show(box) {
  const list = box.querySelector("[data-upload-list]");
  const files = kept.get(box) ?? [];
  const lines = files.map((file, position) => {
    const line = document.createElement("li");
    const name = document.createElement("span");
    name.className = "files-name";
    name.textContent = file.name;
    const note = document.createElement("span");
    note.className = "files-size";
    const large = file.size > Number(box.dataset.maxBytes);
    const many = position >= Number(box.dataset.maxFiles);
    note.textContent = size(file.size) + (large ? `, ${box.dataset.tooLarge}` : many ? `, ${box.dataset.tooMany}` : "");
    line.classList.toggle("too-large", large || many);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "plain";
    remove.textContent = box.dataset.remove;
    remove.setAttribute("aria-label", `${box.dataset.remove}: ${file.name}`);
    remove.addEventListener("click", () => {
      put(box, files.filter((other) => other !== file));
      input(box).focus();
    });
    line.append(name, note, remove);
    return line;
  });
  list.replaceChildren(...lines);
  list.hidden = files.length === 0;
}

document.addEventListener("change", (event) => {
  const box = event.target.closest?.("[data-upload]");
  if (box) put(box, [...(kept.get(box) ?? []), ...input(box).files]);
});

// A spreadsheet or a word processor puts a picture of the text beside the text: the text is what was meant, the picture is offered.
document.addEventListener("paste", (event) => {
  const box = event.target.closest?.("form")?.querySelector("[data-upload]");
  const images = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
  if (!box || images.length === 0) return;
  const takesText = event.target.matches("textarea, input:not([type=file])");
  if (takesText && event.clipboardData.getData("text/plain").trim()) {
    offer(box, images);
    return;
  }
  event.preventDefault();
  put(box, [...(kept.get(box) ?? []), ...images]);
});

function offer(box, images) {
  const line = box.querySelector("[data-upload-offer]");
  const [add, leave] = line.querySelectorAll("button");
  line.hidden = false;
  add.onclick = () => {
    line.hidden = true;
    put(box, [...(kept.get(box) ?? []), ...images]);
    input(box).focus();
  };
  leave.onclick = () => {
    line.hidden = true;
    input(box).focus();
  };
}

for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    const box = event.target.closest?.("[data-upload]");
    if (!box || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    box.classList.toggle("over", name === "dragover");
    if (name === "drop") put(box, [...(kept.get(box) ?? []), ...event.dataTransfer.files]);
  });
}
