// Completes names while somebody types: merge fields after “{{” in letters, fields and facts in expressions.
import { namesFor } from "./designer-names.js";
import { element } from "./words.js";

const MERGE = /\{\{\s*([\w.]*|[^\s{}]*)$/;
const NAME = /(?:^|[^\w.'"])([A-Za-z_][\w.]*|[一-鿿]+)$/;
const MOST = 12;
let open = null;

export function startMergeFields(root) {
  root.addEventListener("input", (event) => offer(root, event.target));
  root.addEventListener("keydown", keys, { capture: true });
  root.addEventListener("focusout", () => setTimeout(close, 150));
  root.addEventListener("drawn", close);
}

async function offer(root, field) {
  const merging = field.matches('textarea[data-merge="yes"]');
  if (!merging && !field.matches("[data-condition] textarea")) return;
  const before = field.value.slice(0, field.selectionStart);
  const found = (merging ? MERGE : NAME).exec(before);
  if (!found) return void close();
  const place = field.closest(".panel")?.dataset.place ?? "";
  const { names } = await namesFor(root, merging ? "letter" : "condition", place);
  const wanted = found[1].toLowerCase();
  const seen = new Set();
  const fitting = names.filter((one) => `${one.name} ${one.label}`.toLowerCase().includes(wanted) && !seen.has(one.name) && seen.add(one.name)).slice(0, MOST);
  if (!fitting.length || (fitting.length === 1 && fitting[0].name === found[1])) return void close();
  show(field, fitting, found[1].length, merging);
}

function show(field, names, typed, merging) {
  close();
  const list = element("ul", "completions");
  list.setAttribute("role", "listbox");
  names.forEach((one, at) => {
    const item = element("li", "", one.label);
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(at === 0));
    item.append(element("code", "", one.name));
    item.addEventListener("mousedown", (event) => { event.preventDefault(); take(one.name); });
    list.append(item);
  });
  const at = field.getBoundingClientRect();
  document.body.append(list);
  // Positions are set through the style object, which the content policy allows.
  list.style.left = `${Math.min(at.left, innerWidth - 330)}px`;
  list.style.top = `${Math.min(at.bottom + 2, innerHeight - 250)}px`;
  open = { list, field, names, typed, merging, at: 0 };
}

function close() {
  open?.list.remove();
  open = null;
}

function take(name) {
  const { field, typed, merging } = open;
  const end = field.selectionStart;
  const rest = field.value.slice(end);
  const closed = merging && !/^\s*\}\}/.test(rest) ? " }}" : "";
  const lead = merging && field.value.slice(0, end - typed).endsWith("{{") ? " " : "";
  field.setRangeText(lead + name + closed, end - typed, end, "end");
  close();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  close();
}

function keys(event) {
  if (!open || event.target !== open.field) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    open.at = (open.at + step + open.names.length) % open.names.length;
    [...open.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === open.at)));
    open.list.children[open.at].scrollIntoView({ block: "nearest" });
  } else if (event.key === "Enter" || event.key === "Tab") take(open.names[open.at].name);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
