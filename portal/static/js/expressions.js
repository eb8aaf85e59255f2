// The twin of documents/rules/expressions.py: evaluates the same JSON trees to the same values.
// tests/rules/vectors/expressions.json holds both to one table; tests/journeys/test_expression_twin.py runs it here.
import {
  ONE, bounded, compareTexts, compared, decimal, digitsOf, divided, equal, isEmpty, isTable, magnitude, numeric,
  own, plain, truthy, when,
} from "./values.js";

export { digitsOf, isEmpty, truthy };

export function evaluate(tree, facts) {
  const [head, ...parts] = tree;
  if (head === "name") return lookUp(parts[0], facts);
  if (head === "value") return parts[0];
  if (head === "number") return decimal(parts[0]);
  if (head === "and") return parts.every((part) => truthy(evaluate(part, facts)));
  if (head === "or") return parts.some((part) => truthy(evaluate(part, facts)));
  if (head === "if") return evaluate(truthy(evaluate(parts[0], facts)) ? parts[1] : parts[2], facts);
  return OPERATIONS[head](...parts.map((part) => evaluate(part, facts)));
}

// The names that a tree reads.
export function names(tree) {
  if (tree[0] === "name") return [tree[1]];
  return tree[0] === "value" || tree[0] === "number" ? [] : tree.slice(1).flatMap(names);
}

function lookUp(name, facts) {
  if (Object.hasOwn(facts, name)) return facts[name] ?? null;
  let value = facts;
  for (const part of name.split(".")) {
    if (Array.isArray(value)) {
      value = value.map(plain).filter(isTable).map((row) => own(row, part));
    } else if (isTable(plain(value))) {
      value = own(value, part);
    } else {
      return null;
    }
  }
  return value;
}

const ordered = (...allowed) => (left, right) => allowed.includes(compared(left, right));

function within(item, container) {
  const [one, other] = [plain(item), plain(container)];
  if (typeof other === "string") return typeof one === "string" && other.includes(one);
  return Array.isArray(other) && other.some((member) => equal(one, member));
}

function calculated(calculate) {
  return (left, right) => {
    const [one, other] = [numeric(left), numeric(right)];
    const found = one === null || other === null ? null : calculate(one, other);
    return found === null ? null : bounded(found);
  };
}

// What several arguments hold together: a list its members, null nothing, another value itself.
const members = (values) =>
  values.map(plain).flatMap((value) => (Array.isArray(value) ? value.map(plain) : value === null ? [] : [value]));

const sum = (...values) =>
  bounded(members(values).map(numeric).filter((one) => one !== null).reduce((total, one) => total + one, 0n));

// The least (-1) or the greatest (1) of numbers or of texts; what is empty does not count.
const furthest = (sign) => (...values) => {
  const found = members(values).filter((member) => !isEmpty(member));
  const numbers = found.map(numeric);
  if (found.length && numbers.every((one) => one !== null)) {
    return numbers.reduce((best, one) => ((sign > 0 ? one > best : one < best) ? one : best));
  }
  if (!found.length || !found.every((one) => typeof one === "string")) return null;
  return found.reduce((best, one) => (compareTexts(one, best) === sign ? one : best));
};

function round(value, places = 0) {
  const [exact, wanted] = [numeric(value), numeric(places)];
  if (exact === null || wanted === null || wanted % ONE || wanted < 0n || wanted > 12n * ONE) return null;
  const unit = 10n ** (12n - wanted / ONE);
  return bounded(divided(exact, unit) * unit);
}

function abs(value) {
  const exact = numeric(value);
  return exact === null ? null : magnitude(exact);
}

function days(first, last) {
  const [start, end] = [plain(first), plain(last)].map((one) => (typeof one === "string" ? when(one) : null));
  return start && end ? end.day - start.day : null;
}

const OPERATIONS = {
  not: (value) => !truthy(value),
  "==": equal,
  "!=": (left, right) => !equal(left, right),
  "<": ordered(-1),
  "<=": ordered(-1, 0),
  ">": ordered(1),
  ">=": ordered(0, 1),
  in: within,
  "not in": (item, container) => !within(item, container),
  "+": calculated((one, other) => one + other),
  "-": calculated((one, other) => one - other),
  "*": calculated((one, other) => divided(one * other, ONE)),
  "/": calculated((one, other) => (other === 0n ? null : divided(one * ONE, other))),
  list: (...values) => values,
  len: (value) => (typeof value === "string" ? [...value].length : Array.isArray(value) ? value.length : 0),
  empty: isEmpty,
  sum,
  count: (...values) => members(values).filter((member) => !isEmpty(member)).length,
  min: furthest(-1),
  max: furthest(1),
  any_of: (...values) => members(values).some(truthy),
  all_of: (...values) => members(values).every(truthy),
  round,
  abs,
  days,
};
