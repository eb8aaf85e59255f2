// The archive room: what a job is doing is kept up to date, and a whole page of cases is chosen at once.
import { giveBackAfterReload, givenBack, isComposing, reloadKeeping, taken } from "./keeping.js";

const EVERY = 1500;
const LONGEST = 20; // times as long between two asks, while nobody answers
const TOO_FAST = 429;

for (const piece of document.querySelectorAll("[data-progress]")) watch(piece, 0);
startChoosingIn(document);
giveBackAfterReload();

// The piece of the page is fetched again until it says that nothing works any more; what is ticked and typed stays.
// While the server or the network is away it is asked ever more seldom; who may not ask any more asks no more.
function watch(piece, failures) {
  setTimeout(async () => {
    const { fresh, isOver } = await fetched(piece.dataset.progress);
    if (isOver) return;
    if (fresh === undefined || isComposing()) {
      watch(piece, fresh === undefined ? failures + 1 : 0);
      return;
    }
    replace(piece, fresh);
    const state = piece.querySelector("[data-progress-state]");
    if (state?.dataset.progressState === "working") watch(piece, 0);
    else if (piece.hasAttribute("data-progress-reload")) reloadKeeping();
  }, EVERY * Math.min(failures + 1, LONGEST));
}

function replace(piece, fresh) {
  const kept = taken(piece);
  piece.innerHTML = fresh;
  startChoosingIn(piece);
  givenBack(piece, kept);
}

async function fetched(address) {
  try {
    const answer = await fetch(address, { headers: { "X-Background": "1" } });
    if (answer.ok && !answer.redirected) return { fresh: await answer.text() };
    return { isOver: answer.redirected || (answer.status < 500 && answer.status !== TOO_FAST) };
  } catch {
    return {};
  }
}

function startChoosingIn(root) {
  for (const box of root.querySelectorAll("[data-choose-all]")) startChoosing(box);
}

function startChoosing(box) {
  const others = [...box.closest("table").querySelectorAll("tbody input[type=checkbox]:not([disabled])")];
  box.addEventListener("change", () => {
    for (const other of others) other.checked = box.checked;
  });
  for (const other of others) {
    other.addEventListener("change", () => {
      const chosen = others.filter((one) => one.checked).length;
      box.checked = chosen === others.length;
      box.indeterminate = chosen > 0 && chosen < others.length;
    });
  }
}
