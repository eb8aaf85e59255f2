// The picture of a workflow: zooming, choosing a way, and joining two stages by dragging or with the keyboard.
import { announce, choose, here, part, send } from "./designer-talk.js";

const SMALLEST = 0.4;
const LARGEST = 1.6;
const STEP = 1.25;
const READABLE = 0.62; // never smaller by itself: then one scrolls
const root = document.getElementById("designer");
const state = { zoom: null, from: "" };

const picture = () => part("canvas").querySelector("[data-flow-picture]");
const wrap = () => part("canvas").querySelector("[data-flow-wrap]");
const flow = () => part("canvas").querySelector("[data-flow]")?.dataset.flow;

function dress() {
  if (!picture()) return;
  zoom(state.zoom ?? fitting());
  const chosen = here();
  for (const one of part("canvas").querySelectorAll("[data-at]")) one.classList.toggle("chosen", one.dataset.at === chosen);
  for (const way of picture().querySelectorAll("[data-steps]")) {
    const steps = way.dataset.steps.split(" ").filter(Boolean).map((key) => `${flow()}.transitions[${key}]`);
    way.classList.toggle("chosen", steps.includes(chosen));
  }
}

function fitting() {
  const box = wrap();
  const inner = box.clientWidth - 32;
  return Math.min(1, Math.max(READABLE, inner / picture().viewBox.baseVal.width));
}

function zoom(scale) {
  const { width, height } = picture().viewBox.baseVal;
  picture().setAttribute("width", Math.round(width * scale));
  picture().setAttribute("height", Math.round(height * scale));
}

function press(event) {
  const button = event.target.closest("[data-zoom]");
  if (button) {
    const by = Number(button.dataset.zoom);
    const now = state.zoom ?? fitting();
    const whole = (wrap().clientWidth - 32) / picture().viewBox.baseVal.width;
    state.zoom = by ? Math.min(LARGEST, Math.max(SMALLEST, by > 0 ? now * STEP : now / STEP)) : Math.min(1, whole);
    zoom(state.zoom);
    return;
  }
  const way = event.target.closest("[data-pick]");
  if (!way) return;
  // Several steps may lead the same way: each press chooses the next.
  const places = way.dataset.steps.split(" ").filter(Boolean).map((key) => `${flow()}.transitions[${key}]`);
  choose(places[(places.indexOf(here()) + 1) % places.length]);
}

function keys(event) {
  const stage = event.target.closest("[data-stage]");
  if (!stage || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.toLowerCase();
  if (key === "c") {
    event.preventDefault();
    event.stopPropagation();
    begin(stage);
  } else if (key === "n") {
    event.preventDefault();
    event.stopPropagation(); // elsewhere it registers a complaint
    part("canvas").querySelector(`[data-following="${CSS.escape(stage.dataset.stage)}"]`)?.click();
  } else if (state.from && (key === "enter" || key === "escape")) {
    event.preventDefault();
    event.stopPropagation();
    const { from } = state;
    end();
    if (key === "enter") join(from, stage.dataset.stage);
  }
}

function begin(stage) {
  end();
  state.from = stage.dataset.stage;
  stage.classList.add("joining");
  announce(wrap().dataset.connecting);
}

function end() {
  state.from = "";
  for (const one of part("canvas").querySelectorAll(".joining, .goal")) one.classList.remove("joining", "goal");
}

function join(from, to) {
  if (!from || from === to) return;
  send({ operations: [{ do: "add", path: `${flow()}.transitions`, value: { from: [from], to } }], focus: true });
}

// Dragging from one stage to another draws a line and joins them.
function grab(event) {
  const stage = event.target.closest("[data-stage]");
  if (!stage || event.button !== 0 || event.pointerType === "touch") return;
  const start = [event.clientX, event.clientY];
  let line = null;
  const goalAt = (moved) => document.elementFromPoint(moved.clientX, moved.clientY)?.closest("[data-stage]");
  const move = (moved) => {
    if (!line && Math.hypot(moved.clientX - start[0], moved.clientY - start[1]) < 8) return;
    line ??= drawLine(stage);
    const to = inPicture(moved);
    line.setAttribute("x2", to.x);
    line.setAttribute("y2", to.y);
    for (const one of picture().querySelectorAll(".goal")) one.classList.remove("goal");
    const goal = goalAt(moved);
    if (goal && goal !== stage) goal.classList.add("goal");
  };
  const drop = (moved) => {
    document.removeEventListener("pointermove", move);
    document.removeEventListener("pointerup", drop);
    if (!line) return;
    line.remove();
    end();
    const goal = goalAt(moved);
    if (goal) join(stage.dataset.stage, goal.dataset.stage);
  };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", drop);
}

function drawLine(stage) {
  const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
  line.setAttribute("class", "flow-drawing");
  const box = stage.querySelector("rect");
  line.setAttribute("x1", Number(box.getAttribute("x")) + box.getAttribute("width") / 2);
  line.setAttribute("y1", Number(box.getAttribute("y")) + box.getAttribute("height") / 2);
  picture().append(line);
  stage.classList.add("joining");
  return line;
}

function inPicture(event) {
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(picture().getScreenCTM().inverse());
}

if (root && part("canvas")) {
  const canvas = part("canvas");
  canvas.addEventListener("click", press);
  canvas.addEventListener("keydown", keys, { capture: true });
  canvas.addEventListener("pointerdown", grab);
  root.addEventListener("drawn", dress);
  dress();
}
