// Repeating tables: add a row, remove a row, number them.
import { say, toast } from "./words.js";
import { startCombos } from "./combos.js";
import { startText } from "./text.js";
import { startTrees } from "./trees.js";
import { startWidgets } from "./widgets.js";

export function startRows(root) {
  for (const table of root.querySelectorAll("[data-rows]")) prepare(table);
}

function prepare(table) {
  let next = table.querySelectorAll("[data-row]").length;
  renumber(table);
  table.addEventListener("click", (event) => {
    if (event.target.closest("[data-add-row]")) add(table, next++);
    const removed = event.target.closest("[data-remove-row]");
    if (removed) remove(table, removed.closest("[data-row]"));
  });
}

function add(table, index) {
  const most = Number(table.dataset.most);
  if (table.querySelectorAll("[data-row]").length >= most) {
    toast(say("mostRows", { most }));
    return;
  }
  const holder = document.createElement("template");
  holder.innerHTML = table.querySelector("template").innerHTML.replaceAll(`-NEW-`, `-${index}-`);
  const row = holder.content.firstElementChild;
  table.querySelector("[data-add-row]").before(row);
  for (const start of [startText, startTrees, startCombos, startWidgets]) start(row);
  row.querySelector("input, select, textarea")?.focus();
  changed(table);
}

function remove(table, row) {
  row.remove();
  table.querySelector("[data-add-row]").focus();
  changed(table);
}

function changed(table) {
  renumber(table);
  table.closest("form").dispatchEvent(new Event("rows"));
}

function renumber(table) {
  table.querySelectorAll(".row-number").forEach((mark, index) => { mark.textContent = String(index + 1); });
}
