// The viewer: a picture at 100 %, moved by dragging, scrolling or arrow keys; its neighbours one step away.
const viewer = document.getElementById("viewer");
const stage = document.getElementById("viewer-stage");
const picture = document.getElementById("viewer-picture");
const name = document.getElementById("viewer-name");
const zoom = document.getElementById("viewer-zoom");
const save = document.getElementById("viewer-save");
const back = document.getElementById("viewer-back");
const next = document.getElementById("viewer-next");
let links = [];
let place = 0;

export function start() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-view]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    links = [...link.closest(".line").querySelectorAll("a[data-view]")];
    show(links.indexOf(link));
    viewer.showModal();
    setFit(!matchMedia("(pointer: fine)").matches); // A thumb would see a corner of it.
    stage.focus();
  });
  document.getElementById("viewer-close").addEventListener("click", () => viewer.close());
  viewer.addEventListener("close", () => links[place]?.focus());
  zoom.addEventListener("click", () => setFit(!stage.classList.contains("fit")));
  picture.addEventListener("click", () => dragged || setFit(!stage.classList.contains("fit")));
  back.addEventListener("click", () => show(place - 1));
  next.addEventListener("click", () => show(place + 1));
  viewer.addEventListener("keydown", (event) => {
    const scrolls = stage.scrollWidth > stage.clientWidth && event.target === stage;
    if (event.key === "ArrowLeft" && !scrolls) show(place - 1);
    if (event.key === "ArrowRight" && !scrolls) show(place + 1);
  });
  startDragging();
}

let dragged = false;

function startDragging() {
  let from = null;
  picture.draggable = false;
  stage.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse") return; // Fingers scroll by themselves.
    from = { x: event.clientX + stage.scrollLeft, y: event.clientY + stage.scrollTop };
    dragged = false;
  });
  stage.addEventListener("pointermove", (event) => {
    if (!from || !event.buttons) return;
    const left = from.x - event.clientX;
    const top = from.y - event.clientY;
    dragged ||= Math.abs(left - stage.scrollLeft) + Math.abs(top - stage.scrollTop) > 4;
    stage.scrollTo({ left, top, behavior: "instant" });
  });
  addEventListener("pointerup", () => (from = null));
}

function show(wanted) {
  if (wanted < 0 || wanted >= links.length) return;
  place = wanted;
  const link = links[place];
  const thumbnail = link.querySelector("img");
  picture.src = link.href;
  picture.alt = thumbnail.alt;
  name.textContent = thumbnail.alt;
  save.href = link.dataset.save ?? link.href;
  back.hidden = place === 0;
  next.hidden = place === links.length - 1;
}

function setFit(fit) {
  stage.classList.toggle("fit", fit);
  zoom.setAttribute("aria-pressed", String(!fit));
}
