// Talks with the server: edits go out one after the other; what comes back is put in place without moving the cursor.
import { startCombos } from "./combos.js";
import { say } from "./words.js";

const RETRY = 3000;
const POLL = 4000;
const state = { root: null, revision: 0, at: "", queue: [], busy: false, offline: false, placing: false };

export const here = () => state.at;
export const isPlacing = () => state.placing;

export function startTalk(root) {
  state.root = root;
  state.revision = Number(root.dataset.revision);
  state.at = root.dataset.at;
  root.addEventListener("click", act);
  root.ownerDocument.addEventListener("keydown", keys);
  addEventListener("beforeunload", (event) => { if (state.queue.length) event.preventDefault(); });
  addEventListener("popstate", () => { if (root.dataset.section) show(location.href); });
  setInterval(poll, POLL);
  part("canvas")?.addEventListener("scroll", () => {}, { passive: true });
}

// An edit: { operations, about, stay, done }. It waits for the one before it, so that none overtakes another.
export function send(edit) {
  const operations = edit.operations?.map(after);
  state.queue.push({ address: "edit", ...edit, ...(operations && { operations }) });
  work();
}

// What waits to be sent is what this person saw: an edit never clashes with one's own.
function after(operation) {
  const earlier = state.queue.flatMap((one) => one.operations ?? []).filter((one) => one.do === "set" && one.path === operation.path).at(-1);
  return earlier && operation.do === "set" ? { ...operation, was: earlier.value ?? null } : operation;
}

async function work() {
  if (state.busy || !state.queue.length) return;
  state.busy = true;
  const edit = state.queue[0];
  saying("saving");
  const answer = await post(edit);
  state.busy = false;
  if (answer === null) {
    saying("offline");
    setTimeout(work, RETRY);
    return;
  }
  state.queue.shift();
  if (answer.ok) {
    saying("saved");
    // While more waits to be sent, what this answer shows is out of date already; the last one is drawn.
    if (state.queue.length) state.at = answer.body.at;
    else place(answer.body, edit);
    edit.done?.(answer.body);
  } else {
    refuse(answer, edit);
  }
  work();
}

async function post(edit) {
  const { operations, about, stay, at, address } = edit;
  const wanted = {
    operations, about, stay, at: at ?? state.at, section: state.root.dataset.section, element: elementName(),
  };
  try {
    const answer = await fetch(state.root.dataset.base + address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": state.root.dataset.token },
      body: JSON.stringify(wanted),
      redirect: "manual",
      keepalive: true,
    });
    if (answer.type === "opaqueredirect" || answer.status === 401) return { ok: false, status: 401, body: {} };
    if (answer.status >= 500) return { ok: false, status: answer.status, body: await answer.json().catch(() => ({})) };
    return { ok: answer.ok, status: answer.status, body: await answer.json() };
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return null;
    throw error;
  }
}

function elementName() {
  const path = new URL(state.root.dataset.here || location.href, location.href).pathname;
  const base = new URL(state.root.dataset.base, location.href).pathname;
  return decodeURIComponent(path.slice(base.length).split("/")[1] ?? "");
}

// What the server drew takes the place of what was shown; focus, selection, scroll and half-typed text stay.
export function place(body, edit = {}) {
  state.revision = body.revision;
  state.root.dataset.revision = body.revision;
  const { root } = state;
  const moved = body.at !== state.at;
  state.at = root.dataset.at = body.at;
  const kept = keepFocus(root);
  // What is half typed about an element that goes out of sight is saved, not dropped.
  if (moved) root.dispatchEvent(new CustomEvent("leaving"));
  state.placing = true;
  for (const [name, html] of Object.entries(body.parts)) {
    const box = part(name);
    if (!box) continue;
    const open = new Map([...box.querySelectorAll("details[data-keep]")].map((one) => [one.dataset.keep, one.open]));
    const scrolled = box.scrollTop;
    const begun = name === "panel" && !moved ? [...box.querySelectorAll(".setting[data-path]:has([data-fresh])")] : [];
    box.innerHTML = html;
    for (const one of begun) keepBegun(box, one);
    for (const fold of box.querySelectorAll("details[data-keep]")) {
      if (open.has(fold.dataset.keep)) fold.open = open.get(fold.dataset.keep);
    }
    box.scrollTop = moved && name === "panel" ? 0 : scrolled;
    startCombos(box);
  }
  state.placing = false;
  if (root.dataset.section) {
    root.dataset.here = body.address;
    if (location.pathname + location.search !== body.address) {
      history[edit.replace ? "replaceState" : "pushState"](null, "", body.address);
    }
  }
  kept();
  root.dispatchEvent(new CustomEvent("drawn", { detail: { edit, body } }));
}

// A list to which somebody has just added something that says nothing yet stays as it is.
function keepBegun(box, setting) {
  const drawn = box.querySelector(`.setting[data-path="${CSS.escape(setting.dataset.path)}"]`);
  if (!drawn) return;
  setting.dataset.was = drawn.dataset.was;
  drawn.replaceWith(setting);
}

function keepFocus(root) {
  const active = root.ownerDocument.activeElement;
  if (!active || !root.contains(active)) return () => {};
  const { id } = active;
  const at = active.closest("[data-at]")?.dataset.at;
  const inCanvas = Boolean(active.closest('[data-part="canvas"]')) && !id;
  const writes = active.matches("input:not([type=checkbox], [type=radio]), textarea");
  const typed = writes && active.value !== active.defaultValue ? active.value : null;
  const range = writes && active.selectionStart !== null ? [active.selectionStart, active.selectionEnd] : null;
  const shown = placeShown(root);
  const box = active.closest("[data-part=strip], [data-part=outline], [data-part=canvas], [data-part=panel]")?.dataset.part;
  const nth = id || !box ? -1 : focusable(active.closest("[data-part=strip], [data-part=outline], [data-part=canvas], [data-part=panel]")).indexOf(active);
  return () => {
    if (active.isConnected) {
      if (root.ownerDocument.activeElement !== active) active.focus({ preventScroll: true });
      return;
    }
    if (inCanvas) {
      const slot = root.querySelector(`[data-part="canvas"] [data-at="${CSS.escape(state.at)}"]`) ?? (at && root.querySelector(`[data-at="${CSS.escape(at)}"]`));
      slot?.focus({ preventScroll: true });
      return;
    }
    // What was half typed about one element is not put into another.
    if (id) restore(root, id, placeShown(root) === shown ? { typed, range } : {}, 20);
    else focusable(root.querySelector(`[data-part="${box}"]`))[nth]?.focus({ preventScroll: true });
  };
}

const focusable = (box) => (box ? [...box.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")] : []);
const placeShown = (root) => root.querySelector(".panel")?.dataset.place;

// Some controls are built by scripts once the names they offer are there: wait a moment for them.
function restore(root, id, kept, tries) {
  const again = root.querySelector(`#${CSS.escape(id)}`);
  const free = root.ownerDocument.activeElement === root.ownerDocument.body;
  if (!again) {
    if (tries && free) setTimeout(() => restore(root, id, kept, tries - 1), 25);
    return;
  }
  if (typeof kept.typed === "string") {
    again.value = kept.typed;
    again.dispatchEvent(new Event("input", { bubbles: true })); // it is saved after a pause, as if typed here
  }
  again.focus({ preventScroll: true });
  const { range } = kept;
  if (range && again.setSelectionRange && /^(text|search|tel|url|textarea)$/.test(again.type)) again.setSelectionRange(...range);
}

export const part = (name) => state.root.querySelector(`[data-part="${name}"]`);

// Shows another element, or another place in this one, without loading the page.
export async function show(address, { only = [], replace = false } = {}) {
  const url = new URL(address, location.href);
  for (const name of only) url.searchParams.append("part", name);
  const answer = await fetch(url, { headers: { Accept: "application/json" }, redirect: "manual" }).catch(() => null);
  if (!answer?.ok) {
    location.assign(address);
    return;
  }
  const body = await answer.json();
  if (state.busy || state.queue.length || body.revision < state.revision) {
    // An edit overtook this answer: what it shows is older than what is typed.
    setTimeout(() => { if (!state.busy && !state.queue.length) show(address, { only, replace }); }, 200);
    return;
  }
  place(body, { replace });
}

export function choose(at) {
  if (at === state.at) return Promise.resolve();
  mark(at);
  const url = new URL(state.root.dataset.here, location.href);
  url.searchParams.set("at", at);
  return show(url, { only: ["panel"], replace: true });
}

export function mark(at) {
  for (const one of state.root.querySelectorAll("[data-part=canvas] .chosen")) one.classList.remove("chosen");
  for (const one of state.root.querySelectorAll(`[data-part=canvas] [data-at="${CSS.escape(at)}"]`)) one.classList.add("chosen");
}

export function announce(text) {
  state.root.querySelector("[data-live]").textContent = text;
}

function act(event) {
  const button = event.target.closest("button, a");
  if (!button || !state.root.contains(button)) return;
  if (button.dataset.do) press(button);
  else if ("undo" in button.dataset) send({ address: "undo" });
  else if ("redo" in button.dataset) send({ address: "redo" });
  else if (button.dataset.go && sameElement(button)) go(event, button);
}

// What a button does stands on it. Where it adds to a list beside it, the new line is what one types in next.
function press(button) {
  const { dataset } = button;
  const last = () => [...part("panel").querySelectorAll(".inline-options input[lang=zh]")].at(-1)?.select();
  send({ operations: JSON.parse(dataset.do), instead: dataset.instead, stay: "stay" in dataset, done: "focusLast" in dataset ? last : undefined });
}

// A link to a place in the element that is open needs no new page.
function sameElement(link) {
  return Boolean(state.root.dataset.section) && new URL(link.href).pathname === new URL(state.root.dataset.here, location.href).pathname;
}

async function go(event, link) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { focusOn } = link.dataset;
  link.closest("details.menu")?.removeAttribute("open");
  await show(link.href);
  const wanted = focusOn && part("panel").querySelector(`[data-name-of="${CSS.escape(focusOn)}"]`);
  const control = wanted?.querySelector("input, select, textarea, button");
  if (control) {
    wanted.closest("details")?.setAttribute("open", "");
    control.focus();
  }
}

function keys(event) {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.altKey) return;
  const field = event.target.closest("input, textarea");
  // While something was typed here that is not saved yet, the browser's own undo is what one means.
  if (field && field.value !== field.defaultValue && !field.closest("[data-saved-value]")) return;
  event.preventDefault();
  send({ address: event.shiftKey ? "redo" : "undo" });
}

async function poll() {
  if (document.hidden || state.busy || state.queue.length || state.offline) return;
  const answer = await fetch(`${state.root.dataset.base}revision?since=${state.revision}`, { headers: { Accept: "application/json", "X-Background": "1" }, redirect: "manual" }).catch(() => null);
  if (!answer?.ok || state.busy || state.queue.length) return;
  const told = await answer.json();
  if (!told.foreign || told.revision <= state.revision) return;
  if (state.root.dataset.section) await show(state.root.dataset.here, { replace: true });
  else location.reload();
  announce(say("designerOthers"));
}

function saying(what) {
  const box = state.root.querySelector("[data-saved]");
  state.offline = what === "offline";
  if (!box) return;
  box.dataset.saved = what;
  const words = { saving: "designerSaving", saved: "designerSaved", offline: "designerOffline", refused: "designerRefused", signedOut: "designerSignedOut" }[what];
  const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
  box.querySelector("[data-saved-words]").textContent = say(words, { time });
}

function refuse(answer, edit) {
  const { body, status } = answer;
  if (status === 401) {
    state.queue.unshift(edit);
    state.busy = true; // until the person has signed in again in another tab
    saying("signedOut");
    setTimeout(() => { state.busy = false; work(); }, 10_000);
    return;
  }
  saying("refused");
  if (body.error === "edited_meanwhile") clash(body, edit);
  else refused(body, edit);
  edit.failed?.(body);
}

function clash(body, edit) {
  const dialog = document.getElementById("designer-clash");
  dialog.querySelector("[data-words]").textContent = body.message;
  dialog.querySelector("[data-theirs]").textContent = told(body.theirs);
  dialog.querySelector("[data-yours]").textContent = told(body.yours);
  const answer = (event) => {
    const take = event.target.closest("[data-take]")?.dataset.take;
    if (!take) return;
    dialog.removeEventListener("click", answer);
    dialog.close();
    if (take === "theirs") show(state.root.dataset.here + search(), { replace: true });
    else send({ ...edit, operations: edit.operations.map((one) => (one.path === body.path ? { ...one, was: body.theirs } : one)) });
  };
  dialog.addEventListener("click", answer);
  dialog.showModal();
}

const search = () => (state.at ? `${state.root.dataset.here.includes("?") ? "&" : "?"}at=${encodeURIComponent(state.at)}` : "");

function told(value) {
  if (value === null || value === undefined) return "—";
  if (typeof value !== "object") return String(value);
  return value.zh ?? JSON.stringify(value);
}

function refused(body, edit) {
  const dialog = document.getElementById("designer-refused");
  dialog.querySelector("[data-words]").textContent = body.message ?? say("designerRefused");
  const list = dialog.querySelector("[data-uses]");
  list.replaceChildren(...(body.uses ?? []).map((use) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = use.address;
    link.textContent = use.words;
    item.append(link);
    return item;
  }));
  const instead = dialog.querySelector("[data-instead]");
  instead.hidden = !edit.instead;
  instead.onclick = () => {
    dialog.close();
    send({ operations: JSON.parse(edit.instead) });
  };
  dialog.showModal();
}

