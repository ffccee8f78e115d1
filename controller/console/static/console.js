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
    await Promise.all([...form.querySelectorAll("[data-previews]")].map(box => draw(form, box, told, body, () => now === round)));
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
    if (name && !touched.has(name) && !label.querySelector(".finding")) continue;
    if (!name && !typed) continue; // what stands above the form concerns all of it
    label.querySelectorAll(".finding").forEach(f => f.remove());
    const home = label.querySelector("[data-findings]") || label;
    for (const f of list) {
      const s = document.createElement("span");
      s.className = "finding " + (f.stop ? "stop" : "look");
      s.textContent = f.text;
      home.append(s);
    }
    label.classList.toggle("wrong", list.some(f => f.stop));
  }
  const missing = form.querySelector(".missing");
  if (missing) {
    missing.hidden = !told.missing.length;
    missing.querySelector("b").textContent = told.missing.join(" ");
  }
  for (const at of form.querySelectorAll("[data-fact]")) {
    const text = (told.facts || {})[at.dataset.fact] || "";
    if (at.dataset.to) at.setAttribute(at.dataset.to, text); else at.textContent = text;
  }
  if (typed) form.querySelector(".verdict").textContent = told.summary;
}

function make(parent, tag, name) {
  const e = document.createElement(tag);
  if (name) e.className = name;
  parent.append(e);
  return e;
}

// draw asks for the pixels of the previews of one kind of screen.
async function draw(form, box, told, body, current) {
  const list = told.previews.filter(p => p.kind === box.dataset.previews);
  while (box.children.length > list.length) box.lastElementChild.remove();
  await Promise.all(list.map(async (p, i) => {
    let fig = box.children[i];
    if (!fig) {
      fig = make(box, "figure", "preview " + p.kind + " stale");
      make(fig, "figcaption"); make(fig, "p", "note"); make(fig, "div", "sheets");
    }
    try {
      const images = await Promise.all(p.pages.map(async page => {
        const r = await fetch(page.src, { method: "POST", body });
        if (!r.ok) throw new Error(r.statusText);
        return r.blob();
      }));
      if (!current()) return;
      fig.querySelector("figcaption").textContent = p.label;
      fig.querySelector(".note").textContent = p.note;
      const sheets = fig.querySelector(".sheets");
      while (sheets.children.length > images.length) sheets.lastElementChild.remove();
      images.forEach((blob, k) => sheet(sheets, k, p.pages[k], blob));
      fig.classList.remove("stale");
    } catch (e) { /* the next key asks again */ }
  }));
}

// sheet puts the picture of one page in place.
function sheet(sheets, k, page, blob) {
  let at = sheets.children[k];
  if (!at) {
    at = make(sheets, "div", "sheet");
    const a = make(at, "a");
    a.target = "_blank"; a.rel = "noopener";
    make(a, "img"); make(at, "span");
  }
  const a = at.querySelector("a"), img = at.querySelector("img");
  const url = URL.createObjectURL(blob);
  if (img.src.startsWith("blob:")) URL.revokeObjectURL(img.src);
  img.src = url;
  img.width = page.width; img.height = page.height;
  img.alt = page.text;
  a.href = url;
  at.querySelector("span").textContent = page.note;
}

// --- forms of which a part belongs to one of several ways

// Who fills in a part means the way that it belongs to.
function choosing(e) {
  const part = e.target.closest("[data-for]");
  const way = part && part.closest("form").querySelector(`input[type=radio][value="${part.dataset.for}"]`);
  if (way && !way.checked) { way.checked = true; way.dispatchEvent(new Event("change", { bubbles: true })); }
}

// --- the order of a list

// Whoever has a script takes rows in and moves them with buttons; the fields with
// the numbers, which are what is sent, follow. Rows that are in come first.
function ordering(table) {
  const body = table.tBodies[0], say = table.dataset;
  const field = row => row.querySelector('input[name^="order-"]');
  const rows = () => [...body.rows].filter(field);
  const chosen = () => rows().filter(r => field(r).value.trim()).sort((a, b) => parseFloat(field(a).value) - parseFloat(field(b).value));
  const dress = () => {
    const list = chosen();
    for (const row of rows()) {
      const at = list.indexOf(row), b = row.querySelectorAll("[data-move]");
      row.classList.toggle("chosen", at >= 0);
      b.forEach(x => { x.hidden = (x.dataset.move === "add") === (at >= 0); });
      b[1].disabled = at === 0;
      b[2].disabled = at === list.length - 1;
    }
  };
  const arrange = list => {
    list.forEach((r, i) => { field(r).value = i + 1; });
    body.prepend(...list);
    dress();
  };
  const move = (row, how) => {
    const list = chosen(), at = list.indexOf(row);
    if (how === "add") list.push(row);
    else list.splice(at, 1);
    if (how === "drop") field(row).value = "";
    if (how === "up") list.splice(at - 1, 0, row);
    if (how === "down") list.splice(at + 1, 0, row);
    arrange(list);
    if (how === "drop" && list.length) list[list.length - 1].after(row);
    const next = row.querySelector(`[data-move="${how}"]`);
    (next.hidden || next.disabled ? row.querySelector("[data-move]:not([hidden]):not(:disabled)") : next).focus({ preventScroll: how === "add" });
    field(row).dispatchEvent(new Event("input", { bubbles: true }));
  };
  table.classList.add("ordered");
  for (const row of rows()) {
    for (const [how, text] of [["add", say.add], ["up", "↑"], ["down", "↓"], ["drop", "✕"]]) {
      const b = make(field(row).parentNode, "button", "move");
      b.type = "button"; b.dataset.move = how; b.textContent = text;
      b.title = say[how]; b.setAttribute("aria-label", say[how] + " " + row.dataset.search);
      b.addEventListener("click", () => move(row, how));
    }
  }
  body.addEventListener("change", e => { if (e.target.name && e.target.name.startsWith("order-")) arrange(chosen()); });
  dress();
}

// --- one screen alone

// To choose a screen by its name ticks the tags that no other screen has; tags
// that are ticked by hand are no longer one screen's.
function alone(box) {
  const form = box.closest("form"), pick = box.querySelector("select"), other = form.elements.other_tags;
  const ticks = [...form.querySelectorAll("input[name=tag]")];
  const tags = text => text.split(" ").filter(Boolean);
  pick.addEventListener("change", () => {
    const want = tags(pick.value);
    ticks.forEach(t => { t.checked = want.includes(t.value); });
    other.value = want.filter(w => !ticks.some(t => t.value === w)).join("、");
    form.dispatchEvent(new Event("change"));
  });
  form.addEventListener("change", e => { if (e.target.name === "tag" || e.target === other) pick.value = ""; });
  box.hidden = false;
}

// --- what a part of a drawing says, while the pointer or the focus is on it

function saying(e) {
  const part = e.target.closest && e.target.closest("[data-say]"), said = document.querySelector("[data-said]");
  if (part && said) said.textContent = part.dataset.say;
}

// --- start

document.querySelectorAll("[data-live]").forEach(live);
document.querySelectorAll("form[data-check]").forEach(checking);
document.querySelectorAll("[data-alone]").forEach(alone);
document.querySelectorAll("[data-order]").forEach(ordering);
document.addEventListener("input", choosing, true);
document.addEventListener("focusin", saying);
document.addEventListener("mouseover", saying);
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
