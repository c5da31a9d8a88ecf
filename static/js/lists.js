// Lists: keys, the selection, the order of columns. Without this file each still works.
const typing = (target) => target.closest("input:not([type=checkbox]), select, textarea");
const links = () => [...document.querySelectorAll("a.row")];
const boxOf = (link) => link?.closest("tr").querySelector("input[name=ids]");

function showSelection(form) {
  const boxes = [...form.querySelectorAll("input[name=ids]")];
  const chosen = boxes.filter((box) => box.checked).length;
  const page = form.querySelector("[data-select-page]");
  page.checked = chosen > 0 && chosen === boxes.length;
  page.indeterminate = chosen > 0 && chosen < boxes.length;
  const all = form.querySelector("[name=all]");
  if (all && chosen === 0) all.checked = false;
  form.querySelector("[data-selected]").textContent =
    all?.checked || !chosen ? "" : form.dataset.selection.replace("0", chosen);
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-selection]");
  if (!form) return;
  if (event.target.matches("[data-select-page]")) {
    for (const box of form.querySelectorAll("input[name=ids]")) box.checked = event.target.checked;
  }
  if (event.target.name === "all" && event.target.checked) {
    for (const box of form.querySelectorAll("input[name=ids]")) box.checked = true;
  }
  showSelection(form);
});

document.addEventListener("reset", (event) => {
  if (event.target.matches("form[data-selection]")) setTimeout(() => showSelection(event.target));
});

// From one box to another with Shift: all between them.
let last = null;
document.addEventListener("click", (event) => {
  const box = event.target.closest("input[name=ids]");
  if (box) {
    const boxes = [...box.form.querySelectorAll("input[name=ids]")];
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    if (event.shiftKey && from >= 0) {
      for (const one of boxes.slice(from, to + 1)) one.checked = box.checked;
      showSelection(box.form);
    }
    last = box;
  }
  const up = event.target.closest(".move-up");
  if (up) {
    const item = up.parentElement;
    if (item.previousElementSibling?.matches("div")) item.previousElementSibling.before(item);
    up.focus();
  }
});

function offerMoves(root) {
  for (const set of root.querySelectorAll("[data-move-up]:not(:has(.move-up))")) {
    for (const item of set.querySelectorAll("div")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "move-up";
      button.textContent = "↑";
      button.title = set.dataset.moveUp;
      button.setAttribute("aria-label", `${item.textContent.trim()}: ${set.dataset.moveUp}`);
      item.append(button);
    }
  }
}
offerMoves(document);
document.addEventListener("htmx:afterSettle", () => offerMoves(document));

document.addEventListener("keydown", (event) => {
  if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = links();
  const row = document.activeElement.closest("tr")?.querySelector("a.row");
  const at = rows.indexOf(row);
  if (event.key === "j" && rows.length) rows[Math.min(at + 1, rows.length - 1)].focus();
  else if (event.key === "k" && at > 0) rows[at - 1].focus();
  else if (event.key === "x" && boxOf(row)) boxOf(row).click();
  else return;
  event.preventDefault();
});
