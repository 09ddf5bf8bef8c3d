// The dialog with the recovery code; the code is fetched only when somebody asks for it.
import { toast } from "./toast.js";

const dialog = document.getElementById("keep");
const closer = document.getElementById("viewer-close");

export function start() {
  document.documentElement.classList.toggle("clipboard", Boolean(navigator.clipboard)); // Only secure pages may copy.
  document.addEventListener("click", async (event) => {
    if (event.target.closest("a[data-keep]")) {
      event.preventDefault();
      await open();
    }
    const copy = event.target.closest("[data-copy]");
    if (copy) await copyCode(copy);
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.replaceChildren());
}

async function open() {
  const answer = await fetch("/keep?part=1").catch(() => null);
  if (!answer?.ok) return toast(document.getElementById("offline-toast").innerHTML);
  dialog.innerHTML = await answer.text();
  const dismiss = closer.cloneNode(true);
  dismiss.removeAttribute("id");
  dismiss.classList.add("dismiss");
  dismiss.addEventListener("click", () => dialog.close());
  dialog.prepend(dismiss);
  dialog.showModal();
}

async function copyCode(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const done = document.createElement("div");
  done.className = "toast";
  done.textContent = button.dataset.done;
  toast(done.outerHTML);
}
