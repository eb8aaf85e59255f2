// Text fields: areas that grow with their text, and how many characters are left.
import { element, say } from "./words.js";

const NEAR = 0.8;

export function startText(root) {
  for (const area of root.querySelectorAll("textarea[data-grow]")) grow(area);
  for (const field of root.querySelectorAll("[data-most]:is(input, textarea)")) count(field);
  root.querySelector("[data-focus]")?.focus();
}

function grow(area) {
  const fit = () => {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 2, 560)}px`;
  };
  area.addEventListener("input", fit);
  if (area.value) fit();
}

function count(field) {
  const most = Number(field.dataset.most);
  const line = element("p", "counter-line");
  line.setAttribute("aria-live", "polite");
  field.after(line);
  const show = () => {
    const length = [...field.value].length;
    line.hidden = length < most * NEAR;
    line.classList.toggle("over", length > most);
    line.textContent = length > most ? say("over", { count: length - most }) : say("left", { count: most - length });
  };
  field.addEventListener("input", show);
  show();
}
