// Keeps the list fresh while somebody looks at it, and leaves it alone while nothing changes.
"use strict";

const interval = 3000;

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch("/", { cache: "no-store" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("list");
  const shown = document.getElementById("list");
  if (!fresh || fresh.innerHTML === refresh.last) return;
  refresh.last = fresh.innerHTML;
  for (const open of shown.querySelectorAll("details[open][data-key]")) {
    const key = CSS.escape(open.dataset.key);
    fresh.querySelector(`details[data-key="${key}"]`)?.setAttribute("open", "");
  }
  showTimes(fresh);
  shown.replaceWith(fresh);
}

setInterval(() => refresh().catch(() => {}), interval);
document.addEventListener("visibilitychange", () => refresh().catch(() => {}));
