// What is ticked and typed outlives a piece of the page that is fetched again, and a reload that the page does itself.
const CONTROLS = "input, select, textarea";
const UNKEPT = new Set(["hidden", "password", "file", "submit", "button", "image", "reset"]);
const WHERE = `kept:${location.pathname}`;
let composing = false; // while characters are put together 输入法, the field must stay as it is

addEventListener("compositionstart", () => { composing = true; });
addEventListener("compositionend", () => { composing = false; });

export const isComposing = () => composing;

// What differs from the page as it came, and where the cursor stands.
export function taken(root) {
  const answers = {};
  let at = null;
  for (const [key, control] of named(root)) {
    if (isTouched(control)) answers[key] = said(control);
    if (control === document.activeElement) at = { key, from: control.selectionStart, to: control.selectionEnd };
  }
  return { answers, at };
}

export function givenBack(root, { answers, at }) {
  for (const [key, control] of named(root)) {
    if (key in answers) answer(control, answers[key]);
    if (at?.key !== key) continue;
    control.focus({ preventScroll: true });
    if (at.from !== null && at.from !== undefined) control.setSelectionRange(at.from, at.to);
  }
}

export function reloadKeeping() {
  sessionStorage.setItem(WHERE, JSON.stringify(taken(document.body)));
  location.reload();
}

export function giveBackAfterReload() {
  const kept = sessionStorage.getItem(WHERE);
  sessionStorage.removeItem(WHERE);
  if (kept !== null) givenBack(document.body, JSON.parse(kept));
}

function* named(root) {
  const seen = new Map();
  for (const control of root.querySelectorAll(CONTROLS)) {
    if (!control.name || UNKEPT.has(control.type)) continue;
    const own = isTicked(control) ? control.value : "";
    const words = [control.form?.getAttribute("action") ?? "", control.name, own].join("\n");
    const turn = seen.get(words) ?? 0;
    seen.set(words, turn + 1);
    yield [`${words}\n${turn}`, control];
  }
}

const isTicked = (control) => control.type === "checkbox" || control.type === "radio";

function isTouched(control) {
  if (isTicked(control)) return control.checked !== control.defaultChecked;
  if (control.options) return [...control.options].some((one) => one.selected !== one.defaultSelected);
  return control.value !== control.defaultValue;
}

function said(control) {
  if (isTicked(control)) return control.checked;
  return control.options ? [...control.selectedOptions].map((one) => one.value) : control.value;
}

function answer(control, value) {
  if (isTicked(control)) control.checked = value;
  else if (control.options) for (const one of control.options) one.selected = value.includes(one.value);
  else control.value = value;
  control.dispatchEvent(new Event("change", { bubbles: true }));
}
