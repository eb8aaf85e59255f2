// A long select (units, people) becomes a field that filters while one types; the select keeps the value.
import { ask, element, later, say } from "./words.js";

const FEW = 8;
let serial = 0;

export function startCombos(root) {
  for (const select of root.querySelectorAll("select[data-combo]")) {
    if (select.options.length > FEW || select.dataset.comboFrom) new Combo(select);
  }
}

class Combo {
  constructor(select) {
    this.select = select;
    this.options = [...select.options].filter((one) => one.value)
      .map((one) => ({ key: one.value, label: one.textContent.trim(), note: one.dataset.note ?? "" }));
    this.box = element("div", "combo");
    this.input = element("input");
    this.list = element("ul", "combo-list");
    this.list.id = `combo-${++serial}`;
    this.list.setAttribute("role", "listbox");
    this.list.hidden = true;
    this.dress();
    select.hidden = true;
    select.removeAttribute("id");
    select.before(this.box);
    this.box.append(this.input, select, this.list);
    this.showChosen();
  }

  dress() {
    const { input, select, list } = this;
    input.id = select.id;
    input.type = "text";
    input.autocomplete = "off";
    input.placeholder = select.dataset.comboHint ?? say("type");
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" })) {
      input.setAttribute(name, value);
    }
    input.addEventListener("input", (event) => { event.stopPropagation(); this.open(input.value); });
    input.addEventListener("focus", () => { input.select(); this.open(""); });
    input.addEventListener("blur", () => this.close());
    input.addEventListener("keydown", (event) => this.key(event));
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const item = event.target.closest("li[data-key]");
      if (item) this.choose(item.dataset.key);
    });
  }

  open(text) {
    if (this.select.dataset.comboFrom) this.ask(text.trim());
    this.show(text);
  }

  show(text) {
    const wanted = text.trim().toLowerCase();
    const found = this.options.filter((one) => `${one.label} ${one.note}`.toLowerCase().includes(wanted)).slice(0, 200);
    this.list.replaceChildren(...(found.length ? found.map((one) => this.item(one)) : [element("li", "muted", say("nothing"))]));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark(found.findIndex((one) => one.key === this.select.value));
  }

  // Where there are thousands (units), the server finds by name; what it finds becomes an option.
  ask = later(180, async (text) => {
    const address = new URL(this.select.dataset.comboFrom, location.href);
    address.searchParams.set("text", text);
    const answer = await ask(address, "application/json");
    if (!answer?.ok || this.list.hidden) return;
    const known = new Set(this.options.map((one) => one.key));
    const fresh = (await answer.json()).filter((one) => !known.has(one.key));
    if (!fresh.length) return;
    this.options.push(...fresh);
    this.select.append(...fresh.map((one) => new Option(one.label, one.key)));
    this.show(text);
  });

  item(one) {
    const made = element("li", "", one.label);
    made.dataset.key = one.key;
    made.id = `${this.list.id}-${one.key}`;
    made.setAttribute("role", "option");
    if (one.note && !one.label.includes(one.note)) made.append(element("small", "", one.note));
    return made;
  }

  mark(index) {
    const items = [...this.list.querySelectorAll("li[data-key]")];
    items.forEach((item, place) => item.setAttribute("aria-selected", String(place === index)));
    const marked = items[index];
    if (marked) {
      this.input.setAttribute("aria-activedescendant", marked.id);
      marked.scrollIntoView({ block: "nearest" });
    }
  }

  key(event) {
    const items = [...this.list.querySelectorAll("li[data-key]")];
    const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) this.open("");
      else this.mark(Math.max(0, Math.min(items.length - 1, at + (event.key === "ArrowDown" ? 1 : -1))));
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !this.list.hidden) {
      event.preventDefault();
      const picked = items[at] ?? (items.length === 1 ? items[0] : undefined);
      if (picked) this.choose(picked.dataset.key);
    } else if (event.key === "Escape") {
      this.close();
    }
  }

  choose(key) {
    this.select.value = key;
    this.close();
    this.tell();
  }

  close() {
    if (!this.input.value.trim() && this.select.value) {
      this.select.value = "";
      this.tell();
    }
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.showChosen();
  }

  tell() {
    for (const name of ["input", "change"]) this.select.dispatchEvent(new Event(name, { bubbles: true }));
  }

  showChosen() {
    this.input.value = this.options.find((one) => one.key === this.select.value)?.label ?? "";
  }
}
