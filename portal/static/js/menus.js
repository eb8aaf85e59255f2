// Menus close when one clicks elsewhere; dialogs open and close; a filter that changes is applied at once.
export function startMenus(root) {
  for (const one of root.querySelectorAll("nav [aria-current]")) intoSight(one);
  root.addEventListener("click", (event) => {
    const inside = event.target.closest("details.menu, details.tip");
    for (const open of root.querySelectorAll("details.menu[open], details.tip[open]")) {
      if (open !== inside) open.open = false;
    }
    openDialog(event);
    closeDialog(event);
    if (event.target.closest("[data-print]")) print();
    fillAccount(event.target.closest("[data-fill-login]"), root);
  });
  root.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });
  for (const head of root.querySelectorAll(".casehead")) {
    addEventListener("scroll", () => head.classList.toggle("stuck", scrollY > 8), { passive: true });
  }
  addEventListener("beforeprint", () => root.querySelectorAll("details:not(.menu, .tip)").forEach((one) => { one.open = true; }));
}

function fillAccount(button, root) {
  if (!button) return;
  root.getElementById("login").value = button.dataset.fillLogin;
  root.getElementById("password").value = button.dataset.fillPassword;
  root.querySelector(".sign-button").focus();
}

function openDialog(event) {
  const opener = event.target.closest("[data-open]");
  const dialog = opener && document.getElementById(opener.dataset.open);
  if (dialog) {
    event.preventDefault();
    dialog.showModal();
  }
}

function closeDialog(event) {
  const dialog = event.target.closest("dialog");
  if (dialog && (event.target === dialog || event.target.closest("[data-close]"))) dialog.close();
}

// On a phone the bars of links scroll: the page one is on is never out of sight.
function intoSight(link) {
  const bar = link.closest("nav");
  if (bar.scrollWidth > bar.clientWidth) bar.scrollLeft += link.getBoundingClientRect().left - bar.getBoundingClientRect().left - (bar.clientWidth - link.offsetWidth) / 2;
}
