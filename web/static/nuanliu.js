/* One small script: nothing on the pages depends on it. */
(() => {
  "use strict";
  const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = token();
  });

  /* One open sheet at a time where the browser does not do it by itself; Escape closes it. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector(".nl-actions details[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary")?.focus();
    }
  });

  /* A form is sent once: the second press of an impatient hand is not a second deed. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (form.method === "post") form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((f) => delete f.dataset.sent));

  /* What went wrong is read first. */
  document.querySelector("[data-focus]")?.focus();

  /* Printing and copying, where a page offers it. */
  document.addEventListener("click", async (event) => {
    const print = event.target.closest("[data-print]");
    if (print) window.print();
    const copy = event.target.closest("[data-copy]");
    if (!copy) return;
    const source = document.getElementById(copy.dataset.copy);
    const text = source?.value ?? source?.textContent ?? "";
    try {
      await navigator.clipboard.writeText(text.trim());
    } catch {
      source?.select?.();
      document.execCommand("copy");
    }
    const told = copy.dataset.done;
    if (told) copy.textContent = told;
  });
})();
