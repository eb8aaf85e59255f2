// What stands in the fields of a form, read as the server reads it (documents/rules/field_values.py).
import { decimal } from "./values.js";
import { minutesOf } from "./widgets.js";

export function valueOf(field, offset) {
  const { kind } = field.dataset;
  const inputs = [...field.querySelectorAll("input[name], select[name], textarea[name]")];
  if (kind === "choices") return nonEmpty(inputs.filter((one) => one.checked).map((one) => one.value));
  if (kind === "files") return nonEmpty(inputs.filter((one) => one.type === "hidden").map((one) => one.value));
  if (kind === "lookup") return JSON.parse(field.querySelector("[data-lookup]")?.dataset.lookupValue || "null");
  if (kind === "series") return null;
  if (kind === "consent") return inputs[0]?.checked ? { given: true, language: inputs[0].value } : null;
  if (kind === "address" && field.querySelector("[data-part]")) return addressOf(inputs);
  if (kind === "signature") return signatureOf(inputs);
  if (kind === "bool") return inputs[0]?.checked ? true : null;
  const text = tidy(inputs.find((one) => one.type !== "radio" || one.checked)?.value ?? "");
  if (text === "") return null;
  if (kind === "number" || kind === "money") return numberOf(text, field.querySelector(".affix span")?.textContent);
  if (kind === "percent") return numberOf(text.normalize("NFKC").replace(/^百分之/, "").replace(/%$/, ""));
  if (kind === "duration") return minutesOf(text);
  if (kind === "datetime") return `${text}${text.length === 16 ? ":00" : ""}${offset ?? ""}`;
  return text;
}

function signatureOf([typed, drawn]) {
  const name = tidy(typed?.value ?? "");
  if (drawn?.value) return { name, drawn: drawn.value };
  return name ? { name } : null;
}

// As documents/rules/field_addresses.py joins the parts.
function addressOf(inputs) {
  const parts = inputs.map((one) => [one.dataset.part, tidy(one.value)]).filter(([, value]) => value);
  let [text, last] = ["", ""];
  for (const [, part] of parts) {
    if (part === last) continue;
    text += (/[A-Za-z0-9.,]$/.test(text) && /^[A-Za-z0-9.,]/.test(part) ? " " : "") + part;
    last = part;
  }
  return text ? { ...Object.fromEntries(parts), text } : null;
}

const NUMBER = /^[+-]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+|[0-9]{1,4}(,[0-9]{4})+)?(\.[0-9]*)?$/;
const MULTIPLES = { 万: 10_000n, 亿: 100_000_000n };
const SIGNS = { "−": "-", "–": "-", "—": "-", "。": ".", "、": "," };

// As documents/rules/field_numbers.py reads it: 1，200.50, ￥3, 1.2万, 5 件 where 件 is the unit.
function numberOf(typed, unit = "") {
  let text = typed.normalize("NFKC").replace(/\s+/g, "").replace(/[−–—。、]/g, (sign) => SIGNS[sign]);
  for (const word of ["人民币", "¥", "RMB", "CNY"]) if (text.startsWith(word)) text = text.slice(word.length);
  for (const word of ["元整", "元", "圆", unit.normalize("NFKC").trim()]) {
    if (word && text.endsWith(word)) text = text.slice(0, -word.length);
  }
  const times = MULTIPLES[text.at(-1)];
  const digits = times ? text.slice(0, -1) : text;
  const value = NUMBER.test(digits) ? decimal(digits.replaceAll(",", "")) : null;
  return value === null ? null : value * (times ?? 1n);
}

const nonEmpty = (list) => (list.length ? list : null);

// As documents/rules/text.py cleans what was typed.
const tidy = (text) =>
  text
    .normalize("NFC")
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "")
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/[\p{Cc}\p{Cs}]/gu, " ").replace(/[ \t\u3000]+/g, " ").trim())
    .join("\n")
    .trim();
