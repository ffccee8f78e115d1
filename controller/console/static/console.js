// What pages can do better with a script: refresh themselves, filter at once,
// and check and preview while someone types. Without it everything still works
// by sending forms.
"use strict";

const liveEvery = 3000;  // ms between refreshes
const typingRest = 350;  // ms without a key before a form is checked

// --- parts that refresh themselves

// A click on what is replaced between pressing and letting go is lost, so that nothing
// is put in the place of anything meanwhile.
let pressing = false;
addEventListener("pointerdown", () => { pressing = true; }, true);
for (const end of ["pointerup", "pointercancel", "blur"]) addEventListener(end, () => setTimeout(() => { pressing = false; }), true);

function live(box) {
  let last = box.innerHTML, failed = 0;
  const refresh = async () => {
    if (document.hidden) return;
    try {
      const r = await fetch(box.dataset.live, { headers: { Accept: "text/html" }, redirect: "error" });
      if (r.status === 401) {
        if (unsent()) box.classList.add("stale"); else location.reload(); // what is typed stays
        return;
      }
      if (!r.ok) throw new Error(r.statusText);
      const html = await r.text();
      failed = 0;
      box.classList.remove("stale");
      if (html === last || pressing) return;
      last = html;
      replace(box, html);
    } catch (e) {
      if (++failed > 2) box.classList.add("stale");
    }
  };
  setInterval(refresh, box.dataset.every * 1000 || liveEvery);
  document.addEventListener("visibilitychange", refresh);
}

// unsent reports whether something was typed into a form of the page. What came
// back as the answer to a form was typed before.
const unsent = () => "answer" in document.body.dataset || !!document.querySelector("form[data-typed]") ||
  [...document.querySelectorAll("form[method=post] :is(input:not([type=hidden]), textarea, select)")].some(e => {
    if (e.type === "checkbox" || e.type === "radio") return e.checked !== e.defaultChecked;
    if (!e.options) return e.value !== e.defaultValue;
    const was = [...e.options].findIndex(o => o.defaultSelected);
    return e.selectedIndex !== Math.max(was, 0);
  });

// replace puts new content in place and keeps the focus and what was typed.
function replace(box, html) {
  const at = document.activeElement, id = box.contains(at) ? at.id : "";
  const find = box.querySelector("#find"), text = find ? find.value : "";
  const start = id === "find" ? find.selectionStart : 0;
  const same = e => e.getAttribute("href") || e.name && e.name + "=" + e.value;
  const on = !id && box.contains(at) && at.matches("a, button") ? same(at) : "";
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
  if (on) [...box.querySelectorAll("a, button")].find(e => same(e) === on)?.focus({ preventScroll: true });
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
  let timer, round = 0, typed = false, busy = false, again = false;
  const touched = new Set();
  // At most one request is under way; what was typed meanwhile is asked after it.
  const check = async () => {
    if (busy) { again = true; return; }
    busy = true; again = false;
    const now = ++round;
    const data = new FormData(form);
    data.delete("files");
    const body = new URLSearchParams(data);
    form.querySelectorAll(".preview").forEach(f => f.classList.add("stale"));
    try {
      const r = await fetch(form.dataset.check, { method: "POST", body });
      if (!r.ok) return;
      const told = await r.json();
      if (now !== round) return;
      tell(form, told, touched, typed);
      form.dispatchEvent(new CustomEvent("told", { detail: told }));
      for (const box of form.querySelectorAll("[data-previews]")) await draw(form, box, told, body, () => now === round);
      if (now === round) form.dataset.checked = String(now);
    } catch (e) {
      return; // the next key asks again
    } finally {
      busy = false;
      if (again) check();
    }
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
  // Enter goes on to the next field, as in the sheets that clerks know: what is
  // half filled in is sent, published or raised by its button alone.
  form.addEventListener("keydown", e => {
    if (e.key !== "Enter" || e.isComposing || e.defaultPrevented || e.target.tagName !== "INPUT" || e.target.type === "file") return;
    e.preventDefault();
    if (e.target.closest("[data-filter]")) return;
    const all = [...form.querySelectorAll("input:not([type=hidden]), select, textarea, button:not([tabindex])")].filter(x => !x.disabled && x.checkVisibility());
    all[all.indexOf(e.target) + 1]?.focus();
  });
  let sending = false;
  form.addEventListener("submit", e => {
    if (sending || e.submitter?.name === "enter") { e.preventDefault(); return; }
    sending = true; typed = false;
  });
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
    if (label.querySelector(".finding input:focus")) continue; // a reason is being typed
    const on = document.activeElement, said = on.closest(".finding") && label.contains(on) ? on.textContent : null;
    label.querySelectorAll(".finding").forEach(f => {
      if (f.closest(".uploads")) return; // why a file was refused is not for a check to take back
      keep(form, f);
      f.remove();
    });
    const home = label.querySelector("[data-findings]") || label;
    for (const f of list) {
      if (f.html) { home.insertAdjacentHTML("beforeend", f.html); remember(home.lastElementChild); continue; }
      const s = document.createElement("span");
      s.className = "finding " + (f.stop ? "stop" : "look");
      s.textContent = f.text;
      if (f.reason) reasoning(form, s, f);
      home.append(s);
    }
    label.classList.toggle("wrong", list.some(f => f.stop));
    // Who was on the way to mend is still there.
    if (said !== null) ([...label.querySelectorAll(".finding :is(button, summary)")].find(b => b.textContent === said) || label.querySelector("input:not([type=hidden]), select, textarea, button"))?.focus({ preventScroll: true });
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
  const way = form.querySelector("[data-way]");
  if (way && told.way && way.innerHTML !== told.way) way.innerHTML = told.way;
  if (typed) form.querySelector(".verdict").textContent = told.summary;
  const send = form.querySelector("[data-send]"), publish = form.querySelector("[data-publish]");
  if (send && (told.send || told.release)) {
    if (told.send) send.textContent = told.send;
    send.hidden = !!told.release; publish.hidden = !told.release;
  }
}

// A finding that may stay has an input for the reason; what was typed there is
// kept while findings come and go.
const typedReasons = new Map();
function keep(form, finding) {
  const input = finding.querySelector("input");
  if (input) typedReasons.set(input.name, input.value);
}
function remember(finding) {
  const input = finding.querySelector("input"), text = input && typedReasons.get(input.name);
  if (text) { input.value = text; finding.querySelector("details").open = true; }
}
function reasoning(form, s, f) {
  const input = make(s, "input");
  input.name = f.reason; input.maxLength = 200;
  input.placeholder = form.dataset.reason; input.setAttribute("aria-label", form.dataset.reason);
  input.value = typedReasons.get(f.reason) || "";
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
  for (const [i, p] of list.entries()) {
    let fig = box.children[i];
    if (!fig) {
      fig = make(box, "figure", "preview " + p.kind + " stale");
      make(fig, "figcaption"); make(fig, "p", "note"); make(fig, "div", "sheets");
    }
    try {
      const images = [];
      for (const page of p.pages) {
        if (!current()) return;
        const r = await fetch(page.src, { method: "POST", body });
        if (!r.ok) throw new Error(r.statusText);
        images.push(await r.blob());
      }
      if (!current()) return;
      fig.querySelector("figcaption").textContent = p.label;
      fig.querySelector(".note").textContent = p.note;
      const sheets = fig.querySelector(".sheets");
      while (sheets.children.length > images.length) sheets.lastElementChild.remove();
      images.forEach((blob, k) => sheet(sheets, k, p.pages[k], blob));
      fig.classList.remove("stale");
    } catch (e) { /* the next key asks again */ }
  }
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
  // With the mouse a row is dragged to its place, from below into the list too.
  let dragged = null;
  const place = (row, target, after) => {
    const list = chosen().filter(r => r !== row), at = list.indexOf(target);
    list.splice(at < 0 ? list.length : at + (after ? 1 : 0), 0, row);
    arrange(list);
    field(row).dispatchEvent(new Event("input", { bubbles: true }));
  };
  const unmark = () => body.querySelectorAll(".over, .under").forEach(r => r.classList.remove("over", "under"));
  const lower = (e, row) => { const r = row.getBoundingClientRect(); return e.clientY > r.top + r.height / 2; };
  for (const row of rows()) row.draggable = true;
  body.addEventListener("dragstart", e => {
    dragged = e.target.closest("tr");
    e.dataTransfer.effectAllowed = "move";
    e.dataTransfer.setData("text/plain", dragged.dataset.search || "");
  });
  body.addEventListener("dragover", e => {
    const row = e.target.closest("tr");
    if (!dragged || !row) return;
    e.preventDefault();
    unmark();
    row.classList.add(lower(e, row) ? "under" : "over");
  });
  body.addEventListener("drop", e => {
    const row = e.target.closest("tr");
    if (!dragged || !row) return;
    e.preventDefault();
    if (row !== dragged) place(dragged, row, lower(e, row));
  });
  body.addEventListener("dragend", () => { dragged = null; unmark(); });
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
// A choice is sent at once, but one made by arrows only with Enter or the button:
// on the way to the fifth line the second is passed.
document.querySelectorAll("form[data-auto] select").forEach(s => {
  let keyed = false, was = s.value;
  s.addEventListener("pointerdown", () => { keyed = false; });
  s.addEventListener("keydown", e => {
    keyed = true;
    if (e.key === "Enter" && s.value !== was) { e.preventDefault(); s.form.requestSubmit(); }
  });
  s.addEventListener("change", () => { if (!keyed) s.form.requestSubmit(); });
});
// A file that falls beside the place for files is not opened in place of the page.
for (const kind of ["dragover", "drop"]) window.addEventListener(kind, e => {
  if (e.defaultPrevented || !e.dataTransfer || ![...e.dataTransfer.types].includes("Files") || e.target.closest?.("input[type=file]")) return;
  e.preventDefault();
  e.dataTransfer.dropEffect = "none";
});
if (location.search.includes("done=")) {
  const q = new URLSearchParams(location.search);
  q.delete("done");
  history.replaceState(null, "", location.pathname + (q.size ? "?" + q : ""));
}
