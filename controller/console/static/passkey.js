// Passkeys: gives the browser what the page asks for, and sends its answer with the
// form. Where the browser has none, the form stays as the page made it.
"use strict";

{
const bytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), c => c.charCodeAt(0));
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = list => (list || []).map(c => ({ ...c, id: bytes(c.id) }));

// asked turns the options of the page into those of the browser.
function asked(form) {
  const o = JSON.parse(form.dataset.options).publicKey;
  o.challenge = bytes(o.challenge);
  if (o.user) o.user.id = bytes(o.user.id);
  if (o.excludeCredentials) o.excludeCredentials = named(o.excludeCredentials);
  if (o.allowCredentials) o.allowCredentials = named(o.allowCredentials);
  return { publicKey: o };
}

// told is an answer of the browser as JSON.
function told(c) {
  const r = c.response, response = { clientDataJSON: text(r.clientDataJSON) };
  if (r.attestationObject) {
    response.attestationObject = text(r.attestationObject);
    response.transports = r.getTransports ? r.getTransports() : [];
  } else {
    response.authenticatorData = text(r.authenticatorData);
    response.signature = text(r.signature);
    if (r.userHandle) response.userHandle = text(r.userHandle);
  }
  return JSON.stringify({ id: c.id, rawId: text(c.rawId), type: c.type, authenticatorAttachment: c.authenticatorAttachment || "", clientExtensionResults: {}, response });
}

document.querySelectorAll("form[data-passkey]").forEach(form => {
  if (!window.PublicKeyCredential) return;
  const failed = form.querySelector("[data-failed]"), answer = form.elements.answer, button = form.querySelector("button");
  form.hidden = false;
  button.hidden = false;
  form.querySelectorAll("[data-without]").forEach(e => { e.hidden = true; });
  form.addEventListener("submit", async e => {
    if (answer.value) return;
    e.preventDefault();
    failed.hidden = true;
    button.disabled = true;
    try {
      const c = form.dataset.passkey === "create" ? await navigator.credentials.create(asked(form)) : await navigator.credentials.get(asked(form));
      answer.value = told(c);
      form.submit();
    } catch {
      failed.hidden = false;
      button.disabled = false;
    }
  });
});
}
