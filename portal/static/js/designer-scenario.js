// A scenario on the canvas: a step changes what it does, and the scenario is played beside as it is written.
import { part, send } from "./designer-talk.js";
import { ask, later } from "./words.js";

const root = document.getElementById("designer");
const sheet = () => part("canvas").querySelector(".story");
const KINDS = ["register", "do", "refused", "statement"];
let playing = "";

// One choice stands for two attributes: the kind of the step, and what it names.
function changeStep(select) {
  const written = JSON.parse(select.dataset.stepWas);
  const [kind, key] = select.value.split(":");
  const path = select.dataset.step;
  const operations = KINDS.filter((one) => one in written && one !== kind)
    .map((one) => ({ do: "set", path: `${path}.${one}`, value: null, was: written[one] }));
  if (key) operations.push({ do: "set", path: `${path}.${kind}`, value: key, was: written[kind] ?? null });
  if (kind !== "refused" && !(kind in written) && "why" in written) operations.push({ do: "set", path: `${path}.why`, value: null, was: written.why });
  if (operations.length) send({ operations, stay: true, replace: true });
}

async function play() {
  const box = sheet()?.querySelector("[data-played]");
  if (!box) return;
  const address = sheet().dataset.playedAt;
  box.hidden = false;
  sheet().classList.add("playing");
  const answer = await ask(address, "text/html");
  if (answer?.ok && box.isConnected) box.innerHTML = await answer.text();
}

const again = later(300, play);

root.addEventListener("change", (event) => { if (event.target.matches("[data-step]")) changeStep(event.target); });
root.addEventListener("click", (event) => {
  if (!event.target.closest("[data-play]")) return;
  playing = sheet().dataset.playedAt;
  play();
});
root.addEventListener("drawn", () => {
  if (sheet() && playing === sheet().dataset.playedAt) again();
});
