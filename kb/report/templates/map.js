"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const FILTERS = ["region", "role", "kind", "reach", "status", "organisation_kind"];
  const ACROSS = Object.keys(data.columns).filter((facet) => data.columns[facet].length);
  const CONTROLS = ["across", "basis", ...FILTERS, "words", "view"];
  const FIRST = { across: "means", basis: "all", view: "map" };
  const NAMES = { organisation_kind: "kind of organisation", means: "means of support" };
  const SOUND = 0, AGAIN = 1, PROPOSED = 2;
  const SIDE = 34; // the largest square of a cell, in units of its drawing
  const AT_ONCE = 300; // rows of the table that are shown at first
  const NARROW = 700; // px, under which filters are folded away
  const SVG = "http://www.w3.org/2000/svg";
  const POSITION = data.positions.map(([key, printed, bars]) => ({ key, printed, bars }));
  const text = (place) => (place < 0 ? "" : data.texts[place]);
  const strands = data.strands.map(([key, name, position, grade, recheck, without]) =>
    ({ key, name, position: POSITION[position], grade, recheck, without: POSITION[without] }));
  const initiatives = data.initiatives.map(([title, organisation, url, codes, assessed]) => {
    const bears = new Map(assessed.map(
      ([strand, level, state, confirmed, whyNot, recheck, quiet, says, seen, quote]) => [strand, {
        level: text(level), state, confirmed, whyNot: text(whyNot), recheck: text(recheck),
        quiet: text(quiet), says: text(says), seen: text(seen), quote,
      }]));
    const words = [title, text(organisation), ...assessed.map((each) => each[9])].join(" ").toLowerCase();
    return { title, organisation: text(organisation), url, codes, bears, words };
  });
  let open = null; // the cell whose initiatives are listed: numbers of strand and column
  let sorted = [0, 1]; // the column the table is sorted by, and 1 or -1
  let most = AT_ONCE;

  const element = (tag, content, attributes = {}) => {
    const node = document.createElement(tag);
    if (content !== undefined && content !== null) node.textContent = content;
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  };
  const drawn = (tag, attributes) => {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  };
  const fill = (select, entries, first) => {
    select.replaceChildren();
    if (first) select.append(element("option", first, { value: "" }));
    for (const [value, name] of entries) select.append(element("option", name, { value }));
  };
  const counted = (count, one, many) => `${count} ${count === 1 ? one : many}`;

  const chosen = () => Object.fromEntries(CONTROLS.map((id) => [id, byId(id).value]));
  const has = (initiative, facet, codes) => (initiative.codes[facet] || []).some((code) => codes.includes(code));
  const holds = (initiative, choice) =>
    FILTERS.every((facet) => !choice[facet] || has(initiative, facet, [choice[facet]])) &&
    choice.words.toLowerCase().split(/\s+/).every((word) => initiative.words.includes(word));
  const shown = (choice) => initiatives.filter((each) => holds(each, choice));
  const assessment = (initiative, strand, choice) => {
    const found = initiative.bears.get(strand);
    return found && (choice.basis === "all" || found.confirmed) ? found : null;
  };
  const members = (strand, column, choice, among) => {
    const codes = data.columns[choice.across][column][1];
    return among.filter((each) => assessment(each, strand, choice) && has(each, choice.across, codes));
  };
  const states = (strand, found) => {
    const counts = [0, 0, 0, 0];
    for (const each of found) counts[each.bears.get(strand).state] += 1;
    return counts;
  };

  const bars = (position) => {
    const sign = drawn("svg", { class: "sign bars", viewBox: "0 0 22 16", "aria-hidden": "true" });
    for (let bar = 0; bar < 4; bar += 1) {
      sign.append(drawn("rect", {
        class: bar < position.bars ? "full" : "empty", x: 1 + bar * 5, y: 3, width: 3.6, height: 10,
      }));
    }
    return sign;
  };
  const squares = (counts, largest) => {
    const picture = drawn("svg", { class: "squares", viewBox: `0 0 ${SIDE + 2} ${SIDE + 2}`, "aria-hidden": "true" });
    const side = (count) => Math.max(7, SIDE * Math.sqrt(count / largest));
    const layers = [
      ["proposed", counts[SOUND] + counts[AGAIN] + counts[PROPOSED], counts[PROPOSED]],
      ["again", counts[SOUND] + counts[AGAIN], counts[AGAIN]],
      ["sound", counts[SOUND], counts[SOUND]],
    ];
    for (const [name, total, own] of layers) {
      if (!own) continue;
      const width = side(total);
      picture.append(drawn("rect", { class: name, x: 1, y: SIDE + 1 - width, width, height: width }));
    }
    return picture;
  };

  const cellOf = (strand, column, choice, found, largest) => {
    const position = POSITION[data.cells[choice.across][strand][column]];
    const counts = states(strand, found);
    const pictured = counts[SOUND] + counts[AGAIN] + counts[PROPOSED];
    const cell = element("td", null, { class: "cell", role: "cell" });
    const button = element("button", null, { type: "button", "data-strand": strand, "data-column": column });
    if (!pictured) button.classList.add(position.key === "not-assessed" ? "unlooked" : "looked");
    if (pictured) {
      button.append(squares(counts, largest));
      const sound = counts[SOUND] + counts[AGAIN];
      const number = element("span", sound || "", { class: "number" });
      if (counts[PROPOSED]) number.append(element("span", `+${counts[PROPOSED]}`, { class: "more" }));
      button.append(number);
    }
    if (position.bars) button.append(bars(position));
    const parts = [
      position.printed,
      counts[SOUND] && `${counts[SOUND]} confirmed`,
      counts[AGAIN] && `${counts[AGAIN]} to be looked at again`,
      counts[PROPOSED] && `${counts[PROPOSED]} proposed`,
      counts[3] && counted(counts[3], "that does not count", "that do not count"),
    ].filter(Boolean);
    const name = data.columns[choice.across][column][0];
    button.setAttribute("aria-label", `${strands[strand].name}, ${name}: ${parts.join(", ")}`);
    button.addEventListener("click", () => list(strand, column, true));
    cell.append(button);
    return cell;
  };

  const restsOn = (strand) => `rests on ${strand.recheck} to be looked at again` +
    (strand.without ? `; without ${strand.recheck === 1 ? "it" : "them"}: ${strand.without.printed}` : "");

  const drawMap = (choice, among) => {
    const columns = data.columns[choice.across];
    const found = strands.map((_, strand) => columns.map((_, column) => members(strand, column, choice, among)));
    const totals = found.flatMap((row, strand) => row.map((each) => {
      const counts = states(strand, each);
      return counts[SOUND] + counts[AGAIN] + counts[PROPOSED];
    }));
    const largest = Math.max(4, ...totals);
    const table = element("table", null, { class: "grid", role: "table", "aria-label": `Strands by ${NAMES[choice.across] || choice.across}` });
    table.style.setProperty("--columns", String(columns.length));
    const head = element("tr", null, { role: "row" });
    head.append(element("th", "Strand", { scope: "col", role: "columnheader", class: "corner" }));
    for (const [name] of columns) {
      const cell = element("th", null, { scope: "col", role: "columnheader" });
      cell.append(element("span", name));
      head.append(cell);
    }
    const top = element("thead", null, { role: "rowgroup" });
    top.append(head);
    const body = element("tbody", null, { role: "rowgroup" });
    strands.forEach((strand, at) => {
      const row = element("tr", null, { role: "row" });
      const name = element("th", null, { scope: "row", role: "rowheader" });
      name.append(element("span", strand.name, { class: "name" }));
      const stands = element("span", null, { class: "stands" });
      if (strand.position.bars) stands.append(bars(strand.position));
      stands.append(element("span", `${strand.position.printed}; search grade ${strand.grade}`));
      name.append(stands);
      if (strand.recheck) name.append(element("span", restsOn(strand), { class: "stale" }));
      row.append(name);
      found[at].forEach((each, column) => row.append(cellOf(at, column, choice, each, largest)));
      body.append(row);
    });
    table.append(top, body);
    byId("map").replaceChildren(table);
  };

  const levelOf = (each) => (each.confirmed ? each.level : `${each.level} (a proposal)`);
  const stateOf = (each) =>
    [each.recheck && `to be looked at again: ${each.recheck}`, each.says && `its pages: ${each.says}`,
      each.quiet && `quiet: ${each.quiet}`].filter(Boolean).join("; ");
  const countsOf = (each) => (each.state < PROPOSED ? "counts" : `does not count${each.whyNot ? `: ${each.whyNot}` : ""}`);
  const linked = (initiative) =>
    initiative.url
      ? element("a", initiative.title, { href: initiative.url, rel: "noopener noreferrer" })
      : element("span", initiative.title);

  const HEADS = ["Strand", "Initiative", "Organisation", "Level", "Counts", "State of the evidence", "Quote", "Seen"];
  const drawTable = (choice, among) => {
    const rows = [];
    strands.forEach((strand, at) => {
      for (const each of among) {
        const found = assessment(each, at, choice);
        if (!found) continue;
        rows.push([each, [strand.name, each.title, each.organisation, levelOf(found),
          countsOf(found), stateOf(found) || "holds", found.quote || "no quote", found.seen || "not known"], at]);
      }
    });
    const [by, way] = sorted;
    const order = new Intl.Collator("en-GB").compare;
    rows.sort((one, two) => way * (by === 0 ? one[2] - two[2] : order(one[1][by], two[1][by])));
    const table = element("table", null, { class: "rows cards", role: "table", "aria-label": "Assessments" });
    const head = element("tr", null, { role: "row" });
    HEADS.forEach((name, at) => {
      const cell = element("th", null, { scope: "col", role: "columnheader" });
      if (at === by) cell.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
      const button = element("button", name, { type: "button" });
      button.addEventListener("click", () => {
        sorted = [at, at === by ? -way : 1];
        draw();
        document.querySelectorAll("#map thead button")[at].focus();
      });
      cell.append(button);
      head.append(cell);
    });
    const top = element("thead", null, { role: "rowgroup", class: "head" });
    top.append(head);
    const body = element("tbody", null, { role: "rowgroup" });
    for (const [initiative, values] of rows.slice(0, most)) {
      const row = element("tr", null, { role: "row" });
      values.forEach((value, at) => {
        const cell = element(at ? "td" : "th", null, at
          ? { role: "cell", "data-label": HEADS[at] } : { role: "rowheader", scope: "row" });
        if (at === 1) cell.append(linked(initiative));
        else cell.textContent = value;
        row.append(cell);
      });
      body.append(row);
    }
    table.append(top, body);
    byId("map").replaceChildren(table);
    if (rows.length > most) {
      const more = element("button", `Show ${Math.min(AT_ONCE, rows.length - most)} more of ${rows.length}`, { type: "button", id: "more" });
      more.addEventListener("click", () => { most += AT_ONCE; draw(); });
      byId("map").append(more);
    }
  };

  const list = (strand, column, focus) => {
    const choice = chosen();
    open = [strand, column];
    const found = members(strand, column, choice, shown(choice));
    const order = (each) => each.bears.get(strand).state;
    found.sort((one, two) => order(one) - order(two));
    const position = POSITION[data.cells[choice.across][strand][column]];
    byId("listed-title").textContent = `${strands[strand].name}, ${data.columns[choice.across][column][0]}`;
    byId("listed-count").textContent = `${position.printed[0].toUpperCase()}${position.printed.slice(1)}. ` +
      `${counted(found.length, "initiative", "initiatives")} listed; what counts comes first.`;
    byId("list").replaceChildren(...found.map((each) => {
      const bears = each.bears.get(strand);
      const item = element("li");
      item.append(linked(each), element("div", `${each.organisation}; ${levelOf(bears)}; ${countsOf(bears)}`));
      const state = stateOf(bears);
      if (state) item.append(element("div", state, { class: "stale" }));
      if (bears.quote) item.append(element("blockquote", bears.quote));
      else if (!data.settled) item.append(element("div", "no quote yet", { class: "small" }));
      item.append(element("div", bears.seen ? `seen ${bears.seen}` : "not seen by a crawl", { class: "small" }));
      return item;
    }));
    byId("listed").hidden = false;
    keep();
    if (focus) byId("listed-title").focus();
  };

  const close = () => {
    byId("listed").hidden = true;
    const back = open && document.querySelector(`button[data-strand="${open[0]}"][data-column="${open[1]}"]`);
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
    if (open) parameters.set("cell", `${strands[open[0]].key}/${data.columns[choice.across][open[1]][0]}`);
    const hash = parameters.toString();
    if (hash !== location.hash.slice(1)) history.replaceState(null, "", `#${hash}`);
  };

  const draw = () => {
    const choice = chosen();
    const among = shown(choice);
    (choice.view === "table" ? drawTable : drawMap)(choice, among);
    let total = 0;
    let confirmed = 0;
    for (const each of among) {
      for (const found of each.bears.values()) {
        total += 1;
        confirmed += found.confirmed ? 1 : 0;
      }
    }
    const across = NAMES[choice.across] || choice.across;
    const nowhere = among.filter((each) => !(each.codes[choice.across] || []).length).length;
    byId("count").textContent = `${among.length} of ${initiatives.length} initiatives shown` +
      (nowhere && choice.view === "map" ? `, ${nowhere} of them in no column, as nobody coded their ${across}` : "") +
      (data.settled ? "." : `; ${confirmed} of ${total} assessments shown are confirmed by a person, ` +
      "the rest are proposals. Where strands stand rests on confirmed ones alone.");
    if (open) list(open[0], open[1], false);
    keep();
  };

  const read = () => {
    const parameters = new URLSearchParams(location.hash.slice(1));
    for (const id of CONTROLS) {
      byId(id).value = parameters.get(id) ?? FIRST[id] ?? "";
      if (byId(id).value === "" && FIRST[id]) byId(id).value = FIRST[id];
    }
    const [key, name] = (parameters.get("cell") || "").split("/");
    const strand = strands.findIndex((each) => each.key === key);
    const column = data.columns[byId("across").value].findIndex((each) => each[0] === name);
    open = strand < 0 || column < 0 ? null : [strand, column];
    byId("listed").hidden = !open;
  };

  fill(byId("across"), ACROSS.map((facet) => [facet, NAMES[facet] || facet]));
  for (const facet of FILTERS) {
    const there = Object.entries(data.filters[facet]).filter(([code]) =>
      initiatives.some((each) => has(each, facet, [code])));
    fill(byId(facet), there, "all");
  }
  byId("filters").open = window.innerWidth >= NARROW;
  read();
  byId("controls").addEventListener("input", (event) => {
    if (open && event.target.id === "across") {
      open = null;
      byId("listed").hidden = true;
    }
    most = AT_ONCE;
    draw();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && open) close();
  });
  byId("controls").addEventListener("submit", (event) => event.preventDefault());
  byId("reset").addEventListener("click", () => { history.replaceState(null, "", "#"); read(); draw(); });
  byId("close").addEventListener("click", close);
  window.addEventListener("hashchange", () => { read(); draw(); });
  // On paper nothing can be opened.
  window.addEventListener("beforeprint", () => {
    for (const each of document.querySelectorAll("details.opened")) each.open = true;
  });
  draw();
})();
