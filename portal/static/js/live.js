// A piece of the page that is asked for again and again, while somebody looks at it and touches nothing in it.
const EVERY = 10_000;

for (const piece of document.querySelectorAll("[data-live]")) setInterval(() => refresh(piece), EVERY);

async function refresh(piece) {
  if (document.hidden || piece.contains(document.activeElement) || piece.querySelector("[data-sending]")) return;
  const fresh = await fetched(piece.dataset.live);
  if (fresh === null) {
    const state = piece.querySelector("[data-live-state]");
    if (state) state.textContent = ` · ${piece.dataset.liveLost}`;
    return;
  }
  const open = new Set([...piece.querySelectorAll("details[open] > summary")].map((one) => one.textContent));
  piece.innerHTML = fresh;
  for (const summary of piece.querySelectorAll("details > summary")) {
    if (open.has(summary.textContent)) summary.parentElement.open = true;
  }
}

async function fetched(address) {
  try {
    const answer = await fetch(address, { redirect: "manual", headers: { "X-Background": "1" } });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}
