// Buttons: one press of one button is one event, however often it is clicked.
import { newId, post } from "./post.js";
import { expectAnswer } from "./transcript.js";

const form = document.getElementById("press");
const menu = document.getElementById("menu");
const head = document.querySelector(".top");
const dock = document.querySelector(".dock");
const EDGE_PX = 8;

export function start() {
  // The second click of a double click is no second press, even where the answer to the first came in between.
  document.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest("button[name=token]")) event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (button) press(button);
  });
  document.addEventListener("click", closeSheets);
  document.addEventListener("toggle", keepInView, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.activeElement?.closest("details[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
}

async function press(button) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  const values = { csrf: form.elements.csrf.value, id: newId(), token: button.value };
  const sheet = button.closest("details");
  if (sheet) {
    sheet.open = false;
    if (sheet.contains(document.activeElement)) sheet.querySelector("summary").focus();
  }
  expectAnswer(button);
  try {
    await post("/press", () => new URLSearchParams(values));
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

function closeSheets(event) {
  for (const open of document.querySelectorAll("details.more[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
  if (event.target.closest("#menu a")) menu.open = false;
}

// A folded sheet opens where its button stands: down, or up where that is roomier, never over the head of the page or
// the composer; what does not fit there scrolls in it. Near the right edge it moves in.
function keepInView({ target }) {
  const sheet = target.open && target.querySelector(":scope > .sheet");
  if (!sheet) return;
  sheet.style.translate = "";
  sheet.style.maxHeight = "";
  const { left, right, height } = sheet.getBoundingClientRect();
  const over = right + EDGE_PX - document.documentElement.clientWidth;
  if (over > 0) sheet.style.translate = `${-Math.min(over, left - EDGE_PX)}px`;
  const button = target.querySelector("summary").getBoundingClientRect();
  const below = dock.getBoundingClientRect().top - button.bottom - 2 * EDGE_PX;
  const above = button.top - head.getBoundingClientRect().bottom - 2 * EDGE_PX;
  const up = height > below && above > below;
  sheet.classList.toggle("up", up);
  sheet.style.maxHeight = `${up ? above : below}px`;
}
