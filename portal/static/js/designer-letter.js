// The letter on the canvas: its language and its examples, paragraphs that are written in place, added and moved.
import { here, part, send } from "./designer-talk.js";
import { changed } from "./designer-panel.js";
import { pick } from "./designer-canvas.js";

const root = document.getElementById("designer");
const sheet = () => part("canvas").querySelector(".letter-sheet");
const shown = { language: document.documentElement.lang.startsWith("zh") ? "zh" : "en", show: "fields" };

function dress() {
  if (!sheet()) return;
  sheet().dataset.language = shown.language;
  sheet().dataset.show = shown.show;
  for (const one of sheet().querySelectorAll("[data-letter-language]")) one.setAttribute("aria-pressed", String(one.dataset.letterLanguage === shown.language));
  for (const one of sheet().querySelectorAll("[data-letter-show]")) one.setAttribute("aria-pressed", String(one.dataset.letterShow === shown.show));
}

const place = (index) => `${sheet().dataset.paragraphs}[#${index}]`;
const writer = (block) => [...block.querySelectorAll("textarea")].find((one) => one.offsetParent !== null);

function press(event) {
  const button = event.target.closest("button");
  if (button?.dataset.letterLanguage || button?.dataset.letterShow) {
    if (button.dataset.letterLanguage) shown.language = button.dataset.letterLanguage;
    else shown.show = button.dataset.letterShow;
    dress();
  } else if (button && "paraDo" in button.dataset) act(button);
  else if (!button && !event.target.closest("textarea, a")) open(event.target.closest("[data-write]"));
}

function act(button) {
  if (button.disabled) return;
  flush();
  send({
    operations: JSON.parse(button.dataset.paraDo),
    at: place(button.dataset.paraAt),
    stay: true,
    replace: true,
    focus: true,
    write: "paraNew" in button.dataset,
  });
}

// What is being typed goes out before the paragraphs change places.
function flush() {
  const { activeElement } = document;
  if (activeElement?.matches("textarea") && sheet().contains(activeElement)) changed(activeElement);
}

// A block that is written in is open until something else is chosen; the page itself remembers it, so that
// it stays open, and keeps the cursor, when the server draws the letter afresh.
function open(block) {
  if (!block) return;
  if (block.dataset.at && block.dataset.at !== here()) pick(block);
  root.dataset.writing = block.dataset.at ? "chosen" : "appeal";
  writer(block)?.focus();
}

function close(event) {
  if (event.target.matches("[data-write]")) delete root.dataset.writing;
}

function keys(event) {
  const block = event.target.closest?.("[data-write]");
  if (!block || !sheet()?.contains(block)) return;
  const inText = event.target.matches("textarea");
  const done = () => { event.preventDefault(); event.stopPropagation(); };
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && block.matches("[data-para]")) {
    done();
    act(block.querySelector("[data-para-new]"));
  } else if (event.key === "Enter" && event.target === block) {
    done();
    open(block);
  } else if (event.key === "Escape" && inText && !document.querySelector(".completions")) {
    done();
    block.focus();
  } else if (event.altKey && /^Arrow(Up|Down)$/.test(event.key) && event.target === block && block.matches("[data-para]")) {
    done();
    act(block.querySelectorAll(".para-tools button")[event.key === "ArrowUp" ? 0 : 1]);
  } else if (event.key === "Delete" && event.target === block && block.matches("[data-para]")) {
    done();
    act(block.querySelector(".para-tools button:last-child"));
  }
}

function drawn({ detail }) {
  dress();
  if (!sheet()) return;
  if (detail.edit?.write) open(sheet().querySelector("[data-para].chosen"));
}

let dragged = null;
function drag(event) {
  const block = event.target.closest?.("[data-para]");
  if (event.type === "dragstart" && event.target.closest?.(".para-grip")) {
    dragged = block;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", block.dataset.at);
    event.dataTransfer.setDragImage(block, 12, 12);
    return;
  }
  if (!dragged) return;
  for (const one of sheet().querySelectorAll(".drop-above, .drop-below")) one.classList.remove("drop-above", "drop-below");
  if (event.type === "dragend") dragged = null;
  if (!block || event.type === "dragend") return;
  event.preventDefault();
  const box = block.getBoundingClientRect();
  const below = event.clientY > box.top + box.height / 2;
  if (event.type === "dragover") block.classList.add(below ? "drop-below" : "drop-above");
  else if (event.type === "drop") drop(Number(block.dataset.index) + Number(below));
}

// A move takes the paragraph out first: places behind it are counted without it.
function drop(wanted) {
  const from = Number(dragged.dataset.index);
  const goal = wanted > from ? wanted - 1 : wanted;
  dragged = null;
  if (goal === from) return;
  send({ operations: [{ do: "move", path: place(from), before: goal }], at: place(goal), stay: true, replace: true, focus: true });
}

root.addEventListener("click", press);
root.addEventListener("keydown", keys, { capture: true });
root.addEventListener("drawn", drawn);
root.addEventListener("focusin", close);
for (const kind of ["dragstart", "dragover", "drop", "dragend"]) root.addEventListener(kind, drag);
dress();
