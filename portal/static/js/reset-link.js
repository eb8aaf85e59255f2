// The token of a mailed link stands behind its #: it goes into the form, out of the address, and is sent.
export function startResetLink(page) {
  const form = page.querySelector("form[data-reset-link]");
  if (!form) return;
  const follow = () => {
    const token = window.location.hash.slice(1);
    if (!token) return;
    window.history.replaceState(null, "", window.location.pathname);
    form.elements.token.value = token;
    form.requestSubmit();
  };
  window.addEventListener("hashchange", follow);
  follow();
}
