// The example of a canvas: another start, another limit or another year, drawn afresh without leaving the page.
import { part, show } from "./designer-talk.js";

const root = document.getElementById("designer");
const canvas = root && part("canvas");
if (canvas) {
  canvas.addEventListener("change", (event) => {
    const control = event.target.closest("[data-example]");
    if (control?.value) ask({ [control.dataset.example]: control.value });
  });
  // A row that opens another element of the section.
  canvas.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-open]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link.href);
  });
}

function ask(wanted) {
  const url = new URL(root.dataset.here, location.href);
  for (const [name, value] of Object.entries(wanted)) url.searchParams.set(name, value);
  show(url, { replace: true });
}
