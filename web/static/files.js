/* A step of the hardship file saves itself when something in it changed; the button saves it too. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const told = form.querySelector("[data-autosaved]");
  const revision = form.querySelector("[data-revision]");
  let timer, running = false, again = false;

  const say = (words) => { told.textContent = words; };

  function showErrors(errors) {
    form.querySelectorAll(".nl-autoerror").forEach((e) => e.remove());
    for (const [name, words] of Object.entries(errors)) {
      const field = document.getElementById(name)?.closest(".nl-field");
      if (!field || field.querySelector(".nl-error")) continue;
      const line = document.createElement("p");
      line.className = "nl-error nl-autoerror w-100";
      line.textContent = words;
      field.append(line);
    }
  }

  async function save() {
    if (running) { again = true; return; }
    running = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new FormData(form), headers: { "X-Autosave": "1", Accept: "application/json" },
      });
      const body = await answer.json();
      if (body.revision) revision.value = body.revision;
      if (body.calculation) document.querySelector("[data-calculation]").innerHTML = body.calculation;
      showErrors(body.errors ?? {});
      say(body.words ?? "");
    } catch {
      say(""); /* not reached: what is written stays here, and the button says what is wrong */
    }
    running = false;
    if (again) { again = false; save(); }
  }

  form.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 600);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
})();
