// Reads what a control of the panel says, as the definition writes it. `data-v` names how.
import { say } from "./words.js";

export class Unreadable extends Error {}

export function read(node) {
  return READERS[node.dataset.v](node);
}

const text = (node) => node.value.trim() || null;
const piece = (node, name) => [...node.querySelectorAll(`[data-part="${name}"]`)].find((one) => one.parentElement.closest("[data-v]") === node);
const inside = (node, selector) => [...node.querySelectorAll(selector)].filter((one) => one.parentElement.closest("[data-v]") === node);

const READERS = {
  string: text,
  raw: (node) => (node.value.trim() ? node.value.replace(/\r\n/g, "\n") : null),
  pick: text,
  whole(node) {
    const typed = node.value.trim();
    if (!typed) return null;
    if (!/^-?\d{1,9}$/.test(typed)) throw new Unreadable(say("designerWhole"));
    return Number(typed);
  },
  number(node) {
    const typed = node.value.trim();
    if (!typed) return null;
    const value = Number(typed);
    if (!Number.isFinite(value)) throw new Unreadable(say("designerNumber"));
    return value;
  },
  bound(node) {
    const typed = node.value.trim();
    return typed && /^-?\d+(\.\d+)?$/.test(typed) ? Number(typed) : typed || null;
  },
  flag: (node) => (node.checked ? true : null),
  "json-option": (node) => (node.value ? JSON.parse(node.value) : null),
  json(node) {
    if (!node.value.trim()) return null;
    try {
      return JSON.parse(node.value);
    } catch {
      throw new Unreadable(say("designerJson"));
    }
  },
  lines(node) {
    const lines = node.value.split("\n").map((line) => line.trim()).filter(Boolean);
    return lines.length ? lines : null;
  },
  many(node) {
    const chosen = [...node.querySelectorAll("input:checked")];
    const alone = chosen.find((one) => "alone" in one.dataset);
    if (alone) return alone.value;
    return chosen.length ? chosen.map((one) => one.value) : null;
  },
  inner: (node) => read(node.querySelector("[data-v]")),
  table(node) {
    const found = {};
    for (const one of inside(node, "[data-name]")) {
      if (one.dataset.v === "merge") {
        if (one.value) Object.assign(found, JSON.parse(one.value));
        continue;
      }
      const value = read(one);
      if (value !== null) found[one.dataset.name] = value;
    }
    return Object.keys(found).length ? found : null;
  },
  list(node) {
    return inside(node, "[data-item]").map((item) => read(item.querySelector("[data-v]"))).filter((one) => one !== null);
  },
  goal(node) {
    const branches = READERS.list(node).filter((one) => one.go);
    if (!branches.length) return null;
    return branches.length === 1 && !branches[0].when ? branches[0].go : branches;
  },
  mapping(node) {
    const found = {};
    for (const item of inside(node, "[data-item]")) {
      const entry = item.querySelector("[data-v]");
      const [key, value] = [piece(entry, "key").value.trim(), piece(entry, "value").value];
      if (key && value) found[key] = value;
    }
    return Object.keys(found).length ? found : null;
  },
  moment(node) {
    const side = piece(node, "side").value;
    if (side === "due" || side === "start") return side;
    const number = piece(node, "number").value.trim();
    if (!/^[1-9]\d{0,4}$/.test(number)) throw new Unreadable(say("designerHowMany"));
    return side === "%" ? `${number}%` : `${side}${number}${piece(node, "unit").value}`;
  },
  step(node) {
    const number = piece(node, "number").value.trim();
    if (!number) return null;
    if (!/^[1-9]\d{0,4}$/.test(number)) throw new Unreadable(say("designerHowMany"));
    return number + piece(node, "unit").value;
  },
  "month-day"(node) {
    const [month, day] = [piece(node, "month").value, piece(node, "day").value];
    return month && day ? `${month}-${day}` : null;
  },
  condition(node) {
    const mode = piece(node, "mode")?.value ?? "text";
    if (mode === "none") return null;
    if (mode === "yes") return true;
    if (mode === "no") return false;
    return piece(node, "text").value.trim() || null;
  },
};
