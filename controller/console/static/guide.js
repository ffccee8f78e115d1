// Rows of a service guide: added, removed and moved without a round trip.
"use strict";
for (const e of document.querySelectorAll("[data-script]")) e.hidden = false;

const tables = document.querySelectorAll("[data-grow]");

// changed renumbers the rows, keeps an empty one at the end and lets the form
// look at itself again.
function changed(table, quietly) {
  const body = table.tBodies[0];
  const last = body.rows[body.rows.length - 1];
  if ([...last.querySelectorAll("input")].some(i => i.value.trim())) add(table);
  [...body.rows].forEach((row, i) => {
    row.cells[0].textContent = String(i + 1);
    for (const e of row.querySelectorAll("[aria-label]")) e.setAttribute("aria-label", e.getAttribute("aria-label").replace(/\d+/, String(i + 1)));
  });
  if (!quietly) table.closest("fieldset").querySelector("output").dispatchEvent(new Event("input", { bubbles: true }));
}

function add(table) {
  const body = table.tBodies[0], row = body.rows[body.rows.length - 1].cloneNode(true);
  for (const i of row.querySelectorAll("input")) i.value = "";
  for (const s of row.querySelectorAll("select")) s.selectedIndex = 0;
  body.append(row);
  return row;
}

for (const table of tables) {
  const fieldset = table.closest("fieldset");
  fieldset.addEventListener("click", e => {
    const button = e.target.closest("button[data-do]");
    if (!button) return;
    const row = button.closest("tr"), body = table.tBodies[0];
    let focus = button;
    switch (button.dataset.do) {
      case "add": focus = add(table).querySelector("input"); break;
      case "up": if (row.previousElementSibling) row.previousElementSibling.before(row); break;
      case "down": if (row.nextElementSibling) row.nextElementSibling.after(row); break;
      case "drop": {
        focus = (row.nextElementSibling || row.previousElementSibling || row).querySelector("input");
        if (body.rows.length > 1) row.remove(); else for (const i of row.querySelectorAll("input")) i.value = "";
      }
    }
    changed(table);
    focus.focus();
  });
  // What is typed into the last row makes the next one; Enter goes down a row.
  table.addEventListener("input", () => changed(table));
  table.addEventListener("keydown", e => {
    if (e.key !== "Enter" || e.target.tagName !== "INPUT" || e.isComposing) return;
    e.preventDefault();
    const row = e.target.closest("tr"), below = row.nextElementSibling;
    if (below) below.cells[e.target.closest("td").cellIndex].querySelector("input").focus();
  });
  // Lines pasted into a cell go into the cells below, tabs to the right: a list
  // copied from Word or Excel needs one paste.
  table.addEventListener("paste", e => {
    if (e.target.tagName !== "INPUT") return;
    const text = e.clipboardData.getData("text/plain").replace(/\s+$/, "");
    if (!/[\n\t]/.test(text)) return;
    e.preventDefault();
    let row = e.target.closest("tr");
    const from = e.target.closest("td").cellIndex;
    text.split(/\r?\n/).forEach((line, n) => {
      if (n) row = row.nextElementSibling || add(table);
      line.split("\t").forEach((cell, c) => {
        const td = row.cells[from + c], input = td && td.querySelector("input");
        if (input) input.value = cell.trim().slice(0, input.maxLength);
      });
    });
    changed(table);
  });
}
