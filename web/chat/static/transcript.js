// The transcript: puts lines where they belong, keeps the focus, tells screen readers, and scrolls only when welcome.
const list = document.getElementById("transcript");
const announcer = document.getElementById("announcer");
const field = document.getElementById("message");
const dock = document.querySelector(".dock");
const LARGE = 1.15; // Of the room above the composer.
const NEAR_PX = 240;
const usual = field.placeholder;
// A phone's keyboard would hide what the question is about.
const fine = matchMedia("(pointer: fine)");
let expecting = false; // The person did something and has looked at nothing else since.
let pressed = null; // The line whose button was pressed last.
let followed = null; // The line that was scrolled to, until the person scrolls away.
let frame = 0; // Where the next scrolling begins; a later wish takes the place of an earlier one.

export function start() {
  hint();
  if (!location.hash && list.lastElementChild) toEnd("instant");
  // Pictures know their height before they come, type does not.
  document.fonts.ready.then(() => isNearEnd() && list.lastElementChild && toEnd("instant"));
  // One whose size nobody knew has grown under the fold.
  list.addEventListener("load", ({ target }) => followed?.contains(target) && isLast(followed) && show(followed), true);
  for (const away of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    addEventListener(away, () => ((followed = null), (expecting = false)), { passive: true });
  }
}

// The person just did something: what comes next may be scrolled to, and what changes if its own button was pressed.
export function expectAnswer(button = null) {
  expecting = true;
  pressed = button?.closest(".line")?.id ?? null;
}

export function put(lines) {
  const follow = isNearEnd() || expecting;
  let news = null;
  let grown = null;
  for (const { seq, key, html } of lines) {
    const fresh = parse(html);
    const old = document.getElementById(`line-${seq}`);
    const pending = list.querySelector(`[data-pending="${CSS.escape(key)}"]`);
    if (old) replace(old, fresh);
    else if (pending) pending.replaceWith(fresh);
    else insert(fresh, seq);
    announce(old, fresh);
    if (!old && fresh.dataset.hint && expecting && fine.matches) field.focus({ preventScroll: true });
    // An older line that only lost its buttons is nothing to look at.
    if (!old) {
      news = fresh;
      pressed = null; // The answer is below.
    } else if (isLast(fresh) || (expecting && fresh.id === pressed)) {
      grown = fresh;
    }
  }
  hint();
  // What shrinks above moves what was being scrolled to.
  const shown = (follow && (news ?? grown)) || followed;
  if (shown?.isConnected) show(shown);
}

function show(line) {
  followed = line;
  // A picture may lose its upper edge for the sake of the buttons below it, but not what it is about.
  const large = line.offsetHeight > LARGE * (innerHeight - dock.offsetHeight);
  if (isLast(line) && !large) toEnd("smooth");
  else scroll(() => line.scrollIntoView({ block: large ? "start" : "nearest", behavior: "smooth" }));
}

// A line that is on its way: shown at once, replaced when it comes back under the same key.
export function pend(key, text, pictures) {
  const line = document.getElementById("pending-line").content.cloneNode(true).firstElementChild;
  line.dataset.pending = key;
  line.querySelector(".words").textContent = text;
  for (const url of pictures) {
    const shot = document.createElement("span");
    shot.className = "shot";
    const picture = new Image();
    picture.alt = "";
    picture.src = url;
    shot.append(picture);
    line.querySelector(".shots").append(shot);
  }
  list.append(line);
  expectAnswer();
  toEnd("smooth");
  return line;
}

function parse(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.firstElementChild;
}

function insert(fresh, seq) {
  fresh.classList.add("fresh");
  const after = [...list.children].find((line) => Number(line.dataset.seq ?? Infinity) > seq);
  list.insertBefore(fresh, after ?? null);
}

// The same button keeps the focus if it is still there; otherwise the line itself takes it.
function replace(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const opened = [...old.querySelectorAll("details")].map((one) => one.open);
  old.replaceWith(fresh);
  fresh.querySelectorAll("details").forEach((one, place) => (one.open = opened[place] ?? false));
  if (!focused) return;
  const same = focused.value && fresh.querySelector(`button[value="${CSS.escape(focused.value)}"]`);
  (same || fresh).focus({ preventScroll: true });
}

function announce(old, fresh) {
  const spoken = fresh.dataset.spoken;
  if (spoken && spoken !== old?.dataset.spoken) announcer.textContent = spoken;
}

function isLast(line) {
  return line === list.lastElementChild;
}

function hint() {
  const waiting = list.lastElementChild?.dataset.hint;
  field.placeholder = waiting || usual;
}

function isNearEnd() {
  const page = document.scrollingElement;
  return page.scrollHeight - page.scrollTop - innerHeight < NEAR_PX;
}

function toEnd(behavior) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  scroll(() => scrollTo({ top: document.scrollingElement.scrollHeight, behavior: calm ? "instant" : behavior }));
}

function scroll(move) {
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(move);
}
