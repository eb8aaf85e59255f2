// Asks the server, while somebody fills in a form, what is wrong with the fields that are filled: what needs the
// database is not left to the sending. Without an answer nothing is said; the sending checks everything again.
import { element, icon, later, token } from "./words.js";

export function startEarly(root) {
  for (const form of root.querySelectorAll("form[data-check]")) watch(form);
}

function watch(form) {
  const touched = new Set();
  let turn = 0;
  const look = later(600, async () => {
    const mine = ++turn;
    const found = await asked(form);
    if (found && mine === turn) for (const field of touched) tell(field, found[field.dataset.field] ?? []);
  });
  form.addEventListener("change", ({ target }) => {
    const field = fieldOf(target);
    if (!field) return;
    touched.add(field);
    look();
  });
  form.addEventListener("input", ({ target }) => {
    const field = fieldOf(target);
    if (field?.querySelector("[data-early]")) tell(field, []);
  });
}

const fieldOf = (target) => (target.closest("[data-row]") ? null : target.closest("[data-field]"));

async function asked(form) {
  const typed = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") typed.append(name, value);
  }
  const headers = { Accept: "application/json", "X-CSRFToken": token(form) };
  try {
    const answer = await fetch(form.dataset.check, { method: "POST", body: typed, headers, redirect: "manual" });
    return answer.ok ? await answer.json() : null;
  } catch (error) {
    if (error instanceof TypeError) return null; // fetch: the network is gone
    throw error;
  }
}

function tell(field, texts) {
  field.querySelectorAll(":scope > .error").forEach((one) => one.remove());
  field.classList.toggle("wrong", texts.length > 0);
  const control = field.querySelector("input:not([type=hidden]), select, textarea");
  control?.toggleAttribute("aria-invalid", false);
  if (!texts.length) return;
  control?.setAttribute("aria-invalid", "true");
  const help = field.querySelector(":scope > .help");
  for (const text of texts) {
    const line = element("p", "error");
    line.dataset.early = "";
    line.setAttribute("role", "status");
    line.append(icon("alert"), element("span", "", text));
    field.insertBefore(line, help);
  }
}
