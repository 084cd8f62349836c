/* Tick all rows at once; without it each row is ticked by itself. */
(() => {
  "use strict";
  const button = document.querySelector("[data-tick-all]");
  if (!button) return;
  const boxes = () => [...document.querySelectorAll(`input[name="${button.dataset.tickAll}"]`)];
  button.hidden = boxes().length < 2;
  button.addEventListener("click", () => {
    const all = boxes().every((box) => box.checked);
    boxes().forEach((box) => (box.checked = !all));
  });
})();
