(() => {
  "use strict";
  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    const rows = Array.from(body.rows);
    const value = (row, i) => { const c = row.cells[i]; return c ? (c.dataset.sort ?? c.textContent.trim()) : ""; };
    Array.from(table.tHead.rows[0].cells).forEach((head, i) => {
      if (!head.textContent.trim()) return;
      const button = document.createElement("button");
      button.type = "button"; button.textContent = head.textContent; head.textContent = ""; head.append(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const numeric = rows.every((r) => value(r, i) === "" || !Number.isNaN(Number(value(r, i))));
        const order = [...rows].sort((a, b) => {
          const x = value(a, i), y = value(b, i);
          return (numeric ? Number(x) - Number(y) : x.localeCompare(y)) * (up ? 1 : -1);
        });
        body.append(...order);
      });
    });
    const form = document.querySelector(`form.filter[data-for="${table.id}"]`);
    if (!form) continue;
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    const words = form.querySelector("input");
    const shown = form.querySelector("output");
    for (const select of form.querySelectorAll("select")) {
      const seen = new Set(rows.map((row) => row.dataset[select.name] ?? ""));
      for (const name of [...seen].sort()) { const option = document.createElement("option"); option.value = name; option.textContent = name || "(none)"; select.append(option); }
    }
    const apply = () => {
      const text = words.value.toLowerCase();
      let count = 0;
      for (const row of rows) {
        let keep = !text || row.textContent.toLowerCase().includes(text);
        for (const select of form.querySelectorAll("select")) if (select.selectedIndex > 0 && row.dataset[select.name] !== select.value) keep = false;
        row.hidden = !keep; if (keep) count += 1;
      }
      if (shown) shown.textContent = `${count} of ${rows.length} shown`;
    };
    for (const kind of ["input", "change"]) form.addEventListener(kind, apply);
    apply();
  }
})();
