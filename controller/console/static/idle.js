// The end of a session without a use: a warning before it, with what was typed safe
// on the page. Keys, clicks and touches are a use; pages that refresh themselves
// are none, on this page or on another of the same person.
"use strict";

{
const bar = document.querySelector("[data-idle]");
const limit = bar.dataset.idle * 1000;
const ahead = Math.min(120_000, limit / 3);     // ms of warning
const pingEvery = Math.min(65_000, limit / 6);  // ms between two uses that the controller is told of; it counts minutes
const others = new BroadcastChannel("mingbai-idle");
const soon = bar.querySelector("[data-soon]"), over = bar.querySelector("[data-over]"), left = bar.querySelector("[data-left]"), stay = bar.querySelector("[data-stay]");

// The focus before someone went to the button.
let before = null;

// When the controller last knew of a use. Opening the page was one.
let told = Date.now(), ended = false;

// show shows or hides the bar; what sticks to the end of the page stands above it.
function show(on) {
  bar.hidden = !on;
  document.documentElement.style.setProperty("--bar", bar.offsetHeight + "px");
}

function end() {
  ended = true;
  if (!unsent()) return location.replace(location.pathname + location.search); // to the sign-in; what is typed stays
  soon.hidden = stay.hidden = true;
  over.hidden = false;
  show(true);
}

async function use() {
  if (ended || Date.now() - told < pingEvery) return;
  const was = told;
  told = Date.now();
  show(false);
  try {
    const r = await fetch("/me/here", { method: "POST", redirect: "error" });
    if (r.status === 401) end(); else others.postMessage(told);
  } catch { told = was; } // the line is down; the next use tries again
}

others.onmessage = e => { if (e.data > told && !ended) { told = e.data; show(false); } };
others.postMessage(told);
// The bar itself is left alone until its button is let go: what lies beneath it
// must not be hit by the end of a touch.
for (const kind of ["keydown", "pointerdown", "input"]) document.addEventListener(kind, e => { if (!bar.contains(e.target)) use(); }, { passive: true });
bar.addEventListener("focusin", e => { if (e.relatedTarget && !bar.contains(e.relatedTarget)) before = e.relatedTarget; });
stay.addEventListener("click", () => { use(); before?.focus({ preventScroll: true }); before = null; });

setInterval(() => {
  if (ended) return;
  const rest = told + limit - Date.now();
  if (rest <= 0) return end();
  if (rest > ahead) return;
  const s = Math.ceil(rest / 1000);
  left.textContent = Math.floor(s / 60) + ":" + String(s % 60).padStart(2, "0");
  if (bar.hidden) show(true);
}, 1000);
}
