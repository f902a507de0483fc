"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const FILTERS = ["region", "role", "kind", "reach", "status", "organisation_kind"];
  const ACROSS = ["means", "audience", "region", "kind", "role", "organisation_kind"];
  const CONTROLS = ["down", "across", "basis", ...FILTERS, "words", "view"];
  const FIRST = { down: "topic", across: "means", basis: "all", view: "map" };
  const CHIPS = [
    ["duplicates", "same", "same"], ["overlaps", "close", "close"],
    ["complements", "related", "related"], ["duty", "duty", "duties"],
    ["example", "example", "examples"],
  ];
  const NAMES = { organisation_kind: "kind of organisation" };
  let open = null; // the cell whose initiatives are listed: strand and code

  const made = (tag, text, attributes = {}) => {
    const element = document.createElement(tag);
    if (text !== undefined && text !== null) element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const fill = (select, values, first) => {
    select.replaceChildren();
    if (first) select.append(made("option", first, { value: "" }));
    for (const value of values) select.append(made("option", NAMES[value] || value, { value }));
  };

  const chosen = () => Object.fromEntries(CONTROLS.map((id) => [id, byId(id).value]));

  const holds = (initiative, asked) => {
    for (const facet of FILTERS) {
      if (asked[facet] && !initiative[facet].includes(asked[facet])) return false;
    }
    const told = [initiative.title, initiative.organisation,
      ...Object.values(initiative.strands).map((each) => each.quote || "")].join(" ").toLowerCase();
    return asked.words.toLowerCase().split(/\s+/).every((word) => told.includes(word));
  };

  const bears = (initiative, strand, asked) => {
    const told = initiative.strands[strand];
    return Boolean(told) && (asked.basis === "all" || told.basis === "confirmed");
  };

  const counted = (members, strand) => {
    const counts = { duplicates: 0, overlaps: 0, complements: 0, duty: 0, example: 0 };
    for (const each of members) {
      const level = each.strands[strand].level;
      if (each.role.includes("requirement")) counts.duty += 1;
      else if (each.role.includes("practice")) counts.example += 1;
      else if (level in counts) counts[level] += 1;
    }
    return counts;
  };

  const shownInitiatives = (asked) => data.initiatives.filter((each) => holds(each, asked));
  const shownStrands = (asked) =>
    data.strands.filter((each) => asked.down === "all" || each.axis === "topic");
  const shownCodes = (asked, initiatives) =>
    Object.keys(data.codes[asked.across]).filter((code) =>
      initiatives.some((each) => each[asked.across].includes(code)));

  const cellOf = (strand, code, asked, initiatives) => {
    const members = initiatives.filter(
      (each) => each[asked.across].includes(code) && bears(each, strand.key, asked));
    const counts = counted(members, strand.key);
    const position = data.cells[asked.across][strand.key][code];
    const button = made("button", null, { type: "button", "data-strand": strand.key, "data-code": code });
    const told = [];
    for (const [name, one, many] of CHIPS) {
      if (!counts[name]) continue;
      const word = counts[name] === 1 ? one : many;
      button.append(made("span", `${counts[name]} ${word}`, { class: `chip ${name}` }));
      told.push(`${counts[name]} ${word}`);
    }
    const empty = position === "none-found" || position === "not-assessed";
    if (empty || !told.length) {
      const found = position === "none-found" ? "∅ none found" : position === "not-assessed" ? "? not assessed" : "";
      const sign = found ? `${found}, ${strand.grade}` : "–";
      button.append(made("span", sign, { class: `sign ${position}` }));
      told.push(found ? `${data.positions[position]}, search grade ${strand.grade}` : "nothing shown");
    } else {
      told.push(data.positions[position]);
    }
    button.setAttribute("aria-label", `${strand.name}, ${code}: ${told.join(", ")}`);
    button.addEventListener("click", () => list(strand.key, code, true));
    const cell = made("td", null, { class: "cell" });
    cell.append(button);
    return cell;
  };

  const drawMap = (asked, initiatives) => {
    const table = made("table");
    table.append(made("caption", `Strands down, ${NAMES[asked.across] || asked.across} across`, { class: "small" }));
    const head = made("tr");
    head.append(made("th", "Strand", { scope: "col" }));
    const codes = shownCodes(asked, initiatives);
    for (const code of codes) head.append(made("th", code.replaceAll("-", " "), { scope: "col" }));
    const top = made("thead");
    top.append(head);
    const body = made("tbody");
    for (const strand of shownStrands(asked)) {
      const row = made("tr");
      const name = made("th", strand.name, { scope: "row" });
      name.append(made("div", `${data.positions[strand.position]} (grade ${strand.grade})`, { class: "small" }));
      row.append(name);
      for (const code of codes) row.append(cellOf(strand, code, asked, initiatives));
      body.append(row);
    }
    table.append(top, body);
    byId("map").replaceChildren(table);
  };

  const drawTable = (asked, initiatives) => {
    const table = made("table");
    const head = made("tr");
    for (const name of ["Strand", "Initiative", "Organisation", "Level", "Counts", "Quote", "Seen"]) {
      head.append(made("th", name, { scope: "col" }));
    }
    const top = made("thead");
    top.append(head);
    const body = made("tbody");
    for (const strand of shownStrands(asked)) {
      for (const each of initiatives.filter((one) => bears(one, strand.key, asked))) {
        const told = each.strands[strand.key];
        const row = made("tr");
        row.append(made("th", strand.name, { scope: "row" }));
        const title = made("td");
        title.append(linked(each));
        row.append(title, made("td", each.organisation), made("td", levelOf(told)),
          made("td", told.counted ? "yes" : told.why_not ? `no: ${told.why_not}` : "no"), made("td", told.quote || "no quote"),
          made("td", told.seen || "not known"));
        body.append(row);
      }
    }
    table.append(top, body);
    byId("map").replaceChildren(table);
  };

  const levelOf = (told) => (told.basis === "confirmed" ? told.level : `${told.level} (a proposal)`);
  const linked = (initiative) =>
    initiative.url
      ? made("a", initiative.title, { href: initiative.url, rel: "noopener noreferrer" })
      : made("span", initiative.title);

  const list = (strandKey, code, focus) => {
    const asked = chosen();
    const strand = data.strands.find((each) => each.key === strandKey);
    if (!strand) return;
    open = [strandKey, code];
    const members = shownInitiatives(asked).filter(
      (each) => each[asked.across].includes(code) && bears(each, strandKey, asked));
    byId("listed-title").textContent = `${strand.name}, ${code.replaceAll("-", " ")}: ${members.length} found`;
    byId("list").replaceChildren(...members.map((each) => {
      const told = each.strands[strandKey];
      const item = made("li");
      item.append(linked(each), made("div", `${each.organisation}; ${levelOf(told)}; ${told.counted ? "counts" : `does not count${told.why_not ? `: ${told.why_not}` : ""}`}`));
      item.append(told.quote ? made("blockquote", told.quote) : made("div", "no quote yet", { class: "small" }));
      item.append(made("div", told.seen ? `seen ${told.seen}` : "not seen by a crawl", { class: "small" }));
      return item;
    }));
    byId("listed").hidden = false;
    keep();
    if (focus) byId("listed-title").focus();
  };

  const close = () => {
    byId("listed").hidden = true;
    const back = open && document.querySelector(`button[data-strand="${CSS.escape(open[0])}"][data-code="${CSS.escape(open[1])}"]`);
    open = null;
    keep();
    (back || byId("view")).focus();
  };

  const keep = () => {
    const asked = chosen();
    const told = new URLSearchParams();
    for (const id of CONTROLS) {
      if (asked[id] && asked[id] !== FIRST[id]) told.set(id, asked[id]);
    }
    if (open) told.set("cell", open.join("/"));
    const hash = told.toString();
    if (hash !== location.hash.slice(1)) history.replaceState(null, "", `#${hash}`);
  };

  const draw = () => {
    const asked = chosen();
    const initiatives = shownInitiatives(asked);
    (asked.view === "table" ? drawTable : drawMap)(asked, initiatives);
    const told = initiatives.flatMap((each) => Object.values(each.strands));
    const confirmed = told.filter((each) => each.basis === "confirmed").length;
    const across = NAMES[asked.across] || asked.across;
    const nowhere = initiatives.filter((each) => !each[asked.across].length).length;
    byId("count").textContent = `${initiatives.length} of ${data.initiatives.length} initiatives shown` +
      (nowhere && asked.view === "map" ? `, ${nowhere} of them in no column, as nobody coded their ${across}` : "") +
      (data.settled ? "." : `; ${confirmed} of their ${told.length} assessments are confirmed by a person, ` +
      "the rest are proposals. Positions rest on confirmed ones alone.");
    if (open) list(open[0], open[1], false);
    keep();
  };

  const read = () => {
    const told = new URLSearchParams(location.hash.slice(1));
    for (const id of CONTROLS) {
      byId(id).value = told.get(id) ?? FIRST[id] ?? "";
      if (byId(id).value === "" && FIRST[id]) byId(id).value = FIRST[id];
    }
    const cell = (told.get("cell") || "").split("/");
    open = cell.length === 2 && isCell(...cell) ? cell : null;
    byId("listed").hidden = !open;
  };

  const isCell = (strand, code) => data.strands.some((each) => each.key === strand) &&
    Object.hasOwn(data.codes[byId("across").value], code);

  fill(byId("across"), ACROSS);
  for (const facet of FILTERS) {
    const there = Object.keys(data.codes[facet]).filter((code) =>
      data.initiatives.some((each) => each[facet].includes(code)));
    fill(byId(facet), there, "all");
  }
  read();
  byId("controls").addEventListener("input", () => {
    if (open && !isCell(...open)) {
      open = null;
      byId("listed").hidden = true;
    }
    draw();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && open) close();
  });
  byId("controls").addEventListener("submit", (event) => event.preventDefault());
  byId("reset").addEventListener("click", () => { history.replaceState(null, "", "#"); read(); draw(); });
  byId("close").addEventListener("click", close);
  window.addEventListener("hashchange", () => { read(); draw(); });
  draw();
})();
