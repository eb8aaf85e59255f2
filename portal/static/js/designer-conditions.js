// The editor of conditions: rows of field, comparison and value for most; the expression itself for the rest.
import { namesFor } from "./designer-names.js";
import { changed } from "./designer-panel.js";
import { element, icon, later, say } from "./words.js";

const KINDS = {
  choice: ["==", "!=", "in", "not in", "filled", "empty"],
  tree: ["==", "!=", "in", "not in", "filled", "empty"],
  choices: ["has", "has not", "filled", "empty"],
  bool: ["yes", "no"],
  consent: ["filled", "empty"],
  number: ["==", "!=", ">", ">=", "<", "<=", "filled", "empty"],
  date: ["==", ">", ">=", "<", "<=", "filled", "empty"],
  text: ["==", "!=", "filled", "empty"],
  other: ["filled", "empty"],
};
const LIKE = {
  money: "number", percent: "number", duration: "number", computed: "number", datetime: "date", time: "date",
  longtext: "text", phone: "text", email: "text", id_number: "text", address: "text", series: "text", lookup: "text", person: "text", unit: "text", case: "text",
  case_types: "choice", stages: "choice", outcomes: "choice", unit_kinds: "choice",
};

export function startConditionEditors(root) {
  root.addEventListener("change", (event) => changedPart(root, event.target));
  root.addEventListener("click", (event) => { if (event.target.dataset?.part === "way") turn(root, event.target.closest("[data-condition]")); });
  root.addEventListener("drawn", () => dress(root));
  root.addEventListener("grown", () => dress(root));
  const soon = later(400, (box) => check(root, box));
  root.addEventListener("input", (event) => { if (event.target.matches("[data-condition] textarea")) soon(event.target.closest("[data-condition]")); });
  dress(root);
}

const piece = (box, name) => box.querySelector(`[data-part="${name}"]`);

function dress(root) {
  for (const box of root.querySelectorAll("[data-condition]:not([data-dressed])")) {
    box.dataset.dressed = "yes";
    const rows = piece(box, "rows");
    if (!rows) continue;
    const given = JSON.parse(rows.dataset.rows);
    box.rows = given ?? (piece(box, "text").value.trim() ? null : { joint: "and", rows: [] });
    if (box.rows) showRows(root, box);
    else showText(box, false);
  }
}

function changedPart(root, target) {
  const box = target.closest("[data-condition]");
  if (!box) return;
  if (target.dataset.part === "mode") {
    piece(box, "body").hidden = target.value !== "text";
    if (target.value === "text" && box.rows && !box.rows.rows.length) add(root, box);
  } else if (target.closest('[data-part="rows"]')) {
    readRows(box, target);
    write(root, box);
  }
}

async function turn(root, box) {
  if (!piece(box, "rows").hidden) {
    showText(box, true);
    return;
  }
  const told = await ask(root, box);
  box.rows = told.rows ?? (piece(box, "text").value.trim() ? null : { joint: "and", rows: [] });
  if (box.rows) showRows(root, box);
  else tell(box, say("designerNoRows"), true);
}

function showText(box, focus) {
  piece(box, "rows").hidden = true;
  piece(box, "text").hidden = false;
  const way = piece(box, "way");
  way.textContent = way.dataset.build;
  if (focus) piece(box, "text").focus();
}

async function showRows(root, box) {
  const list = piece(box, "rows");
  const way = piece(box, "way");
  list.hidden = false;
  piece(box, "text").hidden = true;
  way.textContent = way.dataset.write;
  if (!piece(box, "mode") || piece(box, "mode").value !== "text") return;
  draw(root, box, await names(root, box));
}

const names = (root, box) => namesFor(root, "condition", box.closest(".panel")?.dataset.place ?? "");

async function add(root, box) {
  box.rows.rows.push({ name: "", comparison: "", value: null });
  draw(root, box, await names(root, box));
  piece(box, "rows").querySelector(".condition-row:last-of-type select")?.focus();
}

function draw(root, box, told) {
  const list = piece(box, "rows");
  list.replaceChildren(...box.rows.rows.map((row, at) => rowOf(root, box, told, row, at)));
  if (box.rows.rows.length > 1) list.append(joint(box));
  const more = element("button", "button small quiet");
  more.type = "button";
  more.append(icon("plus"), say("designerAddRow"));
  more.addEventListener("click", () => add(root, box));
  list.append(more);
}

function joint(box) {
  const select = element("select", "condition-joint");
  select.dataset.joint = "yes";
  select.setAttribute("aria-label", say("designerJoint"));
  select.append(new Option(say("designerAll"), "and"), new Option(say("designerAny"), "or"));
  select.value = box.rows.joint;
  return select;
}

function rowOf(root, box, told, row, at) {
  const line = element("div", "condition-row");
  line.dataset.line = String(at);
  const fields = element("div");
  const known = told.names.find((one) => one.name === row.name);
  fields.append(nameSelect(told, row));
  if (row.name) fields.append(comparisonSelect(told, row, kindOf(known)));
  if (row.name && row.comparison && !told.alone.includes(row.comparison)) fields.append(valueControl(known, row));
  for (const one of fields.querySelectorAll("[data-row]")) one.id = `${piece(box, "mode").id}-${one.dataset.row}-${at}`;
  const gone = element("button", "icon-button");
  gone.type = "button";
  gone.setAttribute("aria-label", say("designerRemoveRow"));
  gone.append(icon("close"));
  gone.addEventListener("click", () => {
    box.rows.rows.splice(at, 1);
    draw(root, box, told);
    write(root, box);
  });
  line.append(fields, gone);
  return line;
}

const kindOf = (known) => (known ? (KINDS[known.kind] ? known.kind : LIKE[known.kind] ?? "other") : "text");

function nameSelect(told, row) {
  const select = element("select");
  select.dataset.row = "name";
  select.setAttribute("aria-label", say("designerField"));
  select.append(new Option(say("choose"), ""));
  const groups = new Map();
  const seen = new Set();
  for (const one of told.names) {
    if (seen.has(one.name)) continue;
    seen.add(one.name);
    if (!groups.has(one.group)) {
      const group = document.createElement("optgroup");
      group.label = one.group;
      groups.set(one.group, group);
      select.append(group);
    }
    groups.get(one.group).append(new Option(one.label, one.name));
  }
  if (row.name && !seen.has(row.name)) select.append(new Option(row.name, row.name));
  select.value = row.name;
  return select;
}

function comparisonSelect(told, row, kind) {
  const select = element("select");
  select.dataset.row = "comparison";
  select.setAttribute("aria-label", say("designerComparison"));
  const offered = KINDS[kind].includes(row.comparison) || !row.comparison ? KINDS[kind] : [...KINDS[kind], row.comparison];
  select.append(new Option(say("choose"), ""), ...offered.map((one) => new Option(told.comparisons[one], one)));
  select.value = row.comparison;
  return select;
}

function valueControl(known, row) {
  const many = row.comparison === "in" || row.comparison === "not in";
  if (known?.options?.length) return many ? manyOf(known, row) : oneOf(known, row);
  const input = element("input");
  input.dataset.row = "value";
  input.setAttribute("aria-label", say("designerValue"));
  const kind = kindOf(known);
  if (kind === "number") input.inputMode = "decimal";
  if (known?.kind === "date") input.type = "date";
  input.dataset.as = kind === "number" ? "number" : "text";
  input.value = many ? (row.value ?? []).map(plain).join(", ") : plain(row.value);
  return input;
}

const plain = (value) => (value && typeof value === "object" && "number" in value ? value.number : value ?? "");

function oneOf(known, row) {
  const select = element("select");
  select.dataset.row = "value";
  select.setAttribute("aria-label", say("designerValue"));
  select.append(new Option(say("choose"), ""), ...known.options.map((one) => new Option(one.label, one.key)));
  if (row.value && !known.options.some((one) => one.key === row.value)) select.append(new Option(row.value, row.value));
  select.value = row.value ?? "";
  return select;
}

function manyOf(known, row) {
  const box = element("div", "options tight");
  box.dataset.row = "values";
  for (const one of known.options) {
    const label = element("label", "option");
    const input = element("input");
    Object.assign(input, { type: "checkbox", value: one.key, checked: (row.value ?? []).includes(one.key) });
    label.append(input, one.label);
    box.append(label);
  }
  return box;
}

// What was chosen goes into the rows; a new field or comparison begins its value anew.
function readRows(box, target) {
  if (target.dataset.joint) {
    box.rows.joint = target.value;
    return;
  }
  const line = target.closest(".condition-row");
  if (!line) return; // it was drawn anew while it changed
  const row = box.rows.rows[Number(line.dataset.line)];
  const part = target.closest("[data-row]")?.dataset.row;
  if (part === "name") Object.assign(row, { name: target.value, comparison: "", value: null });
  else if (part === "comparison") Object.assign(row, { comparison: target.value, value: null });
  else if (part === "values") row.value = [...target.closest("[data-row]").querySelectorAll("input:checked")].map((one) => one.value);
  else if (part === "value") row.value = target.dataset.as === "number" ? { number: target.value.trim() } : target.value.trim();
}

async function write(root, box) {
  const told = await names(root, box);
  const focus = document.activeElement?.dataset?.row;
  const line = document.activeElement?.closest?.(".condition-row")?.dataset.line;
  draw(root, box, told);
  const again = line !== undefined && piece(box, "rows").querySelector(`.condition-row[data-line="${line}"] [data-row="${focus}"]`);
  if (again) again.focus();
  const texts = box.rows.rows.map((row) => sentence(row, told.alone));
  if (texts.includes(null)) return;
  piece(box, "text").value = texts.join(` ${box.rows.joint} `);
  changed(piece(box, "text"));
  check(root, box);
}

function sentence({ name, comparison, value }, alone) {
  if (!name || !comparison) return null;
  if (alone.includes(comparison)) return { yes: name, no: `not ${name}`, filled: `not empty(${name})`, empty: `empty(${name})` }[comparison];
  if (comparison === "in" || comparison === "not in") {
    const values = Array.isArray(value) ? value : [];
    return values.length ? `${name} ${comparison} [${values.map(literal).join(", ")}]` : null;
  }
  if (value === null || value === "" || (typeof value === "object" && !/^-?\d+(\.\d+)?$/.test(value.number ?? ""))) return null;
  if (comparison === "has" || comparison === "has not") return `${literal(value)} ${comparison === "has" ? "in" : "not in"} ${name}`;
  return `${name} ${comparison} ${literal(value)}`;
}

function literal(value) {
  if (typeof value === "object") return value.number;
  return `'${String(value).replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

async function ask(root, box) {
  const text = piece(box, "text").value.trim();
  const at = box.closest(".panel")?.dataset.place ?? "";
  const answer = await fetch(`${root.dataset.base}condition?${new URLSearchParams({ text, at })}`, { headers: { Accept: "application/json" } }).catch(() => null);
  return answer?.ok ? answer.json() : {};
}

async function check(root, box) {
  const told = await ask(root, box);
  if (box.isConnected) tell(box, told.problem || told.said || "", Boolean(told.problem));
}

function tell(box, text, wrong) {
  const line = piece(box, "said");
  line.textContent = text;
  line.classList.toggle("wrong", wrong);
}
