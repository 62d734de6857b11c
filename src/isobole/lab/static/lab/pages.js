// Pages of a study: line numbers, jumps to a line, rows added to tables. All of them
// work without this script.
for (const gutter of document.querySelectorAll("[data-lines-of]")) {
  const area = document.getElementById(gutter.dataset.linesOf);
  let count = 0;
  const number = () => {
    const lines = area.value.split("\n").length;
    if (lines === count) return;
    count = lines;
    gutter.textContent = Array.from({ length: lines }, (_, i) => i + 1).join("\n");
  };
  const follow = () => { gutter.scrollTop = area.scrollTop; };
  area.addEventListener("input", number);
  area.addEventListener("scroll", follow);
  number();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-line]");
  if (!link) return;
  const area = document.getElementById("toml");
  if (!area) return;
  event.preventDefault();
  const lines = area.value.split("\n");
  const line = Math.min(Number(link.dataset.line), lines.length);
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + lines[line - 1].length);
  const height = area.scrollHeight / lines.length;
  area.scrollTop = Math.max(0, (line - 5) * height);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-row]");
  if (!button) return;
  const body = document.getElementById(button.dataset.addRow)?.tBodies[0];
  if (!body || !body.rows.length) return;
  event.preventDefault();
  const row = body.rows[body.rows.length - 1].cloneNode(true);
  for (const field of row.querySelectorAll("input")) field.value = field.defaultValue;
  body.append(row);
  row.querySelector("input, select")?.focus();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
