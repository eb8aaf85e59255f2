// Saves what is typed as a draft on the server, and guards the page while something is not saved yet.
import { later, say, token } from "./words.js";

export function startDrafts(root) {
  for (const form of root.querySelectorAll("form[data-draft]")) watch(form);
}

function watch(form) {
  const note = form.querySelector("[data-saved]");
  let unsaved = false;
  let leaving = false;
  const save = later(1200, async () => {
    const result = await send(form);
    if (result === "saved") unsaved = false;
    if (note) note.textContent = result === "saved" ? say("saved", { time: clock() }) : say(result);
  });
  const touched = () => {
    unsaved = true;
    if (note) note.textContent = say("saving");
    save();
  };
  form.addEventListener("input", touched);
  form.addEventListener("rows", touched);
  form.addEventListener("submit", () => { leaving = true; });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("beforeunload", (event) => {
    if (unsaved && !leaving) event.preventDefault();
  });
}

async function send(form) {
  const typed = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") typed.append(name, value);
  }
  try {
    const answer = await fetch(form.dataset.draft, {
      method: "POST",
      body: typed,
      headers: { Accept: "application/json", "X-CSRFToken": token(form) },
    });
    if (answer.ok) return "saved";
    return answer.status === 401 || answer.status === 400 ? "signedOut" : "notSaved";
  } catch (error) {
    if (error instanceof TypeError) return "notSaved"; // fetch: the network is gone
    throw error;
  }
}

function clock() {
  return new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
}
