// The panel: what changes in a control goes out as an operation; lists in it grow, shrink and are put in order.
import { startCombos } from "./combos.js";
import { later } from "./words.js";
import { isPlacing, send } from "./designer-talk.js";
import { Unreadable, read } from "./designer-values.js";

const PAUSE = 1500;
let serial = 0;

export function startPanel(root) {
  root.addEventListener("change", (event) => {
    // Taking a half-typed control out of the page counts as a change; its successor says it once it is typed.
    if (isPlacing()) return;
    if (event.target.matches("[data-item-choose]")) addChosen(event.target);
    else changed(event.target);
  });
  const soon = later(PAUSE, changed);
  root.addEventListener("input", (event) => { if (typed(event.target)) soon(event.target); });
  // A control that was redrawn while somebody typed fires no change of its own.
  root.addEventListener("focusout", (event) => {
    if (!isPlacing() && typed(event.target) && event.target.value !== event.target.defaultValue) changed(event.target);
  });
  root.addEventListener("leaving", () => { if (root.contains(document.activeElement)) changed(document.activeElement); });
  root.addEventListener("click", press);
  // While a panel is drawn anew nothing has the focus for a moment: Escape means the canvas then, too.
  root.ownerDocument.addEventListener("keydown", ({ key, target }) => {
    if (key === "Escape" && (target.localName === "body" || target.closest('[data-part="panel"]'))) backToCanvas(root);
  });
}

const typed = (target) => target.matches("textarea, input:not([type=checkbox], [type=radio])");

function backToCanvas(root) {
  root.querySelector('[data-part="canvas"] .chosen')?.focus();
}

// The nearest setting around a control says its path and the value that was seen.
export function changed(target) {
  const setting = target.closest?.(".setting[data-path]");
  if (!setting || !setting.isConnected || target.closest('[data-part="rows"]')) return;
  const told = setting.querySelector("[data-told]");
  const control = setting.querySelector("[data-v]");
  if (!control) return; // shown, not written
  let value;
  try {
    value = read(control);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    told.textContent = error.message;
    told.hidden = false;
    return;
  }
  told.hidden = true;
  const was = JSON.parse(setting.dataset.was);
  const operations = difference(setting.dataset, value, was);
  if (!operations.length) return;
  setting.dataset.was = JSON.stringify(value);
  for (const item of setting.querySelectorAll("[data-fresh]")) if (saysSomething(item)) delete item.dataset.fresh;
  send({
    operations,
    stay: true,
    replace: true,
    failed: () => { setting.dataset.was = JSON.stringify(was); },
  });
}

function saysSomething(item) {
  const control = item.querySelector("[data-v]");
  if (control.dataset.v === "entry") return [...control.querySelectorAll("[data-part]")].every((one) => one.value.trim());
  return read(control) !== null;
}

// A pair of languages is changed language by language, so that two people can write one each.
function difference({ path, kind }, value, was) {
  if (same(value, was) || (was === null && Array.isArray(value) && !value.length)) return [];
  if (["text", "long_text", "letter_text"].includes(kind) && was && typeof was === "object" && value) {
    return ["zh", "en"].filter((one) => !same(value[one] ?? null, was[one] ?? null))
      .map((one) => ({ do: "set", path: `${path}.${one}`, value: value[one] ?? null, was: was[one] ?? null }));
  }
  return [{ do: "set", path, value, was }];
}

export function same(one, other) {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => name in other && same(one[name], other[name]));
}

function press(event) {
  const button = event.target.closest("button");
  if (!button) return;
  if ("itemAdd" in button.dataset) add(button.parentElement, button.parentElement.querySelector(":scope > template"));
  else if ("itemRemove" in button.dataset) remove(button.closest("[data-item]"));
  else if ("itemUp" in button.dataset) shift(button, -1);
  else if ("itemDown" in button.dataset) shift(button, 1);
  else if (button.dataset.fill) fill(button);
}

function fill(button) {
  const control = document.getElementById(button.dataset.fill);
  control.value = button.dataset.value;
  changed(control);
}

function add(list, template) {
  const item = template.content.firstElementChild.cloneNode(true);
  serial += 1;
  item.dataset.fresh = "";
  for (const one of item.querySelectorAll("[id]")) one.id = `${one.id}${serial}`;
  for (const one of item.querySelectorAll("label[for]")) one.htmlFor = `${one.htmlFor}${serial}`;
  const last = [...list.querySelectorAll(":scope > [data-item]")].at(-1);
  if (last) last.after(item);
  else list.prepend(item);
  startCombos(item);
  item.querySelector("input, select, textarea")?.focus();
  item.dispatchEvent(new CustomEvent("grown", { bubbles: true }));
  changed(item);
}

function addChosen(select) {
  const template = select.parentElement.querySelector(`template[data-choice="${CSS.escape(select.value)}"]`);
  select.value = "";
  if (template) add(select.parentElement, template);
}

function remove(item) {
  const list = item.parentElement;
  item.remove();
  list.querySelector("[data-item-add], [data-item-choose]")?.focus();
  changed(list);
}

function shift(button, by) {
  const item = button.closest("[data-item]");
  const beside = by < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (!beside?.matches("[data-item]")) return;
  if (by < 0) beside.before(item);
  else beside.after(item);
  button.focus();
  changed(item);
}
