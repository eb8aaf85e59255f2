// The time line of an example: a reminder is moved to another day by dragging its mark, or with the arrow keys.
import { announce, part, send } from "./designer-talk.js";

const OFFSET = /^(start|due)(?:([+-])(\d+)(wd|wh|wmin|d|h|min))?$/;
const SHARE = /^(\d+)%$/;
const SHARE_STEP = 5;
const root = document.getElementById("designer");
const moved = { rung: "" };

const strip = () => part("canvas").querySelector("[data-strip]");

function read(text) {
  const found = OFFSET.exec(text);
  if (!found) return null;
  const [, side, sign, number, unit] = found;
  return { side, count: sign ? Number(`${sign}${number}`) : 0, unit: unit ?? "wd" };
}

const written = ({ side, count, unit }) => (count ? `${side}${count > 0 ? "+" : "-"}${Math.abs(count)}${unit}` : side);

function move(mark, text) {
  const { rung, moment } = mark.dataset;
  if (!text || text === moment) return;
  moved.rung = rung;
  send({ operations: [{ do: "set", path: `${rung}.at`, value: text, was: moment }], stay: true });
}

// One unit earlier or later; before the start nothing can be reminded of.
function stepped(moment, by) {
  const share = SHARE.exec(moment);
  if (share) return `${Math.min(95, Math.max(SHARE_STEP, Number(share[1]) + by * SHARE_STEP))}%`;
  const rule = read(moment);
  if (!rule) return "";
  const count = rule.count + by;
  return rule.side === "start" && count < 0 ? "" : written({ ...rule, count });
}

function keys(event) {
  const mark = event.target.closest("[data-rung]");
  if (!mark || event.altKey || event.ctrlKey || event.metaKey) return;
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!by) return;
  event.preventDefault();
  event.stopPropagation();
  move(mark, stepped(mark.dataset.moment, by));
}

// Where a mark was dropped: so many days from where it stood, worked ones or all, as its reminder counts them.
function dropped(mark, x) {
  const rule = read(mark.dataset.moment);
  const days = [...strip().querySelectorAll("[data-day]")];
  const dayAt = (place) => {
    const found = days.findIndex((day) => place < Number(day.dataset.x) + Number(day.dataset.width));
    return found < 0 ? days.length - 1 : found;
  };
  const [from, to] = [dayAt(mark.querySelector("circle").cx.baseVal.value), dayAt(x)];
  const between = to > from ? days.slice(from + 1, to + 1) : days.slice(to, from);
  const by = between.filter((day) => rule.unit === "d" || day.dataset.day === "worked").length;
  const count = rule.count + (to > from ? by : -by);
  return rule.side === "start" && count < 0 ? "" : written({ ...rule, count });
}

const movable = (mark) => ["wd", "d"].includes(read(mark.dataset.moment)?.unit) && strip().querySelector("[data-day]");

function grab(event) {
  const mark = event.target.closest("[data-rung]");
  if (!mark || event.button !== 0 || !movable(mark)) return;
  const first = inStrip(event).x;
  let x = first;
  const drag = (one) => {
    x = inStrip(one).x;
    mark.setAttribute("transform", `translate(${x - first} 0)`);
  };
  const drop = () => {
    document.removeEventListener("pointermove", drag);
    document.removeEventListener("pointerup", drop);
    mark.removeAttribute("transform");
    if (Math.abs(x - first) > 4) move(mark, dropped(mark, x));
  };
  event.preventDefault();
  mark.focus({ preventScroll: true });
  document.addEventListener("pointermove", drag);
  document.addEventListener("pointerup", drop);
}

const inStrip = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(strip().getScreenCTM().inverse());

function tell() {
  const mark = moved.rung && strip()?.querySelector(`[data-rung="${CSS.escape(moved.rung)}"]`);
  moved.rung = "";
  if (mark) announce(mark.getAttribute("aria-label"));
}

if (root && part("canvas")) {
  const canvas = part("canvas");
  canvas.addEventListener("pointerdown", grab);
  canvas.addEventListener("keydown", keys, { capture: true });
  root.addEventListener("drawn", tell);
}
