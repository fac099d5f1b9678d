// Sorting and filtering of lists. What is set stands in the address behind #, so that it can be sent.
(() => {
  "use strict";
  const asked = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
  const remember = (changes) => {
    const now = asked();
    for (const [key, value] of Object.entries(changes)) value ? now.set(key, value) : now.delete(key);
    const text = now.toString();
    if (text || location.hash.includes("=")) history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  };
  const tables = Array.from(document.querySelectorAll("table.sortable"));
  const lists = tables.filter((table) => document.querySelector(`form.filter[data-for="${table.id}"]`));
  const name = (table, key) => (lists.length > 1 || !lists.includes(table) ? `${table.id}.${key}` : key);

  const sortable = (table) => {
    const body = table.tBodies[0];
    const rows = Array.from(body.rows);
    const value = (row, i) => { const cell = row.cells[i]; return cell ? (cell.dataset.sort ?? cell.textContent.trim()) : ""; };
    const plain = (text) => text.replace(/[,%]/g, "").trim();
    const sort = (i, up) => {
      const heads = table.tHead.rows[0].cells;
      for (const other of heads) other.removeAttribute("aria-sort");
      heads[i].setAttribute("aria-sort", up ? "ascending" : "descending");
      const numeric = rows.every((r) => plain(value(r, i)) === "" || !Number.isNaN(Number(plain(value(r, i)))));
      const sorted = rows.map((row) => [value(row, i), row]).sort(([a], [b]) => {
        if (!a || !b) return (a ? 0 : 1) - (b ? 0 : 1);
        return (numeric ? Number(plain(a)) - Number(plain(b)) : a.localeCompare(b, undefined, { numeric: true })) * (up ? 1 : -1);
      });
      body.append(...sorted.map(([, row]) => row));
    };
    Array.from(table.tHead.rows[0].cells).forEach((head, i) => {
      if (!head.textContent.trim()) return;
      const button = document.createElement("button");
      button.type = "button"; button.textContent = head.textContent; head.textContent = ""; head.append(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        sort(i, up);
        remember({ [name(table, "sort")]: `${up ? "" : "-"}${button.textContent}` });
      });
    });
    const wanted = asked().get(name(table, "sort"));
    if (wanted) {
      const label = wanted.replace(/^-/, "");
      const i = Array.from(table.tHead.rows[0].cells).findIndex((head) => head.textContent === label);
      if (i >= 0) sort(i, !wanted.startsWith("-"));
    }
    return rows;
  };

  const filterable = (table, rows) => {
    const form = document.querySelector(`form.filter[data-for="${table.id}"]`);
    if (!form) return;
    const words = form.querySelector("input");
    const shown = form.querySelector("output");
    const selects = Array.from(form.querySelectorAll("select"));
    const has = (row, select, value) => (row.dataset[select.name] ?? "").split(select.name === "owner" ? " " : "\n").includes(value);
    for (const select of selects) {
      const split = select.name === "owner" ? " " : "\n";
      const seen = new Set(rows.flatMap((row) => (row.dataset[select.name] ?? "").split(split)));
      for (const each of [...seen].sort()) {
        const option = document.createElement("option");
        option.value = each || "-"; option.textContent = each || "(none)"; select.append(option);
      }
      if (seen.size < 2) select.closest("label").hidden = true;
    }
    let texts = null;
    const apply = () => {
      const text = words.value.trim().toLowerCase();
      texts ??= rows.map((row) => row.textContent.toLowerCase());
      let count = 0;
      rows.forEach((row, i) => {
        const keep = (!text || texts[i].includes(text)) && selects.every((s) => !s.value || has(row, s, s.value === "-" ? "" : s.value));
        row.hidden = !keep; count += keep;
      });
      shown.textContent = count === rows.length ? `${count} shown` : `${count} of ${rows.length} shown`;
    };
    const restore = () => {
      const now = asked();
      words.value = now.get(name(table, "q")) ?? "";
      for (const select of selects) {
        select.value = now.get(name(table, select.name)) ?? "";
        if (select.selectedIndex < 0) select.value = "";
      }
      if (words.value || selects.some((s) => s.value)) apply();
      else { rows.forEach((row) => { row.hidden = false; }); shown.textContent = `${rows.length} shown`; }
    };
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => { apply(); remember({ [name(table, event.target.name)]: event.target.value }); });
    addEventListener("hashchange", restore);
    restore();
  };

  const reveal = () => {
    const id = location.hash.slice(1);
    const target = id && !id.includes("=") && document.getElementById(decodeURIComponent(id));
    if (!target) return;
    const folded = target.closest("details");
    if (folded) folded.open = true;
    target.scrollIntoView();
  };

  for (const table of tables) filterable(table, sortable(table));
  addEventListener("hashchange", reveal);
  reveal();
})();
