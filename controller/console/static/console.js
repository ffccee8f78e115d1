// What pages can do better with a script: refresh themselves, filter at once,
// and check and preview while someone types. Without it everything still works
// by sending forms.
"use strict";

const liveEvery = 3000;  // ms between refreshes
const typingRest = 350;  // ms without a key before a form is checked

// --- parts that refresh themselves

function live(box) {
  let last = box.innerHTML, failed = 0;
  const refresh = async () => {
    if (document.hidden) return;
    try {
      const r = await fetch(box.dataset.live, { headers: { Accept: "text/html" }, redirect: "error" });
      if (r.status === 401) { location.reload(); return; }
      if (!r.ok) throw new Error(r.statusText);
      const html = await r.text();
      failed = 0;
      box.classList.remove("stale");
      if (html === last) return;
      last = html;
      replace(box, html);
    } catch (e) {
      if (++failed > 2) box.classList.add("stale");
    }
  };
  setInterval(refresh, liveEvery);
  document.addEventListener("visibilitychange", refresh);
}

// replace puts new content in place and keeps the focus and what was typed.
function replace(box, html) {
  const at = document.activeElement, id = box.contains(at) ? at.id : "";
  const find = box.querySelector("#find"), text = find ? find.value : "";
  const start = id === "find" ? find.selectionStart : 0;
  const open = [...box.querySelectorAll("details")].map(d => d.open);
  const picked = [...box.querySelectorAll("[data-pick][aria-pressed=true]")].map(b => b.dataset.pick);
  box.innerHTML = html;
  const again = box.querySelector("#find");
  if (again) again.value = text;
  box.querySelectorAll("details").forEach((d, i) => { d.open = !!open[i]; });
  picked.forEach(p => box.querySelector(`[data-pick="${p}"]`)?.setAttribute("aria-pressed", "true"));
  if (id) {
    const el = document.getElementById(id);
    if (el) { el.focus({ preventScroll: true }); if (id === "find") el.setSelectionRange(start, start); }
  }
  filter();
}

// --- the filter of a list

function filter() {
  const bar = document.querySelector("[data-filter]");
  const table = bar && document.querySelector(bar.dataset.filter);
  if (!table) return;
  const words = bar.querySelector("input").value.toLowerCase().split(/\s+/).filter(Boolean);
  const picks = [...bar.querySelectorAll("[aria-pressed=true]")].map(b => b.dataset.pick);
  const kinds = picks.filter(p => p.startsWith("kind-")), others = picks.filter(p => !p.startsWith("kind-"));
  let left = 0;
  for (const row of table.tBodies[0].rows) {
    const text = row.dataset.search.toLowerCase(), pass = row.dataset.pass.split(" ");
    const show = words.every(w => text.includes(w)) && others.every(p => pass.includes(p)) &&
      (!kinds.length || kinds.some(k => pass.includes(k)));
    row.hidden = !show;
    if (show) left++;
  }
  const none = document.querySelector(".none");
  if (none) none.hidden = left > 0;
}

// --- forms that are checked and previewed while someone types

function checking(form) {
  let timer, round = 0, typed = false;
  const touched = new Set();
  const check = async () => {
    const now = ++round;
    const body = new URLSearchParams(new FormData(form));
    form.querySelectorAll(".preview").forEach(f => f.classList.add("stale"));
    let told;
    try {
      const r = await fetch(form.dataset.check, { method: "POST", body });
      if (!r.ok) return;
      told = await r.json();
    } catch (e) { return; }
    if (now !== round) return;
    tell(form, told, touched, typed);
    await Promise.all(told.previews.map((p, i) => draw(form, p, i, body, () => now === round)));
    for (let i = told.previews.length, all = form.querySelectorAll(".preview"); i < all.length; i++) all[i].remove();
    if (now === round) form.dataset.checked = String(now);
  };
  const soon = e => {
    if (e.target.name) touched.add(e.target.name);
    typed = true;
    round++; // what is under way speaks of an older text
    delete form.dataset.checked;
    clearTimeout(timer);
    timer = setTimeout(check, typingRest);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  let sending = false;
  form.addEventListener("submit", e => { if (sending) e.preventDefault(); sending = true; typed = false; });
  window.addEventListener("pageshow", () => { sending = false; });
  window.addEventListener("beforeunload", e => { if (typed && !sending) e.preventDefault(); });
  check();
}

// tell puts problems beside the fields that someone has been in; the others wait
// for the sending.
function tell(form, told, touched, typed) {
  for (const label of form.querySelectorAll("[data-field]")) {
    const name = label.dataset.field, list = told.problems[name] || [];
    if (!touched.has(name) && !label.querySelector(".finding")) continue;
    label.querySelectorAll(".finding").forEach(f => f.remove());
    for (const f of list) {
      const s = document.createElement("span");
      s.className = "finding " + (f.stop ? "stop" : "look");
      s.textContent = f.text;
      label.append(s);
    }
    label.classList.toggle("wrong", list.some(f => f.stop));
  }
  const missing = form.querySelector(".missing");
  missing.hidden = !told.missing.length;
  missing.querySelector("b").textContent = told.missing.join(" ");
  if (typed) form.querySelector(".verdict").textContent = told.summary;
}

// draw asks for the pixels of one preview.
async function draw(form, p, i, body, current) {
  const box = form.querySelector(".previews");
  let fig = box.querySelectorAll(".preview")[i];
  if (!fig) { fig = box.querySelector(".preview").cloneNode(true); box.append(fig); }
  fig.className = "preview " + p.kind + " stale";
  const img = fig.querySelector("img");
  try {
    const r = await fetch(p.src, { method: "POST", body });
    if (!r.ok || !current()) return;
    const url = URL.createObjectURL(await r.blob());
    if (img.src.startsWith("blob:")) URL.revokeObjectURL(img.src);
    img.src = url;
    img.className = "w" + p.width;
    img.hidden = false;
    img.alt = p.label;
    fig.querySelector("a").href = url;
    fig.querySelector("figcaption").textContent = p.label;
    fig.querySelector(".note").textContent = p.note;
    fig.classList.remove("stale");
  } catch (e) { /* the next key asks again */ }
}

// --- start

document.querySelectorAll("[data-live]").forEach(live);
document.querySelectorAll("form[data-check]").forEach(checking);
document.addEventListener("input", e => { if (e.target.closest("[data-filter]")) filter(); });
document.addEventListener("click", e => {
  const chip = e.target.closest("[data-pick]");
  if (!chip) return;
  chip.setAttribute("aria-pressed", chip.getAttribute("aria-pressed") !== "true");
  filter();
});
document.querySelectorAll("form[data-auto] select").forEach(s => s.addEventListener("change", () => s.form.requestSubmit()));
if (location.search.includes("done=")) {
  const q = new URLSearchParams(location.search);
  q.delete("done");
  history.replaceState(null, "", location.pathname + (q.size ? "?" + q : ""));
}
