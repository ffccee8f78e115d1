// Marks in the fields of a form where something was found, and mending with one
// click. Without this script the findings quote the text, and a button that mends
// sends the form.
"use strict";

// A mirror lies behind a field and has its text, unseen, with marks in it. It is
// an element beside the field with the same type and measures.
class Mirror {
  constructor(field) {
    this.field = field;
    this.box = document.createElement("div");
    this.box.className = "marks";
    this.box.setAttribute("aria-hidden", "true");
    field.parentElement.classList.add("marking");
    field.classList.add("marked-field");
    field.before(this.box);
    this.sync = () => this.place();
    field.addEventListener("scroll", this.sync);
    this.size = new ResizeObserver(this.sync);
    this.size.observe(field);
  }
  place() {
    const f = this.field, s = getComputedStyle(f), b = this.box.style;
    for (const p of ["fontFamily", "fontSize", "fontWeight", "lineHeight", "letterSpacing", "wordSpacing", "textIndent", "tabSize", "fontVariantNumeric",
      "paddingTop", "paddingRight", "paddingBottom", "paddingLeft", "borderTopWidth", "borderRightWidth", "borderBottomWidth", "borderLeftWidth"]) b[p] = s[p];
    const area = f.tagName === "TEXTAREA";
    b.whiteSpace = area ? "pre-wrap" : "pre";
    b.overflowWrap = area ? "break-word" : "normal";
    b.left = f.offsetLeft + "px"; b.top = f.offsetTop + "px";
    b.width = f.offsetWidth - (area ? f.offsetWidth - f.clientWidth - parseFloat(s.borderLeftWidth) - parseFloat(s.borderRightWidth) : 0) + "px";
    b.height = f.offsetHeight + "px";
    this.box.scrollTop = f.scrollTop; this.box.scrollLeft = f.scrollLeft;
  }
  show(list) {
    const text = this.field.value;
    this.box.textContent = "";
    let at = 0;
    for (const m of list) {
      if (m.from < at || m.to > text.length) continue;
      const mark = document.createElement("mark");
      mark.className = m.kind;
      mark.textContent = text.slice(m.from, m.to);
      this.box.append(text.slice(at, m.from), mark);
      at = m.to;
    }
    this.box.append(text.slice(at) + "\n");
    this.place();
  }
  drop() {
    this.size.disconnect();
    this.field.removeEventListener("scroll", this.sync);
    this.field.classList.remove("marked-field");
    this.field.parentElement.classList.remove("marking");
    this.box.remove();
  }
}

function guarding(form) {
  const mirrors = new Map(), before = new Map();
  const fieldOf = name => { const f = form.elements[name]; return f && f.tagName && (f.tagName === "TEXTAREA" || f.type === "text") ? f : null; };
  const placed = () => [...form.querySelectorAll(".finding[data-from]")];

  // draw puts the marks of all findings into their fields.
  const draw = () => {
    const lists = new Map();
    for (const f of placed()) {
      const field = fieldOf(f.dataset.input);
      if (!field) continue;
      if (!lists.has(field)) lists.set(field, []);
      lists.get(field).push({ from: +f.dataset.from, to: +f.dataset.to, kind: f.classList.contains("stop") ? "stop" : "look" });
    }
    for (const [field, m] of mirrors) if (!lists.has(field)) { m.drop(); mirrors.delete(field); }
    for (const [field, list] of lists) {
      if (!mirrors.has(field)) mirrors.set(field, new Mirror(field));
      list.sort((a, b) => a.from - b.from);
      mirrors.get(field).show(list);
      before.set(field, field.value);
    }
  };

  // While someone types the marks behind the place move along; one in which he
  // types goes.
  form.addEventListener("input", e => {
    const field = e.target, old = before.get(field);
    if (old === undefined || !mirrors.has(field)) return;
    const now = field.value;
    let head = 0, tail = 0;
    while (head < Math.min(old.length, now.length) && old[head] === now[head]) head++;
    while (tail < Math.min(old.length, now.length) - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
    for (const f of placed()) {
      if (f.dataset.input !== field.name || +f.dataset.to <= head) continue;
      if (+f.dataset.from >= old.length - tail) {
        f.dataset.from = +f.dataset.from + now.length - old.length;
        f.dataset.to = +f.dataset.to + now.length - old.length;
      } else { delete f.dataset.from; }
    }
    before.set(field, now);
    draw();
  });

  // One click mends. The places in the button may have moved: what stood there is
  // looked for next to it.
  const nearest = (text, word, place) => {
    let best = -1;
    for (let at = text.indexOf(word); at >= 0 && word; at = text.indexOf(word, at + word.length))
      if (best < 0 || Math.abs(at - place) < Math.abs(best - place)) best = at;
    return best;
  };
  form.addEventListener("click", e => {
    const button = e.target.closest("button.fix");
    if (!button) return;
    e.preventDefault();
    const changed = new Set();
    for (const edit of JSON.parse(button.value).sort((a, b) => b.f - a.f)) {
      const field = fieldOf(edit.i), at = field ? nearest(field.value, edit.w, edit.f) : -1;
      if (at < 0) continue;
      field.setRangeText(edit.s, at, at + edit.w.length, "end");
      changed.add(field);
    }
    button.closest(".finding").remove();
    for (const field of changed) { field.focus({ preventScroll: true }); field.dispatchEvent(new Event("input", { bubbles: true })); }
  });

  // Buttons that came with the page or with a check do not send the form, also
  // not when Enter is pressed in a field.
  const dress = () => { form.querySelectorAll("button.fix:not([type=button])").forEach(b => { b.type = "button"; }); };
  let pending = false;
  new MutationObserver(list => {
    if (pending || !list.some(m => [...m.addedNodes, ...m.removedNodes].some(n => n.classList && n.classList.contains("finding")))) return;
    pending = true;
    queueMicrotask(() => { pending = false; dress(); draw(); });
  }).observe(form, { childList: true, subtree: true });
  form.addEventListener("toggle", draw, true);
  dress();
  draw();
}

document.querySelectorAll("form[data-check]").forEach(guarding);
