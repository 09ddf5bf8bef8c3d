// The live connection: changed lines come as HTML; after a break it goes on from the last revision seen.
import { put } from "./transcript.js";

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8000;
const QUIET_MS = 1500; // A shorter break is not worth a word.
const state = document.getElementById("link-state");
const page = document.body.dataset;

let socket = null;
let wait = FIRST_WAIT_MS;
let timer = 0;
let telling = 0;

export function start() {
  if (page.known) connect();
  addEventListener("online", retry);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && retry());
  addEventListener("pageshow", (event) => event.persisted && retry());
}

// A browser nobody spoke from yet has nothing to listen to; its first message opens the connection.
export function connect() {
  if (socket || timer) return;
  page.known = "1";
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/live?after=${page.cursor}`);
  socket.addEventListener("message", hear);
  socket.addEventListener("close", lose);
}

function hear(event) {
  const news = JSON.parse(event.data);
  if (news.waiting) return tell();
  wait = FIRST_WAIT_MS;
  hush();
  if (news.release && news.release !== page.release) return renew();
  if (news.erased) {
    // The chat was deleted for good; whoever writes now is somebody new, and gets a page of their own.
    document.getElementById("transcript").replaceChildren();
    document.querySelector(".earlier")?.remove();
    page.erased = "1";
  }
  if (news.lines) put(news.lines);
  if (news.cursor) page.cursor = news.cursor;
}

function lose() {
  socket = null;
  telling ||= setTimeout(tell, QUIET_MS);
  timer = setTimeout(retry, wait * (0.75 + Math.random() / 2));
  wait = Math.min(2 * wait, LONGEST_WAIT_MS);
}

function retry() {
  if (!timer) return;
  clearTimeout(timer);
  timer = 0;
  connect();
}

function tell() {
  state.hidden = false;
}

function hush() {
  clearTimeout(telling);
  telling = 0;
  state.hidden = true;
}

// Another release serves us now. Its page fits its lines better, but never at the price of words not yet sent.
function renew() {
  const field = document.getElementById("message");
  const tray = document.getElementById("tray");
  if (!field.value && tray.hidden && !document.querySelector("dialog[open]")) location.reload();
}
