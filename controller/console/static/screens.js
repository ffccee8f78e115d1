// The list of all screens with a script: every row is fetched once, packed, and
// kept; typing, choosing and sorting answer at once from memory, and only the rows
// in view are in the page. What changes comes every five seconds. Without this
// file the same addresses give pages of fifty.
"use strict";

(() => {
  const table = document.getElementById("screens");
  if (!table) return;
  const every = 5000, hourEvery = 60000, margin = 6; // ms, ms, rows above and below the view
  const body = document.getElementById("rows"), blank = document.getElementById("blank").content.firstElementChild;
  const find = document.getElementById("find"), sift = document.getElementById("sift"), places = document.getElementById("places");
  const count = document.getElementById("count"), top = document.getElementById("top"), none = document.getElementById("none");
  const version = sift.querySelector("select[name=version]");
  const FINE = 40;

  const all = new Map();    // screens by id
  const sites = new Map();  // places by id, in the order of the tree
  let epoch = "", seq = 0, list = [], starts = [0], failed = 0;

  // --- what is chosen, as the address has it

  const query = new URLSearchParams(location.search);
  const chosen = { q: query.get("q") || "", only: query.get("only") || "", kind: query.get("kind") || "", version: query.get("version") || "", site: query.get("site") || "", sort: query.get("sort") || "", tree: query.get("tree") === "off" ? "off" : "" };
  let writing;
  const remember = () => {
    clearTimeout(writing);
    writing = setTimeout(() => {
      const q = new URLSearchParams();
      for (const [k, v] of Object.entries(chosen)) if (v) q.set(k, v);
      history.replaceState(null, "", location.pathname + (q.size ? "?" + q : ""));
    }, 300);
  };

  // --- rows

  const path = id => { const out = []; for (let s = sites.get(id); s; s = sites.get(s.u)) out.push(s); return out; };
  function take(rows) {
    for (const r of rows) {
      const up = path(r.s);
      r.sites = up.map(s => s.id);
      r.text = [r.n, r.id, ...up.map(s => s.n), r.p, r.z, r.t, r.c, r.a, r.v].join(" ").toLowerCase();
      r.home = up[0] ? up[0].n : r.s;
      r.town = up[1] ? up[1].n : "";
      r.at = up[0] ? up[0].at : 0;
      r.high = r.r < FINE;
      all.set(r.id, r);
    }
  }

  const orders = {
    "": (a, b) => a.r - b.r || (a.f || 0) - (b.f || 0) || natural(a, b),
    site: (a, b) => natural(a, b),
    name: (a, b) => (a.n < b.n ? -1 : a.n > b.n ? 1 : 0) || natural(a, b),
    seen: (a, b) => (a.m || Infinity) - (b.m || Infinity) || natural(a, b),
  };
  const natural = (a, b) => a.at - b.at || (a.n < b.n ? -1 : a.n > b.n ? 1 : a.id < b.id ? -1 : 1);

  function choose() {
    const words = chosen.q.toLowerCase().split(/\s+/).filter(Boolean);
    list = [];
    for (const r of all.values()) {
      if (chosen.only === "trouble" && !r.high || chosen.only === "conduct" && !r.u || chosen.kind && r.k !== chosen.kind || chosen.version && r.v !== chosen.version) continue;
      if (chosen.site && !r.sites.includes(chosen.site)) continue;
      if (words.every(w => r.text.includes(w))) list.push(r);
    }
    list.sort((a, b) => orders[chosen.sort](a, b) || 0);
    starts = new Array(list.length + 1);
    starts[0] = 0;
    for (let i = 0; i < list.length; i++) starts[i + 1] = starts[i] + height(list[i]);
    table.setAttribute("aria-rowcount", list.length + 1);
    none.hidden = list.length > 0;
    table.hidden = list.length === 0;
    const said = (list.length === all.size ? count.dataset.all : count.dataset.some).split("#");
    const numbers = list.length === all.size ? [all.size] : [list.length, all.size];
    const text = said.map((s, i) => s + (numbers[i] ?? "")).join("");
    if (count.textContent !== text) count.textContent = text;
  }

  // --- how high a row is: told from its texts and the widths of the columns, so
  // that ten thousand rows have their places without one of them being drawn

  let widths = [];
  const measure = () => {
    widths = [...table.tHead.rows[0].cells].map(c => c.clientWidth - 20);
    if (table.tHead.offsetHeight) return;
    const w = table.clientWidth - 20; // on a telephone the cells lie below each other
    widths = [w - 84, w, w]; widths.stacked = true;
  };
  const wide = /[\u2e80-\uffff]/g;
  function lines(text, size, column, most) {
    if (!text) return 0;
    const broad = (text.match(wide) || []).length;
    return Math.min(Math.ceil((broad + (text.length - broad) * .58) * size / widths[column]), most);
  }
  function height(r) {
    const because = [r.c, r.x].filter(Boolean).join("；");
    if (r.fitted !== widths && widths.stacked) {
      r.fitted = widths; r.tall = 13 + 20 * lines(r.n, 14, 0, 2) + 18 * (r.z ? 3 : 2) + 20 + 18 * (lines(because, 12, 2, 4) + lines(r.a, 12, 2, 2));
    } else if (r.fitted !== widths) {
      const cells = [
        20 * lines(r.n, 14, 0, 2) + 18 * lines(r.z, 12, 0, 2), 20 * lines(r.home, 14, 1, 2) + 18 * lines(r.p || r.town, 12, 1, 2),
        20 + 18 * (lines(because, 12, 2, 4) + lines(r.a, 12, 2, 2)), 20 * (lines(r.w, 14, 3, 2) || 1) + 18 * lines(r.y, 12, 3, 2), 20 + 18 * lines(r.b, 12, 4, 1), 44,
      ];
      r.fitted = widths; r.tall = 13 + Math.max(...cells);
    }
    return r.tall;
  }

  // --- the rows in view

  const drawn = new Map();  // rows of the page by id
  const above = gap(), below = gap();
  function gap() {
    const b = document.createElement("tbody"), td = b.insertRow().insertCell();
    b.className = "gap"; b.ariaHidden = "true"; td.colSpan = 7;
    return b;
  }
  const put = (e, text) => { if (e.textContent !== String(text)) e.textContent = text; };
  function fill(tr, r, i) {
    tr.ariaRowIndex = i + 2;
    if (tr.fact === r) return tr;
    const [name, home, state, shows, content, , last] = tr.cells;
    tr.fact = r;
    tr.style.height = tr.style.minHeight = r.tall + "px";
    tr.className = r.high ? "troubled" : "";
    const a = name.firstElementChild;
    a.href = "/screens/" + r.id; a.id = "row-" + r.id; a.title = r.n;
    put(a, r.n); put(name.lastElementChild, r.z);
    put(home.firstElementChild, r.home); put(home.lastElementChild, r.p || r.town);
    state.firstElementChild.className = r.o;
    put(state.firstElementChild, r.t);
    const because = [r.c, r.x].filter(Boolean).join(document.documentElement.lang === "en" ? ". " : "；");
    put(state.children[1], because); put(state.lastElementChild, r.a || ""); state.title = [because, r.a].filter(Boolean).join("\n");
    const what = document.createElement(r.i ? "a" : "span");
    what.className = "what"; what.textContent = r.w || "—"; what.title = [r.w, r.y].filter(Boolean).join("\n");
    if (r.i) what.href = "/notices/" + r.i;
    if (shows.firstElementChild.outerHTML !== what.outerHTML) shows.firstElementChild.replaceWith(what);
    put(shows.lastElementChild, r.y || "");
    put(content.firstElementChild, r.e || "—"); put(content.lastElementChild, r.b || "");
    put(last, r.l);
    return tr;
  }
  const at = y => { // the row at a height, by halves
    let lo = 0, hi = list.length;
    while (lo < hi) { const m = (lo + hi) >> 1; if (starts[m + 1] <= y) lo = m + 1; else hi = m; }
    return lo;
  };
  function draw() {
    const box = table.getBoundingClientRect(), head = table.tHead.offsetHeight;
    const y = -box.top - head;
    let from = Math.max(at(Math.max(y, 0)) - margin, 0), to = Math.min(at(Math.max(y + innerHeight, 0)) + margin, list.length);
    from = Math.min(from, to);
    const had = document.activeElement && body.contains(document.activeElement) ? document.activeElement.id : "";
    const keep = new Set();
    const want = [];
    for (let i = from; i < to; i++) {
      const r = list[i];
      keep.add(r.id);
      let tr = drawn.get(r.id);
      if (!tr) { tr = blank.cloneNode(true); drawn.set(r.id, tr); }
      want.push(fill(tr, r, i));
      spark(tr, r.id);
    }
    for (const [id, tr] of drawn) if (!keep.has(id)) { drawn.delete(id); tr.remove(); }
    for (let i = 0; i < want.length; i++) if (body.rows[i] !== want[i]) body.insertBefore(want[i], body.rows[i] || null);
    while (body.rows.length > want.length) body.lastElementChild.remove();
    above.rows[0].cells[0].style.height = starts[from] + "px";
    below.rows[0].cells[0].style.height = starts[list.length] - starts[to] + "px";
    above.hidden = from === 0; below.hidden = to === list.length;
    if (had && document.activeElement.id !== had) document.getElementById(had)?.focus({ preventScroll: true });
    soon();
  }
  let frame = 0;
  const later = () => { frame ||= requestAnimationFrame(() => { frame = 0; draw(); }); };
  const again = () => { choose(); draw(); };

  // --- one hour of processor and temperature, for the rows in view

  const hours = new Map(); // by id: paths, words and when they were asked
  let asking;
  const soon = () => { clearTimeout(asking); asking = setTimeout(ask, 150); };
  async function ask() {
    const now = Date.now();
    const ids = [...drawn.keys()].filter(id => !(now - hours.get(id)?.when < hourEvery)).slice(0, 40);
    if (!ids.length || document.hidden) return;
    for (const id of ids) hours.set(id, { ...hours.get(id), when: now });
    try {
      const r = await fetch("/screens/hours/live?" + new URLSearchParams(ids.map(id => ["screen", id])), { redirect: "error" });
      if (!r.ok) return;
      for (const [id, h] of Object.entries(await r.json())) {
        hours.set(id, { ...h, when: now });
        if (drawn.has(id)) spark(drawn.get(id), id);
      }
    } catch (e) { /* the next turn asks again */ }
  }
  function spark(tr, id) {
    const h = hours.get(id), cell = tr.cells[5];
    if (!h || tr.hour === h || h.words === undefined) return;
    tr.hour = h;
    cell.replaceChildren();
    if (h.cpu || h.heat) {
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      svg.setAttribute("viewBox", "0 0 240 32"); svg.setAttribute("preserveAspectRatio", "none"); svg.setAttribute("aria-hidden", "true");
      for (const [d, name] of [[h.cpu, ""], [h.heat, "heat"]]) {
        if (!d) continue;
        const p = document.createElementNS("http://www.w3.org/2000/svg", "path");
        p.setAttribute("d", d);
        if (name) p.setAttribute("class", name);
        svg.append(p);
      }
      cell.append(svg);
    }
    const small = document.createElement("small");
    small.textContent = h.words || "—";
    cell.append(small);
  }

  // --- the tree

  function tree() {
    const screens = new Map(), sick = new Map();
    for (const r of all.values()) for (const id of r.sites) {
      screens.set(id, (screens.get(id) || 0) + 1);
      if (r.high) sick.set(id, (sick.get(id) || 0) + 1);
    }
    const open = new Set(path(chosen.site).map(s => s.id)), depth = new Map(), ul = document.createElement("ul");
    for (const s of sites.values()) {
      const up = depth.get(s.u);
      if (!screens.has(s.id) || s.u && sites.has(s.u) && (up === undefined || up > 0 && !open.has(s.u))) continue;
      const d = up === undefined ? 0 : up + 1, n = sick.get(s.id);
      depth.set(s.id, d);
      const li = document.createElement("li"), a = document.createElement("a"), name = document.createElement("span"), many = document.createElement("small");
      li.className = "d" + d;
      a.href = d ? "/screens?site=" + encodeURIComponent(s.id) : "/screens";
      a.dataset.key = "site"; a.dataset.value = d ? s.id : "";
      if (chosen.site === a.dataset.value) a.setAttribute("aria-current", "true");
      name.textContent = s.n; many.textContent = screens.get(s.id);
      a.append(name);
      if (n) { const b = document.createElement("b"); b.className = "sick"; b.textContent = n; b.title = places.dataset.sick.replace("%d", n); a.append(b); }
      a.append(many); li.append(a); ul.append(li);
    }
    if (places.innerHTML === ul.outerHTML) return;
    const had = places.contains(document.activeElement) ? document.activeElement.dataset.value : null;
    places.replaceChildren(ul);
    if (had !== null) [...places.querySelectorAll("a")].find(a => a.dataset.value === had)?.focus({ preventScroll: true });
  }

  // --- choosing

  function mark() {
    for (const a of document.querySelectorAll("a.chip[data-key], th a[data-key]")) {
      const on = chosen[a.dataset.key] === a.dataset.value;
      if (on) a.setAttribute("aria-current", "true"); else a.removeAttribute("aria-current");
      const th = a.closest("th");
      if (th) { if (on) th.ariaSort = ["", "seen"].includes(a.dataset.value) ? "descending" : "ascending"; else th.removeAttribute("aria-sort"); }
    }
  }
  const widen = () => {
    document.getElementById("watch").classList.toggle("narrow-tree", chosen.tree === "off");
    anew();
  };
  const home = () => { const y = table.getBoundingClientRect().top; if (y < 0) scrollBy(0, y); };
  document.addEventListener("click", e => {
    const a = e.target.closest("a[data-key]");
    if (!a || e.ctrlKey || e.metaKey || e.shiftKey || !all.size) return;
    e.preventDefault();
    const { key, value } = a.dataset;
    chosen[key] = key !== "sort" && key !== "site" && chosen[key] === value ? "" : value;
    if (key === "tree") { a.textContent = chosen.tree ? a.dataset.shut : a.dataset.open; widen(); }
    mark(); again(); tree(); home(); remember();
  });
  find.addEventListener("input", () => { chosen.q = find.value; again(); home(); remember(); });
  version?.addEventListener("change", () => { chosen.version = version.value; again(); home(); remember(); });
  sift.addEventListener("submit", e => { if (all.size) e.preventDefault(); });

  // --- keys: from the field into the list, up and down in it, Escape back

  const focusRow = i => {
    if (i < 0) { find.focus(); return; }
    i = Math.min(i, list.length - 1);
    const topAt = table.getBoundingClientRect().top + scrollY + table.tHead.offsetHeight + starts[i], high = starts[i + 1] - starts[i], head = table.tHead.offsetHeight;
    if (topAt < scrollY + head) scrollTo(0, topAt - head);
    else if (topAt + high > scrollY + innerHeight) scrollTo(0, topAt + high - innerHeight);
    draw();
    document.getElementById("row-" + list[i].id)?.focus({ preventScroll: true });
  };
  document.addEventListener("keydown", e => {
    if (e.isComposing || e.ctrlKey || e.altKey || e.metaKey || !list.length) return;
    if (e.target === find) { if (e.key === "ArrowDown") { e.preventDefault(); focusRow(0); } return; }
    const tr = body.contains(e.target) && e.target.closest("tr");
    if (!tr) return;
    const i = list.indexOf(tr.fact), page = Math.max(1, Math.floor(innerHeight / 75) - 1);
    const to = { ArrowDown: i + 1, ArrowUp: i - 1, PageDown: i + page, PageUp: Math.max(i - page, 0), Home: 0, End: list.length - 1, Escape: -1 }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    focusRow(to);
  });

  // --- from the controller

  async function refresh() {
    if (document.hidden && seq) return;
    try {
      const r = await fetch("/screens/live" + (seq ? "?since=" + seq + "&epoch=" + epoch : ""), { redirect: "error" });
      if (r.status === 401) { location.reload(); return; }
      if (!r.ok) throw new Error(r.statusText);
      const told = await r.json();
      const whole = !!told.sites;
      if (whole) {
        all.clear(); sites.clear();
        told.sites.forEach((s, i) => { s.at = i; sites.set(s.id, s); });
        if (chosen.site && !sites.has(chosen.site)) chosen.site = "";
        if (!orders[chosen.sort]) chosen.sort = "";
      }
      for (const id of told.gone || []) all.delete(id);
      take(told.rows);
      epoch = told.epoch; seq = told.seq; failed = 0;
      table.classList.remove("stale");
      put(document.querySelector(".chip .many"), [...all.values()].filter(r => r.u).length || "");
      if (told.top !== undefined && top.innerHTML !== told.top) top.innerHTML = told.top;
      if (whole || told.rows.length || told.gone) {
        if (!above.isConnected) {
          document.getElementById("pages")?.remove();
          body.before(above); body.after(below);
          body.replaceChildren();
        }
        again(); tree();
      } else soon();
      table.dataset.seq = seq;
    } catch (e) {
      if (++failed > 2) table.classList.add("stale");
    }
  }
  if (find.value !== chosen.q) chosen.q = find.value;
  addEventListener("scroll", later, { passive: true });
  function anew() { const was = widths.join(); measure(); if (widths.join() !== was && all.size) { drawn.clear(); body.replaceChildren(); again(); } }
  addEventListener("resize", anew);
  measure();
  document.addEventListener("visibilitychange", refresh);
  setInterval(refresh, every);
  refresh();
})();
