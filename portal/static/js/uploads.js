// Uploads a chosen file at once, with progress; the server checks it while the rest is still being typed.
import { element, icon, say, token } from "./words.js";

const MEGABYTE = 1024 * 1024;

export function startUploads(root) {
  for (const drop of root.querySelectorAll("[data-drop]")) prepare(drop);
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove-file]");
    if (button) remove(button.closest(".file"));
  });
}

function prepare(drop) {
  const input = drop.querySelector('input[type="file"]');
  input.addEventListener("change", () => {
    take(drop, [...input.files]);
    input.value = "";
  });
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, () => drop.classList.add("over"));
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
}

function take(drop, files) {
  const list = drop.parentElement.querySelector("[data-files]");
  for (const file of files) {
    const row = rowFor(file);
    list.append(row);
    const refusal = refused(file, Number(drop.dataset.mostMb)) || refusedByField(drop, list, file, row);
    if (refusal) refuse(row, refusal);
    else send(drop, file, row);
  }
}

function refused(file, most) {
  if (file.size === 0) return say("emptyFile", { name: file.name });
  if (file.size <= most * MEGABYTE) return "";
  return say("tooLarge", { name: file.name, size: Math.ceil(file.size / MEGABYTE), most });
}

// What the field says of its files; the server says it again when the form is sent.
function refusedByField(drop, list, file, row) {
  const { most, totalMb } = drop.dataset;
  const accept = (drop.querySelector("input").accept ?? "").split(",").filter((one) => one.startsWith("."));
  if (accept.length && !accept.some((one) => file.name.toLowerCase().endsWith(one))) {
    return say("wrongEnding", { name: file.name, accept: accept.join(" ") });
  }
  row.size = file.size;
  const others = [...list.querySelectorAll(".file:not(.refused)")].filter((one) => one !== row);
  if (most && others.length >= Number(most)) return say("mostFiles", { most });
  const total = [row, ...others].reduce((sum, one) => sum + (one.size ?? 0), 0);
  return totalMb && total > Number(totalMb) * MEGABYTE ? say("totalTooLarge", { most: totalMb }) : "";
}

function rowFor(file) {
  const row = element("div", "file");
  const button = element("button", "icon-button");
  button.type = "button";
  button.dataset.removeFile = "";
  button.setAttribute("aria-label", say("remove", { name: file.name }));
  button.append(icon("close"));
  row.append(icon("file"), element("span", "name", file.name), element("span", "size", sizeOf(file.size)), button);
  return row;
}

function sizeOf(bytes) {
  return bytes < 1000 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / MEGABYTE).toFixed(1)} MB`;
}

function send(drop, file, row) {
  const meter = element("progress", "meter");
  const request = new XMLHttpRequest();
  const body = new FormData();
  meter.max = 1;
  meter.setAttribute("aria-label", say("uploading"));
  row.append(meter);
  row.classList.add("sending");
  row.upload = request;
  body.append("file", file);
  request.upload.addEventListener("progress", (event) => { meter.value = event.loaded / event.total; });
  request.addEventListener("load", () => settle(drop, row, meter, request, file));
  request.addEventListener("error", () => { settled(row, meter); refuse(row, say("uploadBroken", { name: file.name })); });
  request.open("POST", drop.dataset.upload);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-CSRFToken", token(drop.closest("form")));
  request.send(body);
}

function settled(row, meter) {
  meter.remove();
  row.classList.remove("sending");
}

function settle(drop, row, meter, request, file) {
  settled(row, meter);
  if (request.status === 401) {
    refuse(row, say("signedOut"));
    return;
  }
  const answer = readAnswer(request);
  if (request.status !== 200 || !answer.id) {
    refuse(row, answer.message ?? say("uploadBroken", { name: file.name }));
    return;
  }
  const kept = element("input");
  kept.type = "hidden";
  kept.name = drop.dataset.name;
  kept.value = answer.id;
  row.classList.add("checked");
  row.firstChild.replaceWith(icon("check"));
  row.append(kept);
  if (answer.warning) row.append(element("span", "why", answer.warning));
  drop.closest("form").dispatchEvent(new Event("input", { bubbles: true }));
}

function readAnswer(request) {
  const isJson = (request.getResponseHeader("Content-Type") ?? "").includes("json");
  return isJson ? JSON.parse(request.responseText) : {};
}

function refuse(row, why) {
  row.classList.add("refused");
  row.append(element("span", "why", why));
}

function remove(row) {
  const form = row.closest("form");
  row.upload?.abort();
  row.remove();
  form.dispatchEvent(new Event("input", { bubbles: true }));
}
