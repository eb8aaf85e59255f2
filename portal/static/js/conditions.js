// Shows and hides fields, marks them required and computes values while somebody types.
// The twin of documents/rules/forms.py and field_order.py: the same order, the same rule for rows. What the server
// knows of the case stands in the conditions already.
import { valueOf } from "./answers.js";
import { digitsOf, evaluate, isEmpty, names, truthy } from "./expressions.js";
import { plain } from "./values.js";
import { say } from "./words.js";

export function startConditions(root) {
  for (const form of root.querySelectorAll("form[data-policy-form]")) {
    const update = () => apply(form);
    form.addEventListener("input", update);
    form.addEventListener("change", update);
    form.addEventListener("rows", update);
    update();
  }
}

const OWN = ".form-section [data-field]:not([data-row] *)";

function apply(form) {
  const fields = [...form.querySelectorAll(OWN)].filter((field) => field.dataset.kind !== "note");
  const known = nothing(fields);
  for (const field of inOrder(form, fields)) settle(field, known, form.dataset.offset);
  for (const box of form.querySelectorAll(".form-section :is([data-group], [data-kind=note])")) {
    box.hidden = !holds(box.dataset.visible, known);
  }
  fields.forEach((field) => ask(field, known));
}

// Whether the field shows, and its value; everything that it reads is settled.
function settle(field, known, offset) {
  field.hidden = !boxes(field).every((box) => holds(box.dataset.visible, known));
  if (field.hidden) return;
  const { kind } = field.dataset;
  if (kind === "table") known[field.dataset.field] = rowsOf(field, known, offset);
  else known[field.dataset.field] = kind === "computed" ? computed(field, known) : valueOf(field, offset);
}

function rowsOf(table, known, offset) {
  const columns = columnsOf(table);
  const kept = rows(table).map((row) => settleRow(row, columns, known, offset)).filter(Boolean);
  return kept.length ? kept : null;
}

const cellsOf = new WeakMap();

// The values of one row, or null when nobody typed anything in it that shows.
function settleRow(row, columns, known, offset) {
  const cells = new Map([...row.querySelectorAll("[data-field]")].map((cell) => [cell.dataset.field, cell]));
  const kept = {};
  const facts = rowFacts(known, columns, kept);
  cellsOf.set(row, kept);
  let says = false;
  for (const key of columns) {
    const cell = cells.get(key);
    cell.hidden = !holds(cell.dataset.visible, facts);
    if (cell.hidden) continue;
    const typed = cell.dataset.kind !== "computed";
    const value = typed ? valueOf(cell, offset) : computed(cell, facts);
    if (isEmpty(value)) continue;
    kept[key] = facts[key] = value;
    says ||= typed;
  }
  return says ? kept : null;
}

const rowFacts = (known, columns, kept) => ({
  ...known, ...Object.fromEntries(columns.map((key) => [key, null])), ...kept, row: kept,
});

function computed(field, known) {
  const value = evaluate(parsed(field.dataset.value), known);
  field.querySelector("output").value = inWords(plain(value));
  return value;
}

function inWords(value) {
  if (typeof value === "bigint") return digitsOf(value);
  if (typeof value === "boolean") return say(value ? "yes" : "no");
  return Array.isArray(value) ? value.map((one) => inWords(plain(one))).join("、") : value ?? "";
}

// What is required, once everything is settled.
function ask(field, known) {
  star(field, known);
  if (field.dataset.kind !== "table" || field.hidden) return;
  const columns = columnsOf(field);
  for (const row of rows(field)) {
    const facts = rowFacts(known, columns, cellsOf.get(row));
    row.querySelectorAll("[data-field]").forEach((cell) => star(cell, facts));
  }
}

function star(field, known) {
  const mark = field.querySelector(":scope > .field-head .must");
  if (mark && field.dataset.required) mark.hidden = !holds(field.dataset.required, known);
}

// The order of settling

const orders = new WeakMap();

function inOrder(form, fields) {
  if (!orders.has(form)) orders.set(form, sorted(fields));
  const order = new Map(orders.get(form).map((key, place) => [key, place]));
  return [...fields].sort((one, other) => order.get(one.dataset.field) - order.get(other.dataset.field));
}

// The keys of a table's columns; every row has them as the template for new rows has.
function columnsOf(table) {
  if (!orders.has(table)) orders.set(table, sorted([...templateOf(table).querySelectorAll("[data-field]")]));
  return orders.get(table);
}

const templateOf = (table) => table.querySelector("template").content;

// The keys so that each comes after those that it reads; the members of a circle in reading order.
function sorted(fields) {
  const waiting = new Map(fields.map((field) => [field.dataset.field, reads(field)]));
  const order = [];
  while (waiting.size) {
    const ready = [...waiting.keys()].filter((key) => ![...waiting.get(key)].some((name) => waiting.has(name)));
    for (const key of ready.length ? ready : [waiting.keys().next().value]) {
      waiting.delete(key);
      order.push(key);
    }
  }
  return order;
}

function reads(field) {
  const trees = boxes(field).map((box) => box.dataset.visible);
  const found = new Set([...trees, field.dataset.value].flatMap((tree) => (tree ? names(parsed(tree)).map(own) : [])));
  if (field.dataset.kind === "table") {
    const columns = [...templateOf(field).querySelectorAll("[data-field]")];
    const keys = columns.map((column) => column.dataset.field);
    columns.flatMap((column) => [...reads(column)]).filter((name) => !keys.includes(name)).forEach((name) => found.add(name));
  }
  return found;
}

// The field behind a name: `row.amount` is the column, `items.amount` the table.
function own(name) {
  const [first, second] = name.split(".");
  return first === "row" ? second : first;
}

// The field and the groups around it; a cell stands in no group.
function boxes(field) {
  const found = [field];
  if (field.closest("[data-row]")) return found;
  for (let box = field.parentElement.closest("[data-group]"); box; box = box.parentElement.closest("[data-group]")) {
    found.push(box);
  }
  return found;
}

const trees = new Map();

function parsed(text) {
  if (!trees.has(text)) trees.set(text, JSON.parse(text));
  return trees.get(text);
}

const holds = (tree, known) => !tree || truthy(evaluate(parsed(tree), known));

const nothing = (fields) => Object.fromEntries(fields.map((field) => [field.dataset.field, null]));

const rows = (table) => [...table.querySelectorAll("[data-row]")];
