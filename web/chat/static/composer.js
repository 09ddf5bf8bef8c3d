// The message field: Enter sends, Shift+Enter breaks the line; pictures come by button, drop and paste.
import { newId, post } from "./post.js";
import { toast } from "./toast.js";
import { pend } from "./transcript.js";

const form = document.getElementById("composer");
const field = document.getElementById("message");
const picker = document.getElementById("picker");
const tray = document.getElementById("tray");
const reply = document.getElementById("reply");
const drop = document.getElementById("drop");
const fileBytes = Number(document.body.dataset.fileBytes);
const coarse = matchMedia("(pointer: coarse)");
let held = []; // { file, url, item }

export function start() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  field.addEventListener("keydown", (event) => {
    // A phone's Enter breaks the line, and one that ends a word being composed is the keyboard's own.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !coarse.matches) {
      event.preventDefault();
      send();
    }
    if (event.key === "Escape" && !reply.hidden) dropReply();
  });
  picker.addEventListener("change", () => {
    hold(picker.files);
    picker.value = "";
    field.focus();
  });
  document.addEventListener("paste", (event) => {
    const files = event.clipboardData?.files;
    if (!files?.length) return;
    event.preventDefault();
    hold(files);
    field.focus();
  });
  document.getElementById("reply-drop").addEventListener("click", dropReply);
  document.addEventListener("click", (event) => {
    const about = event.target.closest("[data-reply]");
    if (about) startReply(about);
  });
  startDrop();
}

function startDrop() {
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0;
  const show = (shown) => (drop.hidden = !shown);
  addEventListener("dragenter", (event) => carriesFiles(event) && show(++depth > 0));
  addEventListener("dragleave", (event) => carriesFiles(event) && show(--depth > 0));
  addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    depth = 0;
    show(false);
    if (!carriesFiles(event)) return;
    event.preventDefault();
    hold(event.dataTransfer.files);
    field.focus();
  });
}

function hold(files) {
  for (const file of files) {
    if (file.size > fileBytes) {
      toast(document.getElementById("too-large-toast").innerHTML);
      continue;
    }
    const item = document.getElementById("tray-item").content.cloneNode(true).firstElementChild;
    const entry = { file, url: URL.createObjectURL(file), item };
    const picture = item.querySelector("img");
    picture.src = entry.url;
    picture.alt = file.name;
    picture.addEventListener("error", () => picture.remove()); // HEIC on most computers: the name must do.
    item.querySelector(".tray-name").textContent = file.name;
    item.querySelector("button").addEventListener("click", () => {
      held = held.filter((one) => one !== entry);
      release([entry]);
      item.remove();
      tray.hidden = !held.length;
      field.focus();
    });
    tray.append(item);
    held.push(entry);
  }
  tray.hidden = !held.length;
}

function release(entries) {
  for (const { url } of entries) URL.revokeObjectURL(url);
}

async function send() {
  const text = field.value.trim();
  if (!text && !held.length) return field.focus();
  const id = newId();
  const sending = held;
  const variant = form.elements.variant.value;
  const line = pend(`said:${id}`, text, sending.map(({ url }) => url));
  field.value = "";
  held = [];
  tray.replaceChildren();
  tray.hidden = true;
  dropReply();
  const taken = await post("/say", () => {
    const body = new FormData();
    body.set("csrf", form.elements.csrf.value);
    body.set("id", id);
    body.set("text", text);
    body.set("variant", variant);
    for (const { file } of sending) body.append("photos", file, file.name);
    return body;
  });
  if (!taken) giveBack(line, text, sending);
  else setTimeout(() => release(sending), 60_000);
}

// Refused as a whole: nothing is lost, it stands in the field again.
function giveBack(line, text, sending) {
  line.remove();
  if (!field.value) field.value = text;
  hold(sending.map(({ file }) => file));
  release(sending);
  field.focus();
}

function startReply(about) {
  form.elements.variant.value = about.dataset.reply;
  document.getElementById("reply-name").textContent = about.dataset.name;
  reply.hidden = false;
  field.focus();
}

function dropReply() {
  form.elements.variant.value = "";
  reply.hidden = true;
}
