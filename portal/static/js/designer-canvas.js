// The canvas: choosing with the pointer or the arrow keys, moving with Alt, taking away with Delete.
import { announce, choose, here, mark, part, send } from "./designer-talk.js";

export function startCanvas(root) {
  const canvas = part("canvas");
  if (!canvas) return;
  canvas.addEventListener("click", (event) => {
    if (event.target.closest("button, a, summary, input, select, textarea, label")) return;
    const slot = event.target.closest("[data-at]");
    if (slot) pick(slot);
  });
  canvas.addEventListener("keydown", (event) => keys(event, canvas, root));
  root.addEventListener("drawn", (event) => dress(canvas, event.detail));
  dress(canvas, {});
  canvas.querySelector(".chosen")?.scrollIntoView({ block: "center" });
  // On a phone the lists wait folded, so that the form itself is what one sees.
  if (matchMedia("(max-width: 900px)").matches) {
    for (const one of root.querySelectorAll(".designer-left > details")) one.open = false;
  }
}

export const slots = (canvas) => [...canvas.querySelectorAll("[data-at]")].filter((one) => one.offsetParent !== null);

export function pick(slot) {
  for (const one of part("canvas").querySelectorAll('[data-at][tabindex="0"]')) one.tabIndex = -1;
  slot.tabIndex = 0;
  slot.focus({ preventScroll: false });
  return choose(slot.dataset.at);
}

// One stop for the Tab key: the chosen element; the arrow keys go on from there.
function dress(canvas, { edit }) {
  mark(here());
  const all = slots(canvas);
  const chosen = all.find((one) => one.dataset.at === here()) ?? all[0];
  for (const one of all) one.tabIndex = one === chosen ? 0 : -1;
  if (edit?.focus && chosen) {
    chosen.focus({ preventScroll: true });
    chosen.scrollIntoView({ block: "nearest" });
    announce(chosen.getAttribute("aria-label") ?? "");
  }
}

function keys(event, canvas, root) {
  const slot = event.target.closest("[data-at]");
  if (!slot || event.target.closest("button, a, summary, input, select, textarea")) return;
  const { key } = event;
  const panelButton = (selector) => part("panel").querySelector(selector);
  if (event.altKey && (key === "ArrowUp" || key === "ArrowDown")) {
    event.preventDefault();
    if (slot.dataset.at !== here()) return;
    press(panelButton(key === "ArrowUp" ? '[data-move="up"]' : '[data-move="down"]'));
  } else if (event.altKey || event.ctrlKey || event.metaKey) {
    if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "d") {
      event.preventDefault();
      press(panelButton("[data-duplicate]"));
    }
  } else if (key === "ArrowDown" || key === "ArrowRight") go(event, canvas, slot, 1);
  else if (key === "ArrowUp" || key === "ArrowLeft") go(event, canvas, slot, -1);
  else if (key === "Home" || key === "End") go(event, canvas, slot, key === "Home" ? -Infinity : Infinity);
  else if (key === "Enter" || key === "F2") {
    event.preventDefault();
    pick(slot).then(() => part("panel").querySelector(".panel-body input:not([type=hidden]), .panel-body select, .panel-body textarea")?.focus());
  } else if (key === "Delete" || key === "Backspace") {
    event.preventDefault();
    if (slot.dataset.at === here()) press(panelButton("[data-remove]"));
  }
  root.dispatchEvent(new CustomEvent("canvaskey", { detail: event }));
}

// The button of the panel does it, and the focus comes back to the canvas.
function press(button) {
  if (!button || button.disabled) return;
  send({ operations: JSON.parse(button.dataset.do), instead: button.dataset.instead, focus: true, replace: true });
}

function go(event, canvas, slot, by) {
  event.preventDefault();
  const all = slots(canvas);
  const at = Math.max(0, Math.min(all.length - 1, all.indexOf(slot) + by));
  pick(all[at]);
  announce(all[at].getAttribute("aria-label") ?? "");
}
