// A signature drawn with pen, finger or mouse; each stroke can be undone, and each change is kept at once.
import { say, token } from "./words.js";

const INK = "#1f2933";
const WIDTH = 7;

export function startSigning(box) {
  const pad = new Pad(box);
  box.querySelector("[data-draw-open]").addEventListener("click", () => pad.open());
  box.querySelector("[data-draw-undo]").addEventListener("click", () => pad.undo());
  box.querySelector("[data-draw-clear]").addEventListener("click", () => pad.clear());
}

class Pad {
  constructor(box) {
    this.drawing = box.querySelector("[data-drawing]");
    this.opener = box.querySelector("[data-draw-open]");
    this.canvas = box.querySelector("canvas");
    this.kept = this.drawing.querySelector("input");
    this.said = this.drawing.querySelector("[data-drawing-said]");
    this.where = box.dataset.sign;
    this.strokes = [];
    this.turn = 0;
    this.opener.hidden = !this.drawing.hidden;
    this.canvas.addEventListener("pointerdown", (event) => this.begin(event));
    this.canvas.addEventListener("pointermove", (event) => this.go(event));
    for (const name of ["pointerup", "pointercancel"]) this.canvas.addEventListener(name, () => this.end());
    if (this.canvas.dataset.drawn) this.recall(this.canvas.dataset.drawn);
  }

  open() {
    this.drawing.hidden = false;
    this.opener.hidden = true;
  }

  // What was drawn before an error or in a draft lies under the new strokes.
  recall(address) {
    const image = new Image();
    image.addEventListener("load", () => { this.base = image; this.paint(); });
    image.src = address;
    this.said.textContent = say("signed");
  }

  begin(event) {
    if (event.button) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.stroke = [this.point(event)];
    this.strokes.push(this.stroke);
    this.paint();
  }

  go(event) {
    if (!this.stroke) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const one of passed.length ? passed : [event]) this.stroke.push(this.point(one));
    this.paint();
  }

  end() {
    if (!this.stroke) return;
    this.stroke = null;
    this.keep();
  }

  point(event) {
    const frame = this.canvas.getBoundingClientRect();
    const scale = this.canvas.width / frame.width;
    return [(event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale];
  }

  undo() {
    if (!this.strokes.pop()) this.base = null;
    this.paint();
    this.keep();
  }

  clear() {
    this.strokes = [];
    this.base = null;
    this.paint();
    this.keep();
  }

  paint() {
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (this.base) pen.drawImage(this.base, 0, 0);
    Object.assign(pen, { strokeStyle: INK, lineWidth: WIDTH, lineCap: "round", lineJoin: "round" });
    for (const stroke of this.strokes) {
      pen.beginPath();
      pen.moveTo(...stroke[0]);
      for (const point of stroke) pen.lineTo(...point);
      pen.stroke();
    }
  }

  // Only the newest picture counts, however the answers come in.
  async keep() {
    const turn = ++this.turn;
    if (!this.strokes.length && !this.base) {
      this.settle("", "signHere");
      return;
    }
    this.drawing.classList.add("sending");
    this.said.textContent = say("signing");
    const picture = await new Promise((done) => { this.canvas.toBlob(done, "image/png"); });
    const [id, told] = await this.send(picture);
    if (turn === this.turn) this.settle(id, told);
  }

  async send(picture) {
    const body = new FormData();
    body.append("file", picture, "signature.png");
    const headers = { Accept: "application/json", "X-CSRFToken": token(this.canvas.closest("form")) };
    try {
      const answer = await fetch(this.where, { method: "POST", body, headers });
      if (answer.ok) return [(await answer.json()).id, "signed"];
      return ["", answer.status === 401 ? "signedOut" : "signBroken"];
    } catch (error) {
      if (error instanceof TypeError) return ["", "signBroken"]; // fetch: the network is gone
      throw error;
    }
  }

  settle(id, told) {
    this.drawing.classList.remove("sending");
    this.kept.value = id;
    this.said.textContent = say(told);
    this.canvas.closest("form").dispatchEvent(new Event("input", { bubbles: true }));
  }
}
