// Building a form: fields come from the palette and move about the canvas, with the pointer or with the keys alone.
import { announce, here, part, send } from "./designer-talk.js";
import { say } from "./words.js";

const root = document.getElementById("designer");
const canvas = part("canvas");
let dragged = null;

root.addEventListener("click", (event) => {
  const button = event.target.closest("[data-new], [data-same], [data-new-section]");
  if (button) add(button, afterChosen());
});
canvas.addEventListener("keydown", keys, { capture: true });
root.addEventListener("dragstart", begin);
root.addEventListener("dragend", end);
canvas.addEventListener("dragover", over);
canvas.addEventListener("dragleave", (event) => { if (!canvas.contains(event.relatedTarget)) unmark(); });
canvas.addEventListener("drop", drop);

const chosen = () => canvas.querySelector(`[data-at="${CSS.escape(here())}"]`);
const members = (grid) => [...grid.children].filter((one) => one.dataset.key);
const pathOf = () => canvas.querySelector("[data-canvas] > .sheet-head").dataset.at;

// Where a new field goes when none was pointed at: behind the chosen one, or at the end of the chosen box.
function afterChosen() {
  const slot = chosen();
  const grid = slot?.querySelector("[data-fields]");
  if (grid && (slot.matches("[data-section-slot]") || ["group", "table"].includes(slot.dataset.type))) return { box: grid.dataset.fields, before: null };
  if (slot?.dataset.box) return { box: slot.dataset.box, before: next(slot)?.dataset.key ?? null };
  const last = [...canvas.querySelectorAll("[data-section-slot] > [data-fields]")].at(-1);
  return last ? { box: last.dataset.fields, before: null } : null;
}

const next = (slot) => members(slot.parentElement)[members(slot.parentElement).indexOf(slot) + 1];
const previous = (slot) => members(slot.parentElement)[members(slot.parentElement).indexOf(slot) - 1];

function add(button, goal) {
  const name = button.dataset.kindName ?? "";
  if ("newSection" in button.dataset || !goal) {
    send({ operations: [{ do: "add", path: `${pathOf()}.sections` }], focus: true, done: () => announce(say("designerAdded", { name: say("designerSection") })) });
    return;
  }
  const operation = button.dataset.same
    ? { do: "copy", of: button.dataset.same, same_key: true, path: goal.box, before: goal.before }
    : { do: "add", path: goal.box, value: JSON.parse(button.dataset.new), before: goal.before };
  send({ operations: [operation], focus: true, replace: true, done: () => announce(say("designerAdded", { name })) });
}

// Alt with an arrow moves through the form as one reads it: past a neighbour, into a group, out of it, to the next section.
function keys(event) {
  const slot = event.target.closest("[data-at]");
  if (!event.altKey || !slot?.dataset.box || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  event.stopPropagation();
  const goal = event.key === "ArrowUp" ? up(slot) : down(slot);
  if (goal) move(slot, goal);
  else announce(say("designerEnd"));
}

const opens = (one, slot) => one?.dataset.type === "group" && slot.dataset.type !== "group" && !slot.dataset.box.includes(".fields[");
const gridOf = (one) => one.querySelector("[data-fields]");

function up(slot) {
  const above = previous(slot);
  if (opens(above, slot)) return { box: gridOf(above).dataset.fields, before: null };
  if (above) return { box: slot.dataset.box, before: above.dataset.key };
  const owner = slot.parentElement.closest("[data-box]");
  if (owner?.dataset.type === "group") return { box: owner.dataset.box, before: owner.dataset.key };
  if (owner) return null;
  const section = slot.closest("[data-section-slot]").previousElementSibling;
  return section?.matches("[data-section-slot]") ? { box: gridOf(section).dataset.fields, before: null } : null;
}

function down(slot) {
  const below = next(slot);
  if (opens(below, slot)) return { box: gridOf(below).dataset.fields, before: members(gridOf(below))[0]?.dataset.key ?? null };
  if (below) return { box: slot.dataset.box, before: next(below)?.dataset.key ?? null };
  const owner = slot.parentElement.closest("[data-box]");
  if (owner?.dataset.type === "group") return { box: owner.dataset.box, before: next(owner)?.dataset.key ?? null };
  if (owner) return null;
  const section = slot.closest("[data-section-slot]").nextElementSibling;
  return section?.matches("[data-section-slot]") ? { box: gridOf(section).dataset.fields, before: members(gridOf(section))[0]?.dataset.key ?? null } : null;
}

function move(slot, goal) {
  const operation = { do: "move", path: slot.dataset.at, before: goal.before };
  if (goal.box !== slot.dataset.box) operation.to = goal.box;
  const name = slot.getAttribute("aria-label");
  send({ operations: [operation], focus: true, replace: true, done: () => announce(say("designerMoved", { name: chosen()?.getAttribute("aria-label") ?? name })) });
}

// dragging

function begin(event) {
  const item = event.target.closest?.("[data-new], [data-same], [data-box]");
  if (!item) return;
  dragged = item;
  event.dataTransfer.effectAllowed = item.dataset.box ? "move" : "copy";
  event.dataTransfer.setData("text/plain", item.dataset.kindName ?? item.dataset.key ?? "");
  event.stopPropagation();
  item.classList.add("dragging");
}

function end() {
  dragged?.classList.remove("dragging");
  dragged = null;
  unmark();
}

function over(event) {
  const goal = dragged && goalAt(event);
  unmark();
  if (!goal) return;
  event.preventDefault();
  goal.show.classList.add(goal.side);
}

function drop(event) {
  const goal = dragged && goalAt(event);
  const item = dragged;
  end();
  if (!goal) return;
  event.preventDefault();
  if (!item.dataset.box) add(item, goal);
  else if (goal.before !== item.dataset.key || goal.box !== item.dataset.box) move(item, goal);
}

// Beside the slot under the pointer, or into the box that is empty or ends there.
function goalAt(event) {
  const slot = event.target.closest("[data-box]");
  if (slot && slot === dragged) return null;
  if (slot && dragged.contains(slot)) return null;
  const inside = event.target.closest("[data-fields]");
  if (slot && (!inside || !slot.contains(inside))) return beside(slot, event);
  const grid = inside ?? event.target.closest("[data-section-slot]")?.querySelector("[data-fields]");
  if (!grid || (dragged.contains(grid) && dragged.dataset.box)) return null;
  return { box: grid.dataset.fields, before: null, show: grid, side: "drop-in" };
}

function beside(slot, event) {
  const at = slot.getBoundingClientRect();
  const row = members(slot.parentElement).some((one) => one !== slot && Math.abs(one.getBoundingClientRect().top - at.top) < 4);
  const behind = row ? event.clientX > at.left + at.width / 2 : event.clientY > at.top + at.height / 2;
  const side = `drop-${behind ? "after" : "before"}${row ? "-side" : ""}`;
  return { box: slot.dataset.box, before: behind ? next(slot)?.dataset.key ?? null : slot.dataset.key, show: slot, side };
}

function unmark() {
  for (const one of canvas.querySelectorAll(".drop-in, .drop-before, .drop-after, .drop-before-side, .drop-after-side")) {
    one.classList.remove("drop-in", "drop-before", "drop-after", "drop-before-side", "drop-after-side");
  }
}

