// Tables of fund notices: typed in like a sheet, pasted from one, mended in place.
"use strict";

(() => {
  const form = document.getElementById("writing");
  document.documentElement.classList.add("scripted");
  if (!form) return mapping();

  const own = /^(mend|set|row|col|table|page|compare|total|sources|forget):?/;
  const tables = () => [...form.querySelectorAll("section.fund")];
  const cells = row => [...row.querySelectorAll("td input")];
  const rowsOf = table => [...table.tBodies[0].rows].filter(r => r.dataset.row !== undefined);
  const changed = at => at.dispatchEvent(new Event("input", { bubbles: true }));

  // Buttons of the tables are answered in place: the page that comes back has the
  // tables as they are then.
  async function ask(button) {
    const body = new URLSearchParams(new FormData(form));
    body.set("do", button.value);
    const before = document.activeElement;
    const at = before && before.matches("table.grid td input") ? place(before) : null;
    tables().forEach(s => { s.inert = true; }); // what is typed meanwhile would be lost
    try {
      const r = await fetch(form.action, { method: "POST", body, redirect: "error" });
      if (!r.ok) throw new Error(r.statusText);
      const page = new DOMParser().parseFromString(await r.text(), "text/html").getElementById("writing");
      if (!page) throw new Error("another page");
      form.dataset.typed = "1"; // what comes back is as if it had not been typed
      take(page, at);
      if (!at && (before === button || lost())) next(button.value);
    } catch (e) {
      tables().forEach(s => { s.inert = false; });
      button.dataset.plain = "1";
      button.click(); // as without a script
    }
  }

  function take(page, at) {
    swap("section.fund, section.compare", page);
    swap("fieldset.money", page);
    for (const name of ["tables", "compare", "total"]) {
      const from = page.elements[name], to = form.elements[name];
      if (from && to && to.type === "hidden") to.value = from.value;
    }
    tables().forEach(wire);
    if (at) {
      const row = form.querySelectorAll("section.fund")[at.table]?.querySelector("table.grid")?.tBodies[0].rows[at.row];
      row && cells(row)[at.col]?.focus();
    }
    changed(form.elements.tables);
  }

  const lost = () => !document.activeElement || document.activeElement === document.body;

  // next puts the focus where one goes on after a button of a table: the button is
  // gone with the table as it was.
  function next(say) {
    const words = say.split(":"), [what, i, a, b] = words, how = words.at(-1);
    const section = tables()[i] || tables().at(-1), table = section.querySelector("table.grid");
    const row = k => rowsOf(table)[Math.max(0, Math.min(k, rowsOf(table).length - 1))];
    const cell = k => row(k) && cells(row(k))[0];
    const find = q => form.querySelector(q);
    const choose = {
      row: () => how === "add" ? cell(a === "-1" ? rowsOf(table).length : +a + 1) : how === "del" ? cell(+a) :
        row(+a + (how === "up" ? -1 : 1))?.querySelector(`[value$=":${how}"]`),
      col: () => table.tHead.querySelectorAll("th > input")[Math.max(0, a === "-1" ? 99 : +a + ({ left: -1, del: 0, right: 1, add: 1 })[how])] || [...table.tHead.querySelectorAll("th > input")].at(-1),
      table: () => (i === "add" ? tables().at(-1) : tables()[Math.max(0, i - 1)]).querySelector(".tablehead input"),
      mend: () => mendable(section) || cellAt(section, words[4], words[5]),
      set: () => mendable(section) || cellAt(section, a, b),
      page: () => [...section.querySelectorAll(".pages button")].at(-1),
      compare: () => find("#compare") && section.querySelector("button[value=compare]"),
      total: () => find("input[name=total]"), sources: () => find("input[name=source]"),
    }[what];
    if (what === "mend" || what === "set") mended = what === "mend" ? words.slice(4, 6) : [a, b];
    const to = choose && choose() || cell(0) || section.querySelector(".tablehead input");
    if (!to) return;
    to.focus();
    if (to.select) to.select();
  }

  // After the last finding is mended the focus is where it was.
  let mended = null;
  const mendable = section => section.querySelector(".todo:not([hidden]) li button");
  const cellAt = (section, r, c) => {
    const row = rowsOf(section.querySelector("table.grid")).find(x => x.dataset.row === r);
    return row && (cells(row)[c] || cells(row)[0]);
  };

  // swap puts what a page has for a selector where the form has it.
  function swap(selector, page) {
    const old = [...form.querySelectorAll(selector)], hold = document.createComment("");
    if (!old.length) return;
    old[0].before(hold);
    old.forEach(x => x.remove());
    page.querySelectorAll(selector).forEach(x => hold.before(document.adoptNode(x)));
    hold.remove();
  }

  function place(input) {
    const section = input.closest("section.fund"), row = input.closest("tr");
    return { table: tables().indexOf(section), row: row.rowIndex - 1, col: cells(row).indexOf(input) };
  }

  form.addEventListener("click", e => {
    const button = e.target.closest("button[name=do]");
    if (!button || !own.test(button.value) || button.dataset.plain) return;
    e.preventDefault();
    ask(button);
  });

  // --- a table as a sheet

  function wire(section) {
    const table = section.querySelector("table.grid");
    if (!("large" in section.dataset)) {
      table.addEventListener("keydown", keys);
      table.addEventListener("keydown", tools);
      table.querySelectorAll("tbody .tool button").forEach(b => { b.tabIndex = -1; }); // four stops between two rows; → leads to them
      table.addEventListener("paste", paste);
      table.addEventListener("input", e => { fit(e.target); sums(section); });
    }
    section.querySelectorAll("[data-drop]").forEach(drop);
    section.querySelectorAll("[data-drop]").forEach(d => {
      // Pictures are for the whole page; sheets for the table on which they fall.
      section.addEventListener("dragover", e => { if (e.dataTransfer.types.includes("Files")) { e.preventDefault(); d.classList.add("over"); } });
      section.addEventListener("dragleave", () => d.classList.remove("over"));
      section.addEventListener("drop", e => {
        d.classList.remove("over");
        if (!e.dataTransfer.files.length || e.dataTransfer.files[0].type.startsWith("image/")) return;
        e.preventDefault();
        e.stopPropagation();
        document.body.classList.remove("dropping");
        d.classList.remove("over");
        d.querySelector("input[type=file]").files = e.dataTransfer.files;
        send(d);
      });
    });
    section.querySelectorAll(".column").forEach(c => c.addEventListener("toggle", () => {
      if (c.open) section.querySelectorAll(".column[open]").forEach(o => { if (o !== c) o.open = false; });
    }));
  }

  // A cell is as wide as what was typed into it.
  function fit(input) { const w = input.previousElementSibling; if (w && w.className === "w") w.textContent = input.value; }

  function drop(d) {
    d.querySelector("input[type=file]").addEventListener("change", () => send(d));
    d.querySelector("textarea").addEventListener("paste", e => {
      const html = e.clipboardData.getData("text/html");
      d.querySelector("[name$=paste_html]").value = html.includes("<table") ? html : "";
    });
  }
  function send(d) {
    const file = d.querySelector("input[type=file]").files[0], taking = d.querySelector(".taking");
    taking.querySelector("b").textContent = file ? file.name : "";
    taking.hidden = false;
    d.classList.add("busy");
    d.querySelector(".take").click();
  }

  // Where a run of Tab began in a row: Enter goes below it, as in Excel.
  let run = null;

  function keys(e) {
    if (e.target.tagName !== "INPUT" || e.target.closest("details") || e.isComposing || e.ctrlKey || e.altKey || e.metaKey) return;
    const go = t => { if (t) { e.preventDefault(); t.focus(); t.select?.(); } return !!t; };
    const row = e.target.closest("tr"), table = row.closest("table");
    if (row.parentNode === table.tHead) {
      const c = [...table.tHead.querySelectorAll("th > input")].indexOf(e.target);
      if (e.key === "Enter" || e.key === "ArrowDown") go(rowsOf(table)[0] && cells(rowsOf(table)[0])[c]);
      return;
    }
    const list = cells(row), col = list.indexOf(e.target), beside = (r, c) => r && r.dataset.row !== undefined ? cells(r)[c] : null;
    const at = e.target.selectionStart, end = e.target.value.length, all = e.target.selectionEnd - at === end;
    if (!run || run.row !== row || e.key.startsWith("Arrow")) run = { row, col };
    switch (e.key) {
      case "Enter":
        e.preventDefault();
        if (e.shiftKey) go(beside(row.previousElementSibling, col));
        else go(beside(row.nextElementSibling || more(row), run.col));
        break;
      case "Tab": // the end of a row leads to the next one; that of an empty last row leaves the table
        if (e.shiftKey || col < list.length - 1) break;
        if (row.nextElementSibling) go(beside(row.nextElementSibling, 0));
        else if (list.some(c => c.value)) go(beside(more(row), 0));
        break;
      case "ArrowDown": go(beside(row.nextElementSibling, col)); break;
      case "ArrowUp": go(beside(row.previousElementSibling, col) || table.tHead.querySelectorAll("th > input")[col]); break;
      case "ArrowLeft": if (at === 0 && (e.target.selectionEnd === 0 || all) && !go(beside(row, col - 1)) && all) e.preventDefault(); break;
      case "ArrowRight": if (e.target.selectionEnd === end && (at === end || all)) go(beside(row, col + 1) || row.querySelector(".tool button")); break;
    }
  }

  // The buttons at the end of a row are reached and passed with the arrows.
  function tools(e) {
    if (!e.target.matches("tbody .tool button") || e.ctrlKey || e.altKey || e.metaKey) return;
    const row = e.target.closest("tr"), list = [...row.querySelectorAll(".tool button")], at = list.indexOf(e.target);
    const to = {
      ArrowRight: () => list[at + 1], ArrowLeft: () => list[at - 1] || cells(row).at(-1),
      ArrowDown: () => row.nextElementSibling?.querySelectorAll(".tool button")[at], ArrowUp: () => row.previousElementSibling?.querySelectorAll(".tool button")[at],
    }[e.key]?.();
    if (to) { e.preventDefault(); to.focus(); }
  }

  // more adds a row behind the last, empty.
  function more(row) {
    const body = row.parentElement, rows = body.rows.length;
    if (rows >= 200) return null;
    const next = row.cloneNode(true);
    next.className = "";
    next.dataset.row = rows;
    next.querySelector(".no").textContent = rows + 1;
    next.querySelectorAll("td").forEach(td => td.classList.remove("wrong"));
    cells(next).forEach(i => { i.value = ""; fit(i); i.setAttribute("aria-label", i.getAttribute("aria-label").replace(/\d+/, rows + 1)); });
    next.querySelectorAll("button").forEach(b => { b.value = b.value.replace(/:\d+:(\w+)$/, `:${rows}:$1`); });
    body.append(next);
    return next;
  }

  // paste spreads several cells over the table. Into a table in which nothing was
  // written a whole sheet goes the way of a file.
  function paste(e) {
    const text = e.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    const html = e.clipboardData.getData("text/html");
    if (!/[\t\n]/.test(text) || !e.target.closest("td")) return;
    e.preventDefault();
    const lines = text.split("\n").map(l => l.split("\t"));
    const section = e.target.closest("section.fund"), table = section.querySelector("table.grid");
    const empty = rowsOf(table).every(r => cells(r).every(c => !c.value));
    const row = e.target.closest("tr"), col = cells(row).indexOf(e.target);
    const d = section.querySelector("[data-drop]");
    if (d && lines.length > 1 && lines[0].length > 1 && (empty || row.rowIndex - 1 + lines.length > 200)) {
      d.querySelector("textarea").value = text;
      d.querySelector("[name$=paste_html]").value = html.includes("<table") ? html : "";
      d.closest("details")?.setAttribute("open", "");
      return send(d);
    }
    let at = row;
    lines.forEach((line, k) => {
      if (k > 0) at = at.nextElementSibling || more(at);
      if (at) line.forEach((cell, c) => { const to = cells(at)[col + c]; if (to) { to.value = cell.trim(); fit(to); } });
    });
    changed(e.target);
  }

  // --- sums, exact

  const units = 1000000n;
  function number(text) {
    const s = text.trim().replace(/[，,\s¥￥]/g, "");
    if (s === "" || s === "-" || s === "—") return 0n;
    const m = /^(-?)(\d+)(?:\.(\d{0,6}))?$/.exec(s);
    if (!m) return null;
    const v = BigInt(m[2]) * units + BigInt(((m[3] || "") + "000000").slice(0, 6));
    return m[1] ? -v : v;
  }
  function plain(v, places) {
    const minus = v < 0n, s = String(minus ? -v : v).padStart(7, "0");
    let part = s.slice(-6);
    while (part.length > places && part.endsWith("0")) part = part.slice(0, -1);
    return (minus ? "-" : "") + s.slice(0, -6) + (part ? "." + part : "");
  }
  function sums(section) {
    const table = section.querySelector("table.grid"), kinds = [...table.tHead.querySelectorAll("select")].map(s => s.value);
    const foot = [...table.tFoot.rows[0].cells].filter(c => !c.classList.contains("no") && !c.classList.contains("tool"));
    const lead = foot.length && foot[0].colSpan > 1 || foot.length > kinds.length ? foot[0].colSpan : foot.length === kinds.length ? 0 : kinds.length - foot.length + 1;
    kinds.forEach((kind, c) => {
      const cell = lead > 0 ? foot[c - lead + 1] : foot[c];
      if (c < lead || !cell || kind !== "sum" && kind !== "money") return;
      let sum = 0n, places = 0;
      for (const row of rowsOf(table)) {
        const text = cells(row)[c].value, v = number(text);
        if (v === null) { sum = null; break; }
        sum += v;
        places = Math.max(places, (text.split(".")[1] || "").trim().length);
      }
      cell.textContent = sum === null ? "" : plain(sum, Math.min(places, 6));
    });
  }

  // --- findings beside their rows

  // Nobody is told what is wrong with a table before it is begun.
  const begun = section => "refused" in form.dataset || [...section.querySelectorAll("td input, input[name$='.title']")].some(i => i.value.trim());

  form.addEventListener("told", e => {
    for (const section of tables()) {
      const box = section.querySelector(".todo"), list = begun(section) && e.detail.problems[box.dataset.fund] || [];
      const on = box.contains(document.activeElement) ? document.activeElement : null;
      if (on && on.tagName === "INPUT") continue;
      const typed = new Map([...box.querySelectorAll("input")].map(i => [i.name, i.value]));
      const opened = new Set([...box.querySelectorAll("details[open] input")].map(i => i.name));
      const ul = box.querySelector("ul"), rest = box.querySelector(".rest"), items = list.map(f => item(box, f, typed, opened));
      ul.replaceChildren(...items.slice(0, 8));
      rest.hidden = items.length <= 8;
      rest.querySelector("summary").textContent = box.dataset.more.replace("%d", items.length - 8);
      rest.querySelector("ul").replaceChildren(...items.slice(8));
      box.hidden = !list.length;
      const stops = list.filter(f => f.stop).length;
      box.querySelector("b").textContent = stops ? box.dataset.title.replace("%d", stops) : box.dataset.look;
      for (const row of section.querySelectorAll("tbody tr[data-row]")) {
        const here = list.filter(f => (f.place || "").startsWith(row.dataset.row + "."));
        row.classList.toggle("stop", here.some(f => f.stop && f.code !== "sequence"));
        row.classList.toggle("look", here.length > 0 && !row.classList.contains("stop"));
        [...row.querySelectorAll("td:not(.tool)")].forEach((td, c) =>
          td.classList.toggle("wrong", here.some(f => f.stop && f.place === row.dataset.row + "." + c)));
      }
      if (on && !on.isConnected) {
        const to = [...box.querySelectorAll("li, button, summary")].find(b => b.tagName === on.tagName && b.textContent === on.textContent) || mendable(section) || cellAt(section, ...mended || ["0", 0]);
        if (to?.tagName === "LI") to.tabIndex = -1;
        to?.focus({ preventScroll: true });
      }
    }
  });

  function item(box, f, typed, opened) {
    const li = document.createElement("li");
    li.className = f.stop ? "stop" : "look";
    const s = li.appendChild(document.createElement("span"));
    s.textContent = f.text;
    for (const m of f.mends || []) {
      li.append(" ");
      const b = li.appendChild(document.createElement("button"));
      b.className = "plain"; b.name = "do"; b.value = m.do; b.textContent = m.label;
    }
    if (f.reason) {
      const d = li.appendChild(document.createElement("details"));
      d.appendChild(document.createElement("summary")).textContent = box.dataset.keep;
      const input = d.appendChild(document.createElement("input"));
      input.name = f.reason; input.maxLength = 200; input.placeholder = form.dataset.reason;
      input.setAttribute("aria-label", form.dataset.reason);
      input.value = typed.get(f.reason) || "";
      d.open = opened.has(f.reason) || !!input.value;
    }
    return li;
  }

  tables().forEach(wire);

  function mapping() {
    for (const select of document.querySelectorAll("select[data-remap], input[data-remap]")) {
      select.addEventListener("change", () => select.form.querySelector("[value^=remap]").click());
    }
    for (const use of document.querySelectorAll("[name='map.use']")) {
      use.addEventListener("change", () => {
        const c = use.closest("td").cellIndex;
        for (const row of use.closest("tbody").rows) row.cells[c].classList.toggle("dropped", use.value === "drop");
      });
    }
  }
})();
