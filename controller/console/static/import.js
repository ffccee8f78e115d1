// A file may be dropped; pasted cells keep their HTML, which knows merged cells.
"use strict";
const drop = document.querySelector(".drop");
if (drop) {
  const input = drop.querySelector("input");
  for (const name of ["dragover", "dragenter"]) drop.addEventListener(name, e => { e.preventDefault(); drop.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  drop.addEventListener("drop", e => {
    e.preventDefault();
    if (e.dataTransfer.files.length) input.files = e.dataTransfer.files;
  });
  document.querySelector("[name=paste]").addEventListener("paste", e => {
    document.querySelector("[name=paste_html]").value = e.clipboardData.getData("text/html");
  });
  document.querySelector("[name=paste]").addEventListener("input", e => {
    if (!e.inputType || !e.inputType.includes("Paste")) document.querySelector("[name=paste_html]").value = "";
  });
}
