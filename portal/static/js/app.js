// Starts what the page needs. Everything here makes a page more pleasant; forms and links work without it.
import { startCombos } from "./combos.js";
import { startConditions } from "./conditions.js";
import { startDrafts } from "./drafts.js";
import { startEarly } from "./early.js";
import { startKeys } from "./keys.js";
import { startMenus } from "./menus.js";
import { startOnce } from "./once.js";
import { startResetLink } from "./reset-link.js";
import { startRows } from "./rows.js";
import { startSimilar, startLookups } from "./lookups.js";
import { startText } from "./text.js";
import { startTrees } from "./trees.js";
import { startUploads } from "./uploads.js";
import { startWidgets } from "./widgets.js";

for (const start of [
  startMenus, startKeys, startText, startTrees, startCombos, startRows, startUploads, startWidgets,
  startConditions, startDrafts, startEarly, startOnce, startSimilar, startLookups,
  startResetLink,
]) {
  start(document);
}
document.documentElement.dataset.ready = "true";
