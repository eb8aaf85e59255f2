// Shows and hides fields, marks them required and computes values while somebody types.
import { evaluate, truthy } from "./expressions.js";
import { minutesOf } from "./widgets.js";

export function startConditions(root) {
  for (const form of root.querySelectorAll("form[data-policy-form]")) {
    const update = () => apply(form);
    form.addEventListener("input", update);
    form.addEventListener("change", update);
    form.addEventListener("rows", update);
    update();
  }
}

function apply(form) {
  const known = JSON.parse(form.dataset.facts || "{}");
  for (const field of form.querySelectorAll(".form-section :is([data-field], [data-group]):not([data-row] *)")) {
    if (field.parentElement.closest("[data-group][hidden]")) continue;
    const shown = holds(field.dataset.visible, known);
    field.hidden = !shown;
    if (!shown || "group" in field.dataset) continue;
    if (field.dataset.kind === "computed") {
      const value = evaluate(JSON.parse(field.dataset.value), known);
      field.querySelector("output").value = value ?? "";
      known[field.dataset.field] = value;
      continue;
    }
    if (field.dataset.kind === "table") rowsOf(field).forEach(applyRow);
    const value = valueOf(field, form.dataset.offset);
    if (value !== null) known[field.dataset.field] = value;
    markRequired(field, known);
  }
}

function applyRow(row) {
  const known = {};
  for (const field of row.querySelectorAll(".field[data-field]")) {
    const shown = holds(field.dataset.visible, known);
    field.hidden = !shown;
    if (shown) known[field.dataset.field] = valueOf(field, "");
  }
}

function holds(tree, known) {
  return !tree || truthy(evaluate(JSON.parse(tree), known));
}

function markRequired(field, known) {
  const star = field.querySelector(":scope > .field-head .must");
  if (star && field.dataset.required) star.hidden = !holds(field.dataset.required, known);
}

const rowsOf = (field) => [...field.querySelectorAll("[data-row]")];

export function valueOf(field, offset) {
  const kind = field.dataset.kind;
  if (kind === "table") return tableValue(field);
  const inputs = [...field.querySelectorAll("input[name], select[name], textarea[name]")];
  if (kind === "choices") return nonEmpty(inputs.filter((one) => one.checked).map((one) => one.value));
  if (kind === "files") return nonEmpty(inputs.filter((one) => one.type === "hidden").map((one) => one.value));
  if (kind === "lookup") return JSON.parse(field.querySelector("[data-lookup]")?.dataset.lookupValue || "null");
  if (kind === "series") return null;
  if (kind === "consent") return inputs[0]?.checked ? { given: true, language: inputs[0].value } : null;
  if (kind === "bool") return inputs[0]?.checked ? true : null;
  const text = (inputs.find((one) => one.type !== "radio" || one.checked)?.value ?? "").trim();
  if (text === "") return null;
  if (kind === "number" || kind === "money") return numberOf(text);
  if (kind === "percent") return numberOf(text.normalize("NFKC").replace(/%$/, ""));
  if (kind === "duration") return minutesOf(text);
  if (kind === "signature") return { name: text };
  return kind === "datetime" ? `${text}:00${offset ?? ""}` : text;
}

function tableValue(field) {
  const rows = rowsOf(field).map((row) =>
    Object.fromEntries(
      [...row.querySelectorAll(".field[data-field]")]
        .filter((one) => !one.hidden)
        .map((one) => [one.dataset.field, valueOf(one, "")])
        .filter(([, value]) => value !== null),
    ),
  );
  return nonEmpty(rows.filter((row) => Object.keys(row).length));
}

const nonEmpty = (list) => (list.length ? list : null);

function numberOf(text) {
  const value = Number(text.replaceAll(",", ""));
  return Number.isFinite(value) ? value : null;
}
