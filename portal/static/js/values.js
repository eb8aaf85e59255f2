// The twin of documents/rules/expression_values.py: what expressions calculate with, and how values compare.
// A number is a BigInt that counts 10⁻¹²; halves are rounded away from zero; from 10¹⁸ on it has no value.
// On its way from the server a number with a fraction is {"#": "0.1"}, so that no digit is lost.

const PLACES = 12;
export const ONE = 10n ** BigInt(PLACES);
const GREATEST = 10n ** 18n * ONE;
const DIGITS = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:e([+-]?[0-9]{1,6}))?$/i;
const WHEN = /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?(Z|[+-][0-9]{2}:[0-9]{2}))?$/;

export function plain(value) {
  if (value === undefined || value === null) return null;
  if (typeof value === "number") return decimal(String(value));
  if (typeof value === "object" && Object.hasOwn(value, "#")) return decimal(value["#"]);
  return value;
}

export const isTable = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

// The number that the digits write, or null when they write none.
export function decimal(text) {
  const found = DIGITS.exec(text);
  if (!found || !(found[2] || found[3])) return null;
  const fraction = found[3] ?? "";
  const digits = BigInt(found[2] + fraction) * (found[1] === "-" ? -1n : 1n);
  const shift = PLACES + Number(found[4] ?? 0) - fraction.length;
  if (digits === 0n || shift < -2000) return 0n;
  if (shift > 2000) return null;
  return bounded(shift >= 0 ? digits * 10n ** BigInt(shift) : divided(digits, 10n ** BigInt(-shift)));
}

export const bounded = (number) => (number < GREATEST && number > -GREATEST ? number : null);

export const magnitude = (number) => (number < 0n ? -number : number);

// A quotient as a whole number, halves away from zero.
export function divided(number, by) {
  const [top, bottom] = [magnitude(number), magnitude(by)];
  const half = (2n * top + bottom) / (2n * bottom);
  return number < 0n === by < 0n ? half : -half;
}

// Beside numbers, yes and no count as one and zero.
export function numeric(value) {
  const known = plain(value);
  if (typeof known === "boolean") return known ? ONE : 0n;
  return typeof known === "bigint" ? known : null;
}

// The digits of a number as people write them.
export function digitsOf(number) {
  const text = magnitude(number).toString().padStart(PLACES + 1, "0");
  const fraction = text.slice(-PLACES).replace(/0+$/, "");
  return `${number < 0n ? "-" : ""}${text.slice(0, -PLACES)}${fraction ? `.${fraction}` : ""}`;
}

export function truthy(value) {
  const known = plain(value);
  if (Array.isArray(known)) return known.length > 0;
  if (isTable(known)) return Object.keys(known).length > 0;
  return Boolean(known);
}

export function isEmpty(value) {
  if (value === undefined || value === null || value === "") return true;
  if (typeof value !== "object" || Object.hasOwn(value, "#")) return false;
  return Object.keys(value).length === 0;
}

export function equal(left, right) {
  const [one, other] = [plain(left), plain(right)];
  if (one === other) return true;
  if (typeof one === "string" && typeof other === "string") return compareTexts(one, other) === 0;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((member, place) => equal(member, other[place]));
  }
  if (isTable(one) && isTable(other)) {
    return Object.keys({ ...one, ...other }).every((name) => equal(own(one, name), own(other, name)));
  }
  const [first, second] = [numeric(one), numeric(other)];
  return first !== null && first === second;
}

// A prototype's names are no facts.
export const own = (table, name) => (Object.hasOwn(table, name) ? table[name] ?? null : null);

// -1, 0 or 1 as the left value comes before, with or after the right one; null: no order between them.
export function compared(left, right) {
  const [one, other] = [plain(left), plain(right)];
  if (typeof one === "string" && typeof other === "string") return compareTexts(one, other);
  const [first, second] = [numeric(one), numeric(other)];
  return first === null || second === null ? null : order(first, second);
}

const order = (one, other) => Number(one > other) - Number(one < other);

export function compareTexts(left, right) {
  const [one, other] = [when(left), when(right)];
  if (!one || !other) return byCodePoints(left, right);
  if (one.instant !== null && other.instant !== null) return order(one.instant, other.instant);
  return order(one.day, other.day);
}

// JavaScript itself compares halves of characters beyond U+FFFF.
function byCodePoints(left, right) {
  const [one, other] = [[...left], [...right]];
  for (let place = 0; place < Math.min(one.length, other.length); place++) {
    const found = order(one[place].codePointAt(0), other[place].codePointAt(0));
    if (found) return found;
  }
  return order(one.length, other.length);
}

// A date {day}, or a moment {day, instant}; null when the text is neither.
export function when(text) {
  const found = text.length <= 32 && WHEN.exec(text);
  const day = found ? dayOf(Number(found[1]), Number(found[2]), Number(found[3])) : null;
  if (day === null) return null;
  if (found[4] === undefined) return { day, instant: null };
  const [hour, minute, second] = [found[4], found[5], found[6] ?? "0"].map(Number);
  const away = minutesOf(found[8]);
  if (hour > 23 || minute > 59 || second > 59 || away === null) return null;
  const seconds = ((day * 24 + hour) * 60 + minute - away) * 60 + second;
  return { day, instant: BigInt(seconds) * 1_000_000n + BigInt((found[7] ?? "").padEnd(6, "0")) };
}

function dayOf(year, month, day) {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const real = year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real ? date.getTime() / 86_400_000 : null;
}

function minutesOf(offset) {
  if (offset === "Z") return 0;
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(4, 6))];
  return hours > 23 || minutes > 59 ? null : (hours * 60 + minutes) * (offset[0] === "-" ? -1 : 1);
}
