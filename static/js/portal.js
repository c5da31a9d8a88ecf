// Behaviour by attribute; docs/pages.md lists them.
const $ = (selector) => document.querySelector(selector);
const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");

function toast(text) {
  const note = document.createElement("div");
  note.className = "toast-note";
  note.textContent = text;
  $(".toasts").append(note);
  setTimeout(() => note.remove(), 3000);
}

document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    const text = copy.dataset.copy || copy.textContent.trim();
    try {
      await navigator.clipboard.writeText(text);
      toast(copy.dataset.copied || `${text} ✓`);
      copy.closest("details.menu")?.removeAttribute("open");
    } catch {
      // Browsers lend the clipboard to https and localhost only.
      getSelection().selectAllChildren(copy);
    }
  }
  event.target.closest("[data-close]")?.parentElement.remove();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.confirm || form.dataset.confirmed) return;
  event.preventDefault();
  const dialog = $("#confirm");
  dialog.querySelector("p").textContent = form.dataset.confirm;
  const button = dialog.querySelector("[value=yes]");
  if (form.dataset.confirmLabel) button.textContent = form.dataset.confirmLabel;
  const submitter = event.submitter;
  dialog.onclose = () => {
    if (dialog.returnValue !== "yes") return;
    form.dataset.confirmed = "1";
    form.requestSubmit(submitter);
    delete form.dataset.confirmed;
  };
  dialog.returnValue = "";
  dialog.showModal();
});

document.addEventListener("change", (event) => {
  const target = event.target;
  target.closest("[data-autosubmit]")?.requestSubmit();
});

// What was chosen before htmx was here (a slow line, a browser that fills a form again)
// is told to the parts of the page that follow their form.
function isTouched(field) {
  if (field.matches("select")) {
    const told = [...field.options].filter((option) => option.defaultSelected);
    return told.length ? told.some((option) => !option.selected) : field.selectedIndex > 0;
  }
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
  return field.matches("input, textarea") && field.value !== field.defaultValue;
}
document.addEventListener("DOMContentLoaded", () => {
  for (const part of document.querySelectorAll("[hx-trigger*=change]")) {
    const touched = [...(part.closest("form")?.elements ?? [])].find(isTouched);
    touched?.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

function focusMarked(root) {
  root.querySelector("[data-autofocus]")?.focus();
}
focusMarked(document);
document.addEventListener("htmx:afterSwap", (event) => focusMarked(event.target));

// Only where this person's rail leads: elsewhere the page would be a 404.
function follow(path) {
  $(`.rail a[href="${path}"]`)?.click();
}

let lastKey = "";
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
  }
  if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...document.querySelectorAll("a.row")];
  const at = rows.indexOf(document.activeElement);
  if (event.key === "/") { event.preventDefault(); $("[data-search]")?.focus(); }
  else if (event.key === "?") $("#shortcuts")?.showModal();
  else if (event.key === "ArrowDown" && rows.length) { event.preventDefault(); rows[Math.min(at + 1, rows.length - 1)].focus(); }
  else if (event.key === "ArrowUp" && at > 0) { event.preventDefault(); rows[at - 1].focus(); }
  else if (lastKey === "g" && event.key === "a") follow("/assets/");
  else if (lastKey === "g" && event.key === "p") follow("/people/");
  else document.querySelector(`[data-shortcut="${CSS.escape(event.key)}"]`)?.click();
  lastKey = event.key;
});
