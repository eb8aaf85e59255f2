// A category tree as one select for each level; the form still sends the deepest choice under one name.
import { element, say } from "./words.js";

export function startTrees(root) {
  for (const select of root.querySelectorAll("select[data-tree]")) enhance(select);
}

function enhance(select) {
  const nodes = read(select);
  if (!nodes.some((node) => node.depth > 0)) return;
  const box = element("div", "treeselects");
  const hidden = element("input");
  hidden.type = "hidden";
  hidden.name = select.name;
  hidden.value = select.value;
  const draw = () => {
    box.replaceChildren(hidden, ...levels(nodes, hidden.value).map((level) => selectFor(level, select, hidden, draw)));
  };
  draw();
  select.replaceWith(box);
}

function read(select) {
  const path = [];
  return [...select.options].filter((one) => one.value).map((option) => {
    const depth = Number(option.dataset.depth);
    path.length = depth;
    const node = { key: option.value, label: option.textContent.trim(), depth, parent: path[depth - 1] ?? "" };
    path[depth] = node.key;
    return node;
  });
}

function levels(nodes, chosen) {
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const path = [];
  for (let node = byKey.get(chosen); node; node = byKey.get(node.parent)) path.unshift(node.key);
  return ["", ...path]
    .map((parent, level) => ({ parent, chosen: path[level] ?? "", options: nodes.filter((node) => node.parent === parent) }))
    .filter((level) => level.options.length);
}

function selectFor(level, original, hidden, draw) {
  const made = element("select");
  if (!level.parent) {
    made.id = original.id;
    const described = original.getAttribute("aria-describedby");
    if (described) made.setAttribute("aria-describedby", described);
  } else {
    made.setAttribute("aria-labelledby", `${original.id}-label`);
  }
  made.append(new Option(say("choose"), ""), ...level.options.map((node) => new Option(node.label, node.key)));
  made.value = level.chosen;
  made.addEventListener("change", () => {
    const place = [...made.parentElement.querySelectorAll("select")].indexOf(made);
    const box = made.parentElement;
    hidden.value = made.value || level.parent;
    draw();
    box.querySelectorAll("select")[Math.min(place + (made.value ? 1 : 0), box.querySelectorAll("select").length - 1)]?.focus();
    hidden.dispatchEvent(new Event("input", { bubbles: true }));
  });
  return made;
}
