// The twin of documents/rules/expressions.py: evaluates the same JSON trees to the same values.
// tests/portal/test_expression_twin.py runs both over one table.

export function evaluate(tree, facts) {
  const [head, ...parts] = tree;
  if (head === "value") return parts[0];
  if (head === "name") return lookUp(parts[0], facts);
  if (head === "and") return parts.every((part) => truthy(evaluate(part, facts)));
  if (head === "or") return parts.some((part) => truthy(evaluate(part, facts)));
  return OPERATIONS[head](...parts.map((part) => evaluate(part, facts)));
}

export function truthy(value) {
  if (value === null || value === undefined || value === false || value === 0 || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === "object") return Object.keys(value).length > 0;
  return true;
}

function lookUp(name, facts) {
  if (Object.hasOwn(facts, name)) return facts[name] ?? null;
  let value = facts;
  for (const part of name.split(".")) {
    if (Array.isArray(value)) {
      value = value.filter((row) => row && typeof row === "object").map((row) => row[part] ?? null);
    } else if (value && typeof value === "object") {
      value = value[part] ?? null;
    } else {
      return null;
    }
  }
  return value;
}

const plain = (value) => (typeof value === "boolean" ? Number(value) : value ?? null);

function equal(left, right) {
  const [a, b] = [plain(left), plain(right)];
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => equal(item, b[i]));
  return a === b;
}

function ordered(compare) {
  return (left, right) => {
    const [a, b] = [plain(left), plain(right)];
    const alike = typeof a === typeof b && (typeof a === "number" || typeof a === "string");
    return alike && compare(a, b);
  };
}

function within(item, container) {
  if (typeof container === "string") return typeof item === "string" && container.includes(item);
  return Array.isArray(container) && container.some((member) => equal(item, member));
}

function calculated(calculate) {
  return (left, right) => {
    const [a, b] = [plain(left), plain(right)];
    return typeof a === "number" && typeof b === "number" ? calculate(a, b) : null;
  };
}

// Python adds decimals; cents must not show the tail of a binary fraction.
const exact = (value) => (value === null ? null : Number(value.toPrecision(15)));

const OPERATIONS = {
  not: (value) => !truthy(value),
  "==": equal,
  "!=": (left, right) => !equal(left, right),
  "<": ordered((a, b) => a < b),
  "<=": ordered((a, b) => a <= b),
  ">": ordered((a, b) => a > b),
  ">=": ordered((a, b) => a >= b),
  in: within,
  "not in": (item, container) => !within(item, container),
  "+": calculated((a, b) => exact(a + b)),
  "-": calculated((a, b) => exact(a - b)),
  "*": calculated((a, b) => exact(a * b)),
  "/": calculated((a, b) => (b === 0 ? null : exact(a / b))),
  list: (...members) => members,
  len: (value) => (typeof value === "string" ? [...value].length : Array.isArray(value) ? value.length : 0),
  sum: (values) =>
    exact((Array.isArray(values) ? values : [values]).map(plain).filter((one) => typeof one === "number").reduce((a, b) => a + b, 0)),
  any_of: (values) => (Array.isArray(values) ? values.some(truthy) : truthy(values)),
  empty: (value) => value === null || value === undefined || value === "" || (typeof value === "object" && Object.keys(value).length === 0),
};
