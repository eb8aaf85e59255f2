// Similar earlier cases while typing, and case numbers to choose from.
import { ask, later } from "./words.js";

export function startSimilar(root) {
  for (const panel of root.querySelectorAll("[data-similar-panel]")) {
    const form = root.querySelector(panel.dataset.similarPanel);
    if (form) watch(panel, form);
  }
}

function watch(panel, form) {
  let asked = "";
  const look = later(450, async () => {
    const query = new URLSearchParams();
    for (const name of panel.dataset.fields.split(" ")) {
      const field = form.elements[name];
      const value = (field?.value ?? "").trim();
      if (value) query.append(name, value.slice(0, 400));
    }
    if (String(query) === asked) return;
    asked = String(query);
    const answer = await ask(`${panel.dataset.address}?${query}`, "text/html");
    if (answer?.ok && String(query) === asked) panel.innerHTML = await answer.text();
  });
  form.addEventListener("input", look);
  look();
}

export function startLookups(root) {
  for (const input of root.querySelectorAll("[data-case-lookup]")) {
    const list = root.getElementById(input.getAttribute("list"));
    input.addEventListener("input", later(250, async () => {
      const answer = await ask(`${input.dataset.caseLookup}?begins=${encodeURIComponent(input.value)}`, "application/json");
      if (!answer?.ok) return;
      const found = await answer.json();
      list.replaceChildren(...found.map((one) => new Option(one.title, one.number)));
    }));
  }
}
