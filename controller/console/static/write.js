// What the forms of notices can do with a script: keep what is typed, paste from
// Word, and take pictures that are dropped on the page.
"use strict";

const keepEvery = 3000; // ms after the first change until the form is kept

// --- kept while someone types

function keeping(form) {
  const at = document.querySelector("[data-saved]");
  let timer, changed = 0, keptAt = 0, sending = false, busy = false;
  const say = (text, bad) => { at.textContent = text; at.classList.toggle("bad", !!bad); };
  const signIn = (why, to) => {
    const before = document.querySelector(".expired");
    if (before && before.dataset.why === why) return;
    before?.remove();
    const box = document.createElement("p"), a = document.createElement("a");
    box.className = "box bad expired"; box.setAttribute("role", "alert");
    box.dataset.why = why; box.textContent = form.dataset[why] + " ";
    a.href = to; a.target = "_blank"; a.rel = "noopener"; a.className = "button"; a.textContent = form.dataset.signin;
    box.append(a);
    form.before(box);
    box.scrollIntoView({ block: "nearest" });
  };
  const keep = async () => {
    clearTimeout(timer); timer = 0;
    if (busy || sending) return;
    busy = true;
    const now = changed;
    try {
      const r = await fetch(form.dataset.autosave, { method: "POST", body: fieldsOf(form) });
      if (r.status === 401) { signIn("expired", "/signin?next=/write"); throw new Error("signed out"); }
      if (r.status === 409) { signIn("other", "/"); throw new Error("somebody else"); }
      if (!r.ok) throw new Error(r.statusText);
      const told = await r.json();
      if (sending) return;
      document.querySelector(".expired")?.remove();
      keptAt = now;
      say(told.saved);
      form.dataset.kept = keptAt === changed ? "all" : "";
    } catch (e) {
      say(form.dataset.offline, true);
    } finally {
      busy = false;
      if (keptAt !== changed && !sending) timer = timer || setTimeout(keep, keepEvery);
    }
  };
  const soon = () => { changed++; form.dataset.kept = ""; timer = timer || setTimeout(keep, keepEvery); };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", e => { if (!e.defaultPrevented) { sending = true; clearTimeout(timer); } });
  window.addEventListener("pageshow", () => { sending = false; });
  document.addEventListener("visibilitychange", () => { if (document.hidden && keptAt !== changed) keep(); });
}

// fieldsOf is what a form says without its files.
function fieldsOf(form) {
  const data = new FormData(form);
  data.delete("files");
  return new URLSearchParams(data);
}

// --- text from Word

function pasting(box) {
  const area = box.querySelector("textarea"), told = box.querySelector("[data-told]"), form = area.form;
  const title = form.elements.title;
  const put = got => {
    if (got.error) { told.textContent = got.error; told.classList.add("bad"); return; }
    told.classList.remove("bad");
    told.textContent = got.told;
    let text = got.text;
    if (title && !title.value.trim() && got.title && text.startsWith("# " + got.title)) {
      title.value = got.title;
      text = text.slice(got.title.length + 2).replace(/^\n+/, "");
      title.dispatchEvent(new Event("input", { bubbles: true }));
    }
    insert(area, text);
  };
  const ask = async body => {
    box.classList.add("waiting");
    try {
      const r = await fetch(box.dataset.paste, { method: "POST", body });
      if (!r.ok) throw new Error(r.statusText);
      put(await r.json());
      return true;
    } catch (e) { return false; } finally { box.classList.remove("waiting"); }
  };
  area.addEventListener("paste", e => {
    const html = e.clipboardData.getData("text/html"), plain = e.clipboardData.getData("text/plain");
    const files = [...e.clipboardData.files];
    if (!html && files.length && !plain) return; // a picture: the page takes it
    if (!/<(p|div|h[1-6]|table|li|br)\b/i.test(html)) return; // plain enough
    e.preventDefault();
    ask(new URLSearchParams({ html })).then(ok => { if (!ok) insert(area, plain); });
  });
  const open = async file => {
    const body = new FormData();
    body.append("file", file);
    if (!await ask(body)) { told.textContent = file.name + ": " + box.dataset.opened; told.classList.add("bad"); }
  };
  const input = box.querySelector("input[type=file]");
  input.closest(".scripted").hidden = false;
  input.addEventListener("change", e => { e.stopPropagation(); if (input.files[0]) open(input.files[0]); input.value = ""; });
  box.openFile = open;
}

// insert puts text at the cursor, so that it can be undone; lines stay whole.
function insert(area, text) {
  if (!text) return;
  const before = area.value.slice(0, area.selectionStart), after = area.value.slice(area.selectionEnd);
  if (text.includes("\n") || /^(#|\||- |\[图)/.test(text)) {
    if (before && !before.endsWith("\n")) text = "\n" + text;
    if (after && !after.startsWith("\n")) text += "\n";
  }
  area.focus();
  if (!document.execCommand("insertText", false, text)) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// --- pictures

function picturing(set) {
  const form = set.closest("form"), list = set.querySelector(".thumbs"), uploads = set.querySelector(".uploads");
  const input = set.querySelector("input[type=file]"), say = set.dataset, text = form.elements.text;
  const marks = text && document.querySelector(".typing"); // running text names pictures by their number
  const changed = () => form.dispatchEvent(new Event("input", { bubbles: true }));
  const rows = () => [...list.children];
  // renumber writes the numbers anew, also where the text speaks of them.
  const renumber = before => {
    const now = rows();
    now.forEach((li, i) => {
      li.querySelector("[data-number]").textContent = i + 1;
      li.querySelectorAll("[data-move]").forEach(b => { b.disabled = b.dataset.move === "up" ? i === 0 : b.dataset.move === "down" ? i === now.length - 1 : false; });
    });
    if (marks && before) {
      const lines = text.value.split("\n").map(line => {
        const m = /^\s*\[图(\d+)\](.*)$/.exec(line), li = m && before[m[1] - 1];
        return !li ? line : now.includes(li) ? `[图${now.indexOf(li) + 1}]${m[2]}` : null;
      });
      const next = lines.filter(l => l !== null).join("\n");
      if (next !== text.value) text.value = next;
    }
    changed();
  };
  const dress = li => {
    li.querySelector(".without")?.remove();
    li.draggable = true;
    const bar = document.createElement("span");
    bar.className = "moves";
    for (const [how, sign] of [["up", "↑"], ["down", "↓"], ["insert", "¶"], ["drop", "✕"]]) {
      if (how === "insert" && !marks) continue;
      const b = document.createElement("button");
      b.type = "button"; b.className = "move"; b.dataset.move = how; b.textContent = how === "insert" ? say.insert : sign; b.title = say[how]; b.setAttribute("aria-label", say[how]);
      b.addEventListener("click", () => {
        const before = rows();
        if (how === "up") li.previousElementSibling?.before(li);
        if (how === "down") li.nextElementSibling?.after(li);
        if (how === "drop") (li.nextElementSibling || li.previousElementSibling || set).querySelector("button, input")?.focus(), li.remove();
        if (how === "insert") { insert(text, `[图${before.indexOf(li) + 1}] ${li.querySelector("[name=picture_caption]").value}`); return; }
        renumber(before);
        if (how !== "drop") (b.disabled ? bar.querySelector("button:not(:disabled)") : b).focus();
      });
      bar.append(b);
    }
    li.append(bar);
  };
  const send = file => new Promise(done => {
    const line = document.createElement("li"), bar = document.createElement("progress"), name = document.createElement("span");
    name.textContent = file.name; bar.max = 100; bar.value = 0; bar.setAttribute("aria-label", file.name);
    line.append(name, bar);
    uploads.append(line);
    const body = new FormData(), x = new XMLHttpRequest();
    body.append("file", file);
    x.upload.addEventListener("progress", e => { if (e.lengthComputable) bar.value = 100 * e.loaded / e.total; });
    const failed = why => { bar.remove(); line.className = "finding stop"; name.textContent = why; done(); };
    x.addEventListener("load", () => {
      if (x.status !== 200) { failed(x.status === 422 ? x.responseText.trim() : file.name + ": " + say.failed); return; }
      line.remove();
      const holder = document.createElement("template");
      holder.innerHTML = x.responseText;
      const li = holder.content.querySelector("li");
      dress(li);
      list.append(li);
      renumber();
      done();
    });
    x.addEventListener("error", () => failed(file.name + ": " + say.failed));
    x.open("POST", say.upload);
    x.send(body);
  });
  const take = async files => {
    uploads.querySelectorAll(".finding").forEach(f => f.remove());
    for (const f of files) {
      // A sheet beside the one table that is still empty can mean only that.
      const tables = document.querySelectorAll("section.fund .drop");
      if (/\.(xlsx|csv)$/i.test(f.name) && tables.length === 1 && !tables[0].closest("details")) {
        const only = new DataTransfer(), to = tables[0].querySelector("input[type=file]");
        only.items.add(f);
        to.files = only.files;
        to.dispatchEvent(new Event("change", { bubbles: true }));
        return;
      }
      const box = document.querySelector("[data-paste]");
      if (/\.docx$/i.test(f.name) && box) await box.openFile(f);
      else await send(f);
    }
  };
  rows().forEach(dress);
  set.classList.add("live");
  set.querySelector(".pick span").hidden = false;
  input.addEventListener("change", e => { e.stopPropagation(); const files = [...input.files]; input.value = ""; take(files); });

  // Files are dropped anywhere on the page; rows are dragged to their place.
  let row = null;
  const carries = e => !row && e.dataTransfer && [...e.dataTransfer.types].includes("Files");
  const over = on => { document.body.classList.toggle("dropping", on); document.body.dataset.drop = say.pages; };
  document.addEventListener("dragover", e => { if (carries(e)) { e.preventDefault(); over(true); } });
  document.addEventListener("dragleave", e => { if (!e.relatedTarget) over(false); });
  document.addEventListener("drop", e => {
    over(false);
    if (!carries(e)) return;
    e.preventDefault();
    take([...e.dataTransfer.files]);
  });
  document.addEventListener("paste", e => {
    const files = [...(e.clipboardData?.files || [])].filter(f => f.type.startsWith("image/"));
    if (files.length && !e.clipboardData.getData("text/plain")) { e.preventDefault(); take(files); }
  });
  list.addEventListener("dragstart", e => { row = e.target.closest(".thumb"); e.dataTransfer.effectAllowed = "move"; });
  list.addEventListener("dragover", e => {
    const to = e.target.closest(".thumb");
    if (!row || !to || to === row) return;
    e.preventDefault();
    const before = rows(), r = to.getBoundingClientRect();
    if (e.clientY > r.top + r.height / 2) to.after(row); else to.before(row);
    if (rows().some((li, i) => li !== before[i])) renumber(before);
  });
  list.addEventListener("drop", e => { if (row) e.preventDefault(); });
  list.addEventListener("dragend", () => { row = null; });
  if (rows().length) rows().forEach((li, i, all) => li.querySelectorAll("[data-move]").forEach(b => { if (b.dataset.move === "up") b.disabled = i === 0; if (b.dataset.move === "down") b.disabled = i === all.length - 1; }));
}

// --- a roster: rows copied from a sheet go into the table where the cursor is

function rostering(table) {
  table.addEventListener("paste", e => {
    const lines = e.clipboardData.getData("text/plain").replace(/\r/g, "").split("\n").filter(l => l.trim());
    if (lines.length < 2 && !lines.join("").includes("\t")) return;
    e.preventDefault();
    const body = table.tBodies[0], cell = e.target.closest("td"), column = [...e.target.closest("tr").querySelectorAll("input")].indexOf(e.target);
    let row = cell.parentNode;
    for (const line of lines) {
      if (!row) { row = body.rows[body.rows.length - 1].cloneNode(true); row.querySelectorAll("input").forEach(i => { i.value = ""; }); body.append(row); }
      const inputs = row.querySelectorAll("input");
      line.split("\t").forEach((text, i) => { if (inputs[column + i]) inputs[column + i].value = text.trim(); });
      row = row.nextElementSibling;
    }
    table.closest("form").dispatchEvent(new Event("input", { bubbles: true }));
  });
  // Enter goes down, as in a sheet; it sends nothing.
  table.addEventListener("keydown", e => {
    if (e.key !== "Enter" || e.isComposing || e.target.tagName !== "INPUT") return;
    e.preventDefault();
    const row = e.target.closest("tr"), at = [...row.querySelectorAll("input")].indexOf(e.target);
    row.nextElementSibling?.querySelectorAll("input")[at].focus();
  });
}

// What was sent and refused opens where the first thing is wrong; what a button of
// the form filled is shown.
function goTo(form) {
  if ("acted" in form.dataset) { form.querySelector(".roster")?.scrollIntoView({ block: "start" }); return; }
  const first = form.querySelector(".finding.stop, .fund li.stop");
  if (!first || !("refused" in form.dataset)) return;
  for (let d = first.closest("details"); d; d = d.parentNode.closest("details")) d.open = true;
  const field = first.closest("[data-field]")?.querySelector("input:not([type=hidden]):not([type=file]), select, textarea");
  if (!field) first.tabIndex = -1; // it is read out, and Tab goes on to what mends it
  (field || first).scrollIntoView({ block: "center" });
  (field || first).focus({ preventScroll: true });
}

document.querySelectorAll("[data-paste]").forEach(pasting);
document.querySelectorAll(".pictures").forEach(picturing);
document.querySelectorAll(".roster").forEach(rostering);
document.querySelectorAll("form[data-autosave]").forEach(keeping);
document.querySelectorAll("#writing").forEach(goTo);
