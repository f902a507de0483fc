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

  const element = (tag, text, attributes = {}) => {
    const node = document.createElement(tag);
    if (text !== undefined && text !== null) node.textContent = text;
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  };
  const fill = (select, values, first) => {
    select.replaceChildren();
    if (first) select.append(element("option", first, { value: "" }));
    for (const value of values) select.append(element("option", NAMES[value] || value, { value }));
  };

  const chosen = () => Object.fromEntries(CONTROLS.map((id) => [id, byId(id).value]));

  const holds = (initiative, choice) => {
    for (const facet of FILTERS) {
      if (choice[facet] && !initiative[facet].includes(choice[facet])) return false;
    }
    const text = [initiative.title, initiative.organisation,
      ...Object.values(initiative.strands).map((each) => each.quote || "")].join(" ").toLowerCase();
    return choice.words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
  };

  const bears = (initiative, strand, choice) => {
    const assessment = initiative.strands[strand];
    return Boolean(assessment) && (choice.basis === "all" || assessment.basis === "confirmed");
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

  const shownInitiatives = (choice) => data.initiatives.filter((each) => holds(each, choice));
  const shownStrands = (choice) =>
    data.strands.filter((each) => choice.down === "all" || each.axis === "topic");
  const shownCodes = (choice, initiatives) =>
    Object.keys(data.codes[choice.across]).filter((code) =>
      initiatives.some((each) => each[choice.across].includes(code)));

  const cellOf = (strand, code, choice, initiatives) => {
    const members = initiatives.filter(
      (each) => each[choice.across].includes(code) && bears(each, strand.key, choice));
    const counts = counted(members, strand.key);
    const position = data.cells[choice.across][strand.key][code];
    const button = element("button", null, { type: "button", "data-strand": strand.key, "data-code": code });
    const parts = [];
    for (const [name, one, many] of CHIPS) {
      if (!counts[name]) continue;
      const word = counts[name] === 1 ? one : many;
      button.append(element("span", `${counts[name]} ${word}`, { class: `chip ${name}` }));
      parts.push(`${counts[name]} ${word}`);
    }
    const stale = members.filter((each) => each.strands[strand.key].recheck).length;
    if (stale) {
      button.append(element("span", `${stale} to look at again`, { class: "stale" }));
      parts.push(`${stale} to be looked at again`);
    }
    const empty = position === "none-found" || position === "not-assessed";
    if (empty || !parts.length) {
      const label = position === "none-found" ? "∅ none found" : position === "not-assessed" ? "? not assessed" : "";
      const sign = label ? `${label}, ${strand.grade}` : "–";
      button.append(element("span", sign, { class: `sign ${position}` }));
      parts.push(label ? `${data.positions[position]}, search grade ${strand.grade}` : "nothing shown");
    } else {
      parts.push(data.positions[position]);
    }
    button.setAttribute("aria-label", `${strand.name}, ${code}: ${parts.join(", ")}`);
    button.addEventListener("click", () => list(strand.key, code, true));
    const cell = element("td", null, { class: "cell" });
    cell.append(button);
    return cell;
  };

  const drawMap = (choice, initiatives) => {
    const table = element("table");
    table.append(element("caption", `Strands down, ${NAMES[choice.across] || choice.across} across`, { class: "small" }));
    const head = element("tr");
    head.append(element("th", "Strand", { scope: "col" }));
    const codes = shownCodes(choice, initiatives);
    for (const code of codes) head.append(element("th", code.replaceAll("-", " "), { scope: "col" }));
    const top = element("thead");
    top.append(head);
    const body = element("tbody");
    for (const strand of shownStrands(choice)) {
      const row = element("tr");
      const name = element("th", strand.name, { scope: "row" });
      name.append(element("div", `${data.positions[strand.position]} (grade ${strand.grade})`, { class: "small" }));
      if (strand.recheck) name.append(element("div", restsOn(strand), { class: "stale" }));
      row.append(name);
      for (const code of codes) row.append(cellOf(strand, code, choice, initiatives));
      body.append(row);
    }
    table.append(top, body);
    byId("map").replaceChildren(table);
  };

  const drawTable = (choice, initiatives) => {
    const table = element("table");
    const head = element("tr");
    for (const name of ["Strand", "Initiative", "Organisation", "Level", "Counts", "State", "Quote", "Seen"]) {
      head.append(element("th", name, { scope: "col" }));
    }
    const top = element("thead");
    top.append(head);
    const body = element("tbody");
    for (const strand of shownStrands(choice)) {
      for (const each of initiatives.filter((one) => bears(one, strand.key, choice))) {
        const assessment = each.strands[strand.key];
        const row = element("tr");
        row.append(element("th", strand.name, { scope: "row" }));
        const title = element("td");
        title.append(linked(each));
        row.append(title, element("td", each.organisation), element("td", levelOf(assessment)),
          element("td", assessment.counted ? "yes" : assessment.why_not ? `no: ${assessment.why_not}` : "no"), element("td", stateOf(assessment) || "holds"), element("td", assessment.quote || "no quote"),
          element("td", assessment.seen || "not known"));
        body.append(row);
      }
    }
    table.append(top, body);
    byId("map").replaceChildren(table);
  };

  const restsOn = (strand) => `rests on ${strand.recheck} to be looked at again` +
    (strand.without_recheck
      ? `; without ${strand.recheck === 1 ? "it" : "them"}: ${data.positions[strand.without_recheck]}` : "");
  const stateOf = (assessment) =>
    [assessment.recheck && `to be looked at again: ${assessment.recheck}`,
      assessment.says_else && `its pages: ${assessment.says_else}`,
      assessment.quiet && `quiet: ${assessment.quiet}`].filter(Boolean).join("; ");
  const levelOf = (assessment) => (assessment.basis === "confirmed" ? assessment.level : `${assessment.level} (a proposal)`);
  const linked = (initiative) =>
    initiative.url
      ? element("a", initiative.title, { href: initiative.url, rel: "noopener noreferrer" })
      : element("span", initiative.title);

  const list = (strandKey, code, focus) => {
    const choice = chosen();
    const strand = data.strands.find((each) => each.key === strandKey);
    if (!strand) return;
    open = [strandKey, code];
    const members = shownInitiatives(choice).filter(
      (each) => each[choice.across].includes(code) && bears(each, strandKey, choice));
    byId("listed-title").textContent = `${strand.name}, ${code.replaceAll("-", " ")}: ${members.length} found`;
    byId("list").replaceChildren(...members.map((each) => {
      const assessment = each.strands[strandKey];
      const item = element("li");
      item.append(linked(each), element("div", `${each.organisation}; ${levelOf(assessment)}; ${assessment.counted ? "counts" : `does not count${assessment.why_not ? `: ${assessment.why_not}` : ""}`}`));
      const state = stateOf(assessment);
      if (state) item.append(element("div", state, { class: "stale" }));
      item.append(assessment.quote ? element("blockquote", assessment.quote) : element("div", "no quote yet", { class: "small" }));
      item.append(element("div", assessment.seen ? `seen ${assessment.seen}` : "not seen by a crawl", { class: "small" }));
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
    const choice = chosen();
    const parameters = new URLSearchParams();
    for (const id of CONTROLS) {
      if (choice[id] && choice[id] !== FIRST[id]) parameters.set(id, choice[id]);
    }
    if (open) parameters.set("cell", open.join("/"));
    const hash = parameters.toString();
    if (hash !== location.hash.slice(1)) history.replaceState(null, "", `#${hash}`);
  };

  const draw = () => {
    const choice = chosen();
    const initiatives = shownInitiatives(choice);
    (choice.view === "table" ? drawTable : drawMap)(choice, initiatives);
    const assessments = initiatives.flatMap((each) => Object.values(each.strands));
    const confirmed = assessments.filter((each) => each.basis === "confirmed").length;
    const across = NAMES[choice.across] || choice.across;
    const nowhere = initiatives.filter((each) => !each[choice.across].length).length;
    byId("count").textContent = `${initiatives.length} of ${data.initiatives.length} initiatives shown` +
      (nowhere && choice.view === "map" ? `, ${nowhere} of them in no column, as nobody coded their ${across}` : "") +
      (data.settled ? "." : `; ${confirmed} of the ${assessments.length} assessments shown are confirmed by a person, ` +
      "the rest are proposals. Positions rest on confirmed ones alone.");
    if (open) list(open[0], open[1], false);
    keep();
  };

  const read = () => {
    const parameters = new URLSearchParams(location.hash.slice(1));
    for (const id of CONTROLS) {
      byId(id).value = parameters.get(id) ?? FIRST[id] ?? "";
      if (byId(id).value === "" && FIRST[id]) byId(id).value = FIRST[id];
    }
    const cell = (parameters.get("cell") || "").split("/");
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
