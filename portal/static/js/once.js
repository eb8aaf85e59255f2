// A form is sent once: a second click or Enter does nothing while the first is under way.
import { say, toast } from "./words.js";

export function startOnce(root) {
  for (const form of root.querySelectorAll('form[method="post"]')) guard(form);
  addEventListener("pageshow", () => root.querySelectorAll("form[data-sending]").forEach(release));
}

function guard(form) {
  form.addEventListener("submit", (event) => {
    if (form.querySelector(".file.sending, .drawing.sending")) {
      event.preventDefault();
      toast(say("stillUploading"));
      return;
    }
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "true";
    event.submitter?.classList.add("busy");
  });
}

function release(form) {
  delete form.dataset.sending;
  form.querySelectorAll(".busy").forEach((button) => button.classList.remove("busy"));
}
