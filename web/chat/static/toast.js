// Short words that go by themselves; a click sends them off at once. What stands there already is not said twice.
const region = document.getElementById("toasts");
const READING_MS = 5000;

export function toast(html) {
  if (!html) return;
  const holder = document.createElement("template");
  holder.innerHTML = html;
  for (const one of [...holder.content.children]) {
    if ([...region.children].some(({ textContent }) => textContent === one.textContent)) continue;
    region.append(one);
    retire(one);
  }
}

export function start() {
  region.addEventListener("click", (event) => event.target.closest(".toast")?.remove());
  for (const one of region.children) retire(one);
}

function retire(one) {
  setTimeout(() => one.remove(), READING_MS + 40 * one.textContent.length);
}
