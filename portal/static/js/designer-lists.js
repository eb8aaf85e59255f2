// Option lists as an outline: written in place, moved by keys or by dragging, pasted from anywhere.
import { changed } from "./designer-panel.js";
import { choose, here, part, send } from "./designer-talk.js";

const MOST_LINES = 180;
const root = document.getElementById("designer");
const state = { dragged: null };
const EMPTY = { label: { zh: "", en: "" } };

const list = () => part("canvas").querySelector("[data-list]")?.dataset.list;
const rowOf = (node) => node.closest?.(".option-row");
const rows = () => [...part("canvas").querySelectorAll(".option-row")];
const waysOf = (row) => JSON.parse(row.dataset.ways);
const rowAt = (place) => rows().find((one) => one.dataset.at === place);
const writeIn = (place) => rowAt(place)?.querySelector("input[lang=zh]")?.focus();

function start(canvas) {
  canvas.addEventListener("keydown", keys, { capture: true });
  canvas.addEventListener("focusin", (event) => {
    const row = rowOf(event.target);
    if (row && event.target.matches("input") && row.dataset.at !== here()) choose(row.dataset.at);
  });
  canvas.addEventListener("paste", pasteInto);
  canvas.addEventListener("click", press);
  canvas.addEventListener("dragstart", grab);
  canvas.addEventListener("dragover", hover);
  canvas.addEventListener("drop", drop);
  canvas.addEventListener("dragend", letGo);
}

function press(event) {
  const button = event.target.closest("button");
  if (!button) return;
  const dialog = document.getElementById("paste-options");
  if ("optionNew" in button.dataset) add(list(), null);
  else if ("pasteOpen" in button.dataset) dialog.showModal();
  else if ("pasteClose" in button.dataset) dialog.close();
  else if ("pasteDo" in button.dataset) {
    const { value } = document.getElementById("paste-text");
    dialog.close();
    addLines(value, list(), null);
  }
}

function add(owner, before, value = EMPTY) {
  send({ operations: [{ do: "add", path: owner, value, before }], done: (body) => writeIn(body.at) });
}

function after(row) {
  return waysOf(row).down ? following(row)?.dataset.key ?? null : null;
}

const following = (row) => rows().slice(rows().indexOf(row) + 1).find((one) => one.dataset.owner === row.dataset.owner);

function keys(event) {
  const row = rowOf(event.target);
  if (!row || event.isComposing || event.target.closest("button")) return;
  const done = event.target.matches("input") ? inInput(event, row) : onRow(event, row);
  if (done) {
    event.preventDefault();
    event.stopPropagation();
  }
}

const WAYS = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "in", ArrowLeft: "out" };

function moved(event, row) {
  return event.altKey && !event.ctrlKey && !event.metaKey && WAYS[event.key] ? move(row, WAYS[event.key]) : false;
}

function move(row, way) {
  const operation = waysOf(row)[way];
  if (operation) send({ operations: [operation], focus: !document.activeElement.matches("input") });
  return true;
}

function onRow(event, row) {
  if (moved(event, row)) return true;
  if ((event.key === "Enter" || event.key === "F2") && !event.ctrlKey) {
    row.querySelector("input[lang=zh]").focus();
    return true;
  }
  return false;
}

function inInput(event, row) {
  const { target, key } = event;
  if (moved(event, row)) return true;
  const first = target.lang === "zh" && target.selectionStart === 0 && target.selectionEnd === 0;
  if (key === "Enter") {
    changed(target);
    add(row.dataset.owner, after(row));
  } else if (key === "Tab" && first && waysOf(row)[event.shiftKey ? "out" : "in"]) {
    move(row, event.shiftKey ? "out" : "in");
  } else if (key === "Backspace" && first && !target.value && !row.querySelector("input[lang=en]").value) {
    const above = rows()[rows().indexOf(row) - 1]?.dataset.at;
    send({ operations: [{ do: "remove", path: row.dataset.at }], done: () => above && writeIn(above) });
  } else if (key === "ArrowUp" || key === "ArrowDown") {
    const beside = rows()[rows().indexOf(row) + (key === "ArrowUp" ? -1 : 1)];
    beside?.querySelector(`input[lang=${target.lang}]`)?.focus();
  } else if (key === "Escape") {
    row.tabIndex = 0;
    row.focus();
  } else return false;
  return true;
}

// Many lines pasted into one name become many options.
function pasteInto(event) {
  const row = rowOf(event.target);
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!row || !event.target.matches("input") || !text.trim().includes("\n")) return;
  event.preventDefault();
  addLines(text, row.dataset.owner, after(row));
}

function addLines(text, owner, before) {
  const operations = parse(text).map((value) => ({ do: "add", path: owner, value, before }));
  if (operations.length) send({ operations: operations.slice(0, MOST_LINES), done: (body) => writeIn(body.at) });
}

// Lines to options: what is indented more than the line above goes under it.
export function parse(text) {
  const top = [];
  const open = [];
  for (const line of text.replace(/\r/g, "").split("\n")) {
    if (!line.trim()) continue;
    const depth = line.match(/^[\s　]*/)[0].replace(/\t/g, "    ").replace(/　/g, "  ").length;
    const [zh, en = ""] = line.trim().replace(/^[-*•·]\s+/, "").split(/\s*[|｜\t]\s*/);
    const option = { label: { zh, en } };
    while (open.length && open.at(-1).depth >= depth) open.pop();
    const parent = open.at(-1)?.option;
    if (parent) (parent.children ??= []).push(option);
    else top.push(option);
    open.push({ depth, option });
  }
  return top;
}

function grab(event) {
  const row = event.target.closest?.(".option-grip") && rowOf(event.target);
  if (!row) return;
  state.dragged = row;
  row.classList.add("dragging");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", row.dataset.key);
}

function aim(event) {
  const row = rowOf(event.target);
  const { dragged } = state;
  if (!dragged || !row || row === dragged || row.dataset.at.startsWith(`${dragged.dataset.at}.`)) return null;
  const box = row.getBoundingClientRect();
  const share = (event.clientY - box.top) / box.height;
  return { row, where: share < 0.3 ? "before" : share > 0.7 ? "after" : "into" };
}

function clear() {
  for (const one of part("canvas").querySelectorAll(".drop-before, .drop-after, .drop-into")) one.classList.remove("drop-before", "drop-after", "drop-into");
}

function hover(event) {
  clear();
  const goal = aim(event);
  if (!goal) return;
  event.preventDefault();
  goal.row.classList.add(`drop-${goal.where}`);
}

function drop(event) {
  const goal = aim(event);
  clear();
  if (!goal) return;
  event.preventDefault();
  const { row, where } = goal;
  const { at, key } = state.dragged.dataset;
  const before = where === "before" ? row.dataset.key : where === "after" ? following(row)?.dataset.key ?? null : null;
  const to = where === "into" ? `${row.dataset.at}.children` : row.dataset.owner;
  if (before !== key) send({ operations: [{ do: "move", path: at, to, before }], focus: true });
}

function letGo() {
  clear();
  state.dragged?.classList.remove("dragging");
  state.dragged = null;
}

if (root && part("canvas")) start(part("canvas"));
