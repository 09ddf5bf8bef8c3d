// Buttons: one press of one button is one event, however often it is clicked.
import { newId, post } from "./post.js";
import { expectAnswer } from "./transcript.js";

const form = document.getElementById("press");
const menu = document.getElementById("menu");
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

// A folded sheet opens where its button stands; near the right edge it moves in.
function keepInView({ target }) {
  const sheet = target.open && target.querySelector(":scope > .sheet");
  if (!sheet) return;
  sheet.style.translate = "";
  const { left, right } = sheet.getBoundingClientRect();
  const over = right + EDGE_PX - document.documentElement.clientWidth;
  if (over > 0) sheet.style.translate = `${-Math.min(over, left - EDGE_PX)}px`;
}
