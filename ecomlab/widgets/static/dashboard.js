// --- dashboards: read after faces.js and trace.js, whose helpers this uses -------------------------------------------------------

/** Rows that are shown before the rest is asked for. */
const FIRST_ROWS = 10;

function nothingNode({ why, todo, tasks }) {
  const ways = tasks.map((t) => h("li", {}, linkTo(t, `${t.code} ${t.title}\u00a0→`)));
  return h("div.nothing", { role: "status" }, h("b", {}, why), h("p", {}, todo), ways.length ? h("ul", {}, ways) : null);
}

CARDS.dashboard = function dashboardCard(view, model, state) {
  const { words } = view;
  const act = (message) => {
    state.held = document.activeElement?.dataset.key;
    state.wait();
    model.send({ ...message, id: state.waiting });
  };
  listenForFiles(model, state);

  const controls = {};
  const chosen = () => Object.fromEntries(Object.entries(controls).map(([name, read]) => [name, read()]));
  // a field that is taken from the page may still say that it changed: what is shown already is not asked for again
  let asked = "";
  const choose = () => {
    const values = chosen();
    if (JSON.stringify(values) === asked) return;
    asked = JSON.stringify(values);
    act({ do: "filter", values });
  };
  const filters = h(
    "form.filters",
    { novalidate: true, autocomplete: "off", onsubmit: (event) => (event.preventDefault(), choose()) },
    view.filters.map((f) => filterNode(f, `ecl-${state.id}-${f.name}`, words, choose, controls)),
  );
  asked = JSON.stringify(chosen());
  enterSubmits(filters, (event) => (event.preventDefault(), choose()));
  const take = (ending, label) =>
    h(
      "button.tool",
      { type: "button", title: label, "aria-label": label, "data-key": ending, onclick: () => model.send({ do: ending, view: state.id }) },
      h("span", { "aria-hidden": "true" }, `⤓ ${ending.toUpperCase()}`),
    );
  const { other } = view;
  const speak = h(
    "button.tool",
    { type: "button", lang: other.code, title: words.other_language, "data-key": "language", onclick: () => act({ do: "language", language: other.code }) },
    other.name,
  );
  const head = h(
    "div.top",
    {},
    h("div.heading", {}, h("h2", {}, view.title), h("p.dim", {}, view.question)),
    h("div.tools", {}, view.empty ? null : [take("csv", words.download_csv), take("png", words.download_png)], speak),
  );
  const figures = h(
    "dl.figures",
    {},
    view.figures.map((f, i) => h("div", {}, h("dt", {}, f.label, meaning(f, `ecl-${state.id}-figure-${i}`, words)), h("dd", {}, f.value), f.note && h(`dd.note${f.tone ? `.${f.tone}` : ""}`, {}, f.note))),
  );
  const panels = h("div.panels", {}, view.panels.map((p) => panelNode(p, words, act, state)));
  const pressed = (number) => act({ do: "trace", number });
  const drawer = (what, title, ...inside) => {
    const back = what === "drill" ? (state.mark ?? "") : "drill";
    const close = () => act({ do: "close", what, back });
    const node = h(
      "div.drawer",
      { role: "group", "aria-label": title },
      h("div.title", {}, h("h3", { tabindex: -1, "data-key": what }, title), h("button.icon", { type: "button", "aria-label": words.close, title: words.close, onclick: close }, "×")),
      inside,
    );
    node.addEventListener("keydown", (event) => event.key === "Escape" && (event.stopPropagation(), close()));
    return node;
  };
  const clickable = view.panels.some((p) => p.marks.length);
  const node = h(
    "div.board",
    { role: "group", "aria-label": view.title, "aria-busy": "false" },
    head,
    view.filters.length ? filters : null,
    view.empty ? nothingNode(view.empty) : null,
    view.figures.length ? figures : null,
    view.panels.length ? panels : null,
    clickable && !view.drill ? h("p.dim.tip", {}, words.click_bars) : null,
    view.drill ? drawer("drill", `${words.behind} · ${view.drill.title}`, sheetNode(view.drill.sheet, "drill", words, pressed, state)) : null,
    view.trace
      ? drawer("trace", filled(words.trace_of, view.trace), diagramNode(view.trace.diagram, pressed), sheetNode(view.trace.sheet, "trace", words, pressed, state))
      : null,
    view.sheet ? [h("h3.below", {}, view.heading), sheetNode(view.sheet, "table", words, pressed, state)] : null,
  );
  return {
    node,
    wait: (on) => node.setAttribute("aria-busy", String(on)),
    silent: words.silent,
    answeredFocus: () => {
      const key = view.answered?.focus || state.held;
      return key ? node.querySelector(`[data-key="${CSS.escape(key)}"]`) : null;
    },
  };
};

/** A filter: its label, its control, the problem with what was typed. */
function filterNode(f, id, words, choose, controls) {
  const common = { id, "data-key": `filter.${f.name}`, "aria-invalid": f.problem ? "true" : null, "aria-describedby": f.problem ? `${id}-msg` : null };
  let box;
  if (f.kind === "day") {
    const input = h("input", { ...common, type: "text", inputmode: "numeric", value: f.value, placeholder: "2026-09-01" });
    input.addEventListener("change", choose);
    const [button, picker] = calendar(input, words);
    picker.addEventListener("change", choose);
    box = h("div.in", {}, input, button, picker);
    controls[f.name] = () => input.value;
  } else {
    const list = h("select", { ...common, onchange: choose }, f.options.map(([value, label]) => h("option", { value }, label)));
    list.value = f.value;
    if (list.selectedIndex < 0) list.selectedIndex = 0;
    box = h("div.in", {}, list);
    controls[f.name] = () => list.value;
  }
  return h(`div.filter${f.problem ? ".bad" : ""}`, {}, h("div.named", {}, h("label", { for: id }, f.label), meaning(f, id, words)), box, f.problem && h("div.msg", { id: `${id}-msg`, role: "alert" }, f.problem));
}

/** An element of a picture. */
function drawn(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/**
 * A chart: matplotlib's own picture, with a region over each of its marks. One of them is in the tab order, arrow keys lead to the others;
 * each says its value where it is pointed at or focused, and leads to its documents. The picture may take the whole width.
 */
function panelNode(panel, words, act, state) {
  const picture = h("div.picture", {});
  picture.innerHTML = panel.svg; // the kernel's own
  const [svg] = picture.children;
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const inside = drawn("g", { "aria-hidden": "true" });
  inside.append(...svg.childNodes);
  svg.append(inside);
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", panel.alt);
  const tip = h("div.hover", { hidden: true, "aria-hidden": "true" });
  const say = (m) => () => {
    tip.textContent = m.label;
    tip.hidden = false;
    tip.style.top = `calc(${m.top}% - 4px)`;
    tip.style.left = `${Math.min(85, Math.max(15, m.left + m.width / 2))}%`;
  };
  const hush = () => (tip.hidden = true);
  const marks = panel.marks.map((m, i) => {
    const open = () => ((state.mark = `mark.${panel.name}.${m.key}`), act({ do: "drill", panel: panel.name, key: m.key }));
    const place = { x: (m.left * width) / 100, y: (m.top * height) / 100, width: (m.width * width) / 100, height: (m.height * height) / 100, rx: 2 };
    const mark = drawn("rect", {
      ...place,
      class: "ecl-mark",
      id: `${state.id}-${panel.name}-${i}`,
      role: "button",
      tabindex: i ? -1 : 0,
      "aria-label": m.label,
      "data-key": `mark.${panel.name}.${m.key}`,
      "data-lm-suppress-shortcuts": "true",
    });
    for (const event of ["pointerenter", "focus"]) mark.addEventListener(event, say(m));
    for (const event of ["pointerleave", "blur"]) mark.addEventListener(event, hush);
    mark.addEventListener("click", open);
    mark.addEventListener("keydown", (event) => (event.key === "Enter" || event.key === " ") && (event.preventDefault(), open()));
    return mark;
  });
  const group = drawn("g", { class: "ecl-marks", role: "group", "aria-label": filled(words.marks_of, panel) }, ...marks);
  group.addEventListener("keydown", (event) => {
    const at = marks.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: marks.length - 1 }[event.key];
    if (at < 0 || !marks[to]) return;
    event.preventDefault();
    marks[at].setAttribute("tabindex", -1);
    marks[to].setAttribute("tabindex", 0);
    marks[to].focus();
  });
  if (marks.length) svg.append(group);
  picture.append(tip);
  const name = `large.${panel.name}`;
  const button = h("button.icon", { type: "button", "data-key": name });
  const terms = panel.terms.map((t, i) => meaning(t, `ecl-${state.id}-${panel.name}-${i}`, words));
  const node = h(
    "figure.panel",
    { style: `--columns:${panel.columns}` },
    h("figcaption", {}, h("div.title", {}, h("h3", {}, panel.title), panel.columns < 12 && button), h("p.dim", {}, panel.subtitle)),
    terms.length > 0 && h("div.terms", {}, terms.map(([sign], i) => h("span", {}, panel.terms[i].label, sign)), terms.map(([, note]) => note)),
    picture,
  );
  const fit = () => {
    const large = state.open.has(name);
    const label = filled(large ? words.smaller : words.larger, panel);
    node.classList.toggle("ecl-large", large);
    button.textContent = large ? "⤡" : "⤢";
    button.title = label;
    button.setAttribute("aria-label", label);
  };
  button.addEventListener("click", () => (state.open.has(name) ? state.open.delete(name) : state.open.add(name), fit()));
  fit();
  return node;
}

/** A table; a document's number is a button that shows its chain. Long ones show their first rows until asked for all. */
function sheetNode(sheet, name, words, pressed, state) {
  // numbers stand to the right; days, states and names do not break
  const brief = sheet.heads.map((_, i) => sheet.rows.every((r) => r[i].length <= 14));
  const number = (i) => (sheet.number[i] ? ".num" : brief[i] ? ".brief" : "");
  const line = (r) =>
    h(
      "tr",
      {},
      r.map((text, i) => {
        const link = i === sheet.document && text;
        return h(`td${number(i)}`, {}, link ? h("button.link", { type: "button", "data-key": `${name}.${text}`, onclick: () => pressed(text) }, text) : text);
      }),
    );
  const head = (label, i) => h(`th${number(i)}`, { scope: "col" }, label, meaning({ label, means: sheet.means[i] }, `ecl-${state.id}-${name}-${i}`, words));
  const body = h("tbody", {});
  const all = state.open.has(name) || sheet.rows.length <= FIRST_ROWS + 2;
  if (!sheet.rows.length) body.append(h("tr", {}, h("td.dim", { colspan: sheet.heads.length }, words.no_rows)));
  body.append(...(all ? sheet.rows : sheet.rows.slice(0, FIRST_ROWS)).map(line));
  const table = h("table", {}, h("thead", {}, h("tr", {}, sheet.heads.map(head))), body);
  const more = h("button.plain", { type: "button", "data-key": `${name}.more` }, filled(words.more_rows, { n: sheet.rows.length }));
  more.addEventListener("click", () => {
    state.open.add(name);
    body.replaceChildren(...sheet.rows.map(line));
    more.remove();
  });
  return h("div.sheet", { tabindex: 0 }, table, all ? null : more);
}

/** Saves the files that the kernel sends to this view; a view listens once. */
function listenForFiles(model, state) {
  if (state.listening) return;
  state.listening = true;
  model.on("msg:custom", (content, buffers) => {
    if (!content.file || content.view !== state.id) return;
    const url = URL.createObjectURL(new Blob([buffers[0]], { type: content.type }));
    const link = h("a", { href: url, download: content.file });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  });
}
