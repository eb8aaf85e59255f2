// Hands on keys: / g n j k . ? Ctrl+Enter. Nothing fires while somebody types, but Ctrl+Enter and Escape.
const PAUSE = 1200;

export function startKeys(root) {
  const dialog = root.getElementById("keys-dialog");
  if (!dialog) return;
  let going = 0;
  root.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return submitForm(event);
    if (event.key === "Escape") return closeMenus(root);
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || root.querySelector("dialog[open]")) return undefined;
    if (going && Date.now() - going < PAUSE) {
      going = 0;
      return go({ d: dialog.dataset.desk, c: dialog.dataset.cases, i: dialog.dataset.inbox }[event.key], event);
    }
    going = event.key === "g" ? Date.now() : 0;
    return act(event, root, dialog);
  });
}

const typing = (target) => Boolean(target.closest?.("input, textarea, select, [contenteditable]"));

function act(event, root, dialog) {
  const key = event.key;
  if (key === "/") return focusSearch(event, root);
  if (key === "?") return dialog.showModal();
  if (key === "n") return go(dialog.dataset.new, event);
  if (key === "j" || key === "k") return move(root, key === "j" ? 1 : -1);
  if (key === ".") return root.querySelector("[data-primary]")?.click();
  return undefined;
}

function go(address, event) {
  if (!address) return;
  event.preventDefault();
  location.assign(address);
}

function focusSearch(event, root) {
  const field = [...root.querySelectorAll("[data-key-search]")].find((one) => one.offsetParent !== null);
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
}

function submitForm(event) {
  const form = event.target.closest?.("form") ?? document.querySelector("form[data-policy-form]");
  const button = form?.querySelector("button.filled:not([type=button])");
  if (button) {
    event.preventDefault();
    form.requestSubmit(button);
  }
}

function closeMenus(root) {
  for (const open of root.querySelectorAll("details.menu[open], details.tip[open]")) {
    open.open = false;
    open.querySelector("summary").focus();
  }
}

function move(root, step) {
  const rows = [...root.querySelectorAll("tr[data-row-link]")];
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.classList.contains("chosen"));
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
  rows[at]?.classList.remove("chosen");
  next.classList.add("chosen");
  next.querySelector("a[data-row-target]").focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}
