// The administration's pages: asking before something grave, finding in a tree, copying a password.
startConfirm(document);
startTreeFilter(document);
startCopy(document);
startChoices(document);

// What is typed beside a choice is meant for it: a day in “from a day on” chooses that.
function startChoices(root) {
  root.addEventListener("input", (event) => {
    const choice = event.target.closest(".choice-card")?.querySelector('input[type="radio"]');
    if (choice && choice !== event.target) choice.checked = true;
  });
}

// Without this script the server asks on a page of its own.
function startConfirm(root) {
  root.addEventListener("submit", (event) => {
    const asking = event.submitter?.dataset.confirm;
    if (!asking || event.target.querySelector('input[name="confirmed"]')) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(event.target, event.submitter);
  }, { capture: true });
}

function ask(form, button) {
  const dialog = made("dialog", "box");
  const body = made("div", "dialog-body");
  body.append(made("p", "", button.dataset.confirm));
  const foot = made("footer");
  const no = made("button", "button", button.dataset.confirmNo);
  const yes = made("button", button.classList.contains("danger") ? "button danger" : "button filled", button.dataset.confirmYes);
  no.type = yes.type = "button";
  no.addEventListener("click", () => dialog.close());
  yes.addEventListener("click", () => {
    dialog.close();
    send(form, button);
  });
  dialog.addEventListener("close", () => dialog.remove());
  foot.append(no, yes);
  dialog.append(body, foot);
  document.body.append(dialog);
  dialog.showModal();
  no.focus();
}

function send(form, button) {
  const answer = made("input");
  Object.assign(answer, { type: "hidden", name: "confirmed", value: "yes" });
  form.append(answer);
  form.requestSubmit(button);
}

function startTreeFilter(root) {
  for (const input of root.querySelectorAll("[data-tree-filter]")) {
    const tree = root.querySelector(input.dataset.treeFilter);
    input.addEventListener("input", () => filter(tree, input.value.trim().toLowerCase()));
  }
}

// A line stays when it or something below it matches; what leads to a match is opened.
function filter(tree, wanted) {
  for (const line of [...tree.querySelectorAll("[data-tree-row]")].reverse()) {
    const below = [...line.querySelectorAll("[data-tree-row]")].some((one) => !one.hidden);
    const own = line.dataset.treeRow.toLowerCase().includes(wanted);
    line.hidden = Boolean(wanted) && !own && !below;
    if (wanted && below) line.querySelector("details").open = true;
  }
}

function startCopy(root) {
  root.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(root.querySelector(button.dataset.copy).textContent);
    button.textContent = button.dataset.copied;
  });
}

function made(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}
