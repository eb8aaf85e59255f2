// Widgets that say more than their value: lengths of time in words, exclusive options, what a lookup finds.
import { startSigning } from "./signing.js";
import { ask, later, say } from "./words.js";

export function startWidgets(root) {
  for (const box of root.querySelectorAll("[data-duration]")) echo(box);
  for (const group of root.querySelectorAll("[data-exclusive]")) exclude(group);
  for (const box of root.querySelectorAll("[data-sign]")) startSigning(box);
  for (const address of root.querySelectorAll("[data-places]")) offerPlaces(address);
  for (const output of root.querySelectorAll("[data-lookup]")) if (output.dataset.lookup) follow(output);
}

function echo(box) {
  const input = box.querySelector("input");
  const output = box.querySelector("output");
  const plain = output.textContent;
  const show = () => {
    const minutes = minutesOf(input.value);
    output.textContent = minutes === null || /^[0-9]*$/.test(input.value.trim()) && minutes < 60 ? plain : inWords(minutes);
  };
  input.addEventListener("input", show);
  show();
}

function inWords(minutes) {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours ? say("hours", { hours }) : "", rest || !hours ? say("minutes", { minutes: rest }) : ""].filter(Boolean).join(" ");
}

// As documents/rules/field_numbers.py reads it; what is not read here is read by the server.
export function minutesOf(typed) {
  const text = typed.normalize("NFKC").replace(/\s+/g, "").toLowerCase().replace("两", "2").replace("半个", "半");
  if (/^[0-9]{1,8}$/.test(text)) return Number(text);
  const clock = /^([0-9]{1,5}):([0-5]?[0-9])$/.exec(text);
  if (clock) return Number(clock[1]) * 60 + Number(clock[2]);
  const words = /^(?:([0-9]+(?:\.[0-9]+)?)(?:个?小时|时|hours?|h)(半)?)?(?:([0-9]+)(?:分钟|分|minutes?|mins?|m))?$/.exec(text);
  if (text === "半小时") return 30;
  if (!text || !words) return null;
  const total = Number(words[1] ?? 0) * 60 + (words[2] ? 30 : 0) + Number(words[3] ?? 0);
  return Number.isInteger(total) ? total : null;
}

function exclude(group) {
  group.addEventListener("change", (event) => {
    if (!event.target.checked) return;
    const alone = event.target.value === group.dataset.exclusive;
    for (const box of group.querySelectorAll("input")) {
      if (box !== event.target && (alone || box.value === group.dataset.exclusive)) box.checked = false;
    }
  });
}

// What stands in the person's own cases already is offered, once somebody begins to type an address.
function offerPlaces(address) {
  const offer = async () => {
    const answer = await ask(address.dataset.places, "application/json");
    const used = answer?.ok ? await answer.json() : {};
    for (const input of address.querySelectorAll("input[list]")) {
      const options = (used[input.dataset.part] ?? []).map((one) => new Option("", one));
      address.querySelector(`datalist[id="${input.getAttribute("list")}"]`)?.replaceChildren(...options);
    }
  };
  address.addEventListener("focusin", offer, { once: true });
}

function follow(output) {
  const form = output.closest("form");
  const source = () => form.querySelector(`[name="q_${output.dataset.lookupOf}"]`)?.value ?? "";
  let asked = source();
  const look = later(200, async () => {
    const key = source();
    if (key === asked) return;
    asked = key;
    const answer = key ? await ask(`${output.dataset.lookup}?key=${encodeURIComponent(key)}`, "application/json") : null;
    const found = answer?.ok ? await answer.json() : { words: "", value: null };
    if (asked !== key) return;
    output.textContent = found.words || "—";
    output.dataset.lookupValue = JSON.stringify(found.value);
    form.dispatchEvent(new Event("change"));
  });
  form.addEventListener("input", look);
  form.addEventListener("change", look);
}
