// The designer: every change of a control is one small operation, saved at once; the server draws the parts afresh.
import { startCanvas } from "./designer-canvas.js";
import { startConditionEditors } from "./designer-conditions.js";
import { startMergeFields } from "./designer-merge.js";
import { startPanel } from "./designer-panel.js";
import { startTalk } from "./designer-talk.js";

const root = document.getElementById("designer");
if (root) {
  startTalk(root);
  startPanel(root);
  startCanvas(root);
  startConditionEditors(root);
  startMergeFields(root);
}
