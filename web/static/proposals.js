/* Keys of the work queue. Everything they do, the buttons and links on the page do as well. */
(() => {
  "use strict";
  const typing = (e) => e.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, dialog[open]");
  const items = () => [...document.querySelectorAll(".nl-list .nl-item")];

  const step = (by) => {
    const all = items();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    const current = at >= 0 ? at : all.findIndex((a) => a.hasAttribute("aria-current"));
    const next = all[Math.min(Math.max(current + by, 0), all.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };

  const openSheet = (key) => {
    const sheet = document.querySelector(`.nl-actions details[data-sheet="${key}"]`);
    if (!sheet) return false;
    document.querySelectorAll(".nl-actions details[open]").forEach((d) => d !== sheet && (d.open = false));
    sheet.open = true;
    sheet.querySelector(".nl-sheet button, .nl-sheet input:not([type=hidden])")?.focus();
    if (key === "a") sheet.querySelector("#quantity")?.select();
    return true;
  };

  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || e.repeat || typing(e)) return;
    const key = e.key.toLowerCase();
    if (key === "j" || key === "k") step(key === "j" ? 1 : -1);
    else if (key === "?") document.getElementById("key-help")?.showModal();
    else if ("adht".includes(key)) {
      if (!openSheet(key)) return;
    } else if (key === "c" || key === "u") {
      const button = document.querySelector(`button[data-key="${key}"]`);
      if (!button) return;
      button.click();
    } else return;
    e.preventDefault();
  });

  /* The open item is in the middle of the list, without moving the page; an open sheet with an error has the focus. */
  const open = document.querySelector('.nl-item[aria-current="true"]');
  const box = open?.closest(".nl-list-scroll");
  if (box) box.scrollTop = open.offsetTop - box.offsetTop - (box.clientHeight - open.offsetHeight) / 2;
  document.querySelector('.nl-sheet [aria-invalid="true"], .nl-actions details[open] .nl-error')?.focus?.();

  /* The window for undoing runs down; when it is over, the strip goes. */
  const left = document.querySelector("[data-until]");
  if (left) {
    const words = left.textContent;
    const numbers = words.match(/\d+/g);
    const tick = () => {
      const seconds = Math.round(Number(numbers[0]) * 60 + Number(numbers[1]) - (performance.now() - began) / 1000);
      if (seconds < 0) return left.closest(".nl-undo").remove();
      const now = [Math.floor(seconds / 60), seconds % 60];
      let place = 0;
      left.textContent = words.replace(/\d+/g, () => now[place++]);
      setTimeout(tick, 1000);
    };
    const began = performance.now();
    if (numbers?.length === 2) setTimeout(tick, 1000);
  }
})();
