// The faces of ecomlab. The kernel sends `view`, all that is to be seen, in one language; this draws it. What the
// student does goes back as one message with all its values. Text is set as text; the only HTML taken as such is the
// kernel's own escaped table.

let views = 0;
let sent = 0;

/** An element: h("p.dim", { id: "x" }, "text", child). Attributes that are false or null are left out. */
function h(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name);
  if (classes.length) node.className = classes.map((c) => `ecl-${c}`).join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "value") node.value = value;
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value === true ? "" : value);
  }
  // JupyterLab looks at the focused element first: without this, typing "dd" at a dropdown would delete the cell
  if (/^(BUTTON|INPUT|SELECT|SUMMARY|TEXTAREA)$/.test(node.tagName) || "tabindex" in attributes) node.dataset.lmSuppressShortcuts = "true";
  node.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

/**
 * A link to the form of another task, in this notebook or one beside it. JupyterLab follows links of its own outputs only, so the same
 * link in the still picture beside this face, which it has made ready, is clicked; elsewhere the address opens in a tab of its own.
 */
function linkTo(to, ...text) {
  if (!to.href) return h("b", {}, text);
  const follow = (event) => {
    const ready = event.currentTarget.closest(".jp-OutputArea")?.querySelector(`.ecl-reopen a[data-to="${CSS.escape(to.code)}"]`);
    if (!ready) return;
    event.preventDefault();
    ready.click();
  };
  return h("a.to", { href: to.href, target: "_blank", "data-key": `to.${to.code}`, onclick: follow }, text);
}

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/**
 * Enter submits, and Ctrl+Enter does where Enter makes a new line. An Enter that only ends a composition (Chinese input
 * methods) is left alone.
 */
function enterSubmits(form, submit) {
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    if (event.target.tagName === "INPUT" || event.ctrlKey || event.metaKey) submit(event);
  });
}

/** The kernel's own table, escaped there. Keys pressed at its signs are none of the notebook's business. */
function tableNode(html) {
  const node = h("div.result", { tabindex: 0 });
  node.classList.add("jp-RenderedHTMLCommon");
  node.innerHTML = html;
  for (const sign of node.querySelectorAll("summary")) sign.dataset.lmSuppressShortcuts = "true";
  return node;
}

// --- the form of a task ------------------------------------------------------------------------------------------

function taskCard(view, model, state) {
  const { words, form } = view;
  const typed = state.typed[form.command] ?? {};
  const uid = `ecl-${state.id}`;
  const controls = {};
  const described = (name, ...parts) => parts.filter(([, there]) => there).map(([part]) => `${uid}-${name}-${part}`).join(" ") || null;

  const fieldNode = (field) => {
    const problem = form.problems[field.name];
    const id = `${uid}-${field.name}`;
    const key = `${form.command}.${field.name}`;
    const common = {
      id,
      "data-key": key,
      "aria-required": field.required ? "true" : null,
      "aria-invalid": problem ? "true" : null,
      "aria-describedby": described(field.name, ["msg", problem], ["help", field.help]),
    };
    const value = field.kind === "secret" ? state.secrets[key] ?? "" : typed[field.name] ?? field.value;
    const made = control(field, value, common, words);
    controls[field.name] = { ...made, kind: field.kind };
    const label = h(
      "label",
      { for: id, id: `${id}-label` },
      field.label,
      !field.required && field.value === "" && field.kind !== "flag" ? h("i", {}, ` ${words.optional}`) : null,
    );
    const [term, means] = meaning(field, id, words);
    const named = term ? h("div.named", {}, label, term) : label;
    return h(
      `div.field${field.wide ? ".wide" : ""}${problem ? ".bad" : ""}${field.kind === "flag" ? ".flag" : ""}`,
      {},
      field.kind === "flag" ? [made.node, named, means] : [named, means, made.node],
      problem && h("div.msg", { id: `${id}-msg` }, problem),
      field.help && h("div.help", { id: `${id}-help` }, field.help),
    );
  };

  const enter = form.fields.some((f) => f.long) ? words.enter_long : words.enter;
  const keep = () => {
    const open = Object.entries(controls).filter(([, c]) => c.kind !== "secret" && c.kind !== "upload");
    state.typed = { ...state.typed, [form.command]: Object.fromEntries(open.map(([name, c]) => [name, c.read()])) };
    state.saveSoon();
  };
  const act = (message) => {
    if (state.waiting) return;
    state.wait();
    state.saveNow();
    model.send({ ...message, id: state.waiting });
  };
  const submit = (event) => {
    event?.preventDefault();
    if (state.waiting) return;
    const reading = Object.values(controls).map((c) => c.reading?.()).filter(Boolean);
    if (reading.length) {
      Promise.all(reading).then(() => submit()); // a file is still being read
      return;
    }
    const values = Object.fromEntries(Object.entries(controls).map(([name, c]) => [name, c.read()]));
    keep();
    act({ do: "submit", command: form.command, values });
    for (const [, c] of secret) c.first.value = "";
  };

  const steps = h(
    "ol.steps",
    { "aria-label": words.steps },
    view.steps.map((s, i) => {
      const on = i === view.at;
      const go = () => !on && act({ do: "step", at: i });
      const button = h("button", { type: "button", "data-key": `step.${i}`, onclick: go }, h("b", {}, s.done ? "✓ " : `${i + 1} `), s.text);
      return h(`li${on ? ".on" : s.done ? ".done" : ""}`, { "aria-current": on ? "step" : null }, button);
    }),
  );
  const formNode = h(
    "form",
    { novalidate: true, autocomplete: "off", "aria-busy": "false", "aria-label": `${view.code} ${form.title}`.trim(), onsubmit: submit, oninput: keep, onchange: keep },
    form.whole.length ? h("div.whole", { role: "alert", tabindex: -1, "data-key": "whole" }, form.whole.map((text) => h("div", {}, text))) : null,
    form.fields.length ? h("div.grid", {}, form.fields.map(fieldNode)) : h("p.dim", {}, words.no_fields),
    h(
      "div.go",
      {},
      h("button.btn", { type: "submit", "data-key": "submit" }, form.title),
      h("button.plain", { type: "button", "data-key": "undo", onclick: () => act({ do: "undo" }) }, words.undo),
      h("button.plain", { type: "button", "data-key": "python", "aria-expanded": String(form.python !== ""), onclick: () => python() }, words.python),
      h("span.dim.wait", { role: "status" }, enter),
    ),
    form.python && h("pre.python", { tabindex: 0, role: "group", "aria-label": words.python }, h("code", {}, form.python)),
  );
  enterSubmits(formNode, submit);
  const python = () => {
    const open = Object.entries(controls).filter(([, c]) => c.kind !== "secret" && c.kind !== "upload");
    act({ do: "python", command: form.command, values: Object.fromEntries(open.map(([name, c]) => [name, c.read()])), key: "python" });
  };

  // what a term means stands below both, so that no column becomes wider than its words
  const fact = (line, id) => {
    const [sign, note] = meaning(line, id, words);
    return [h("dt", {}, line.label, sign), note && h("dd.means", {}, note), h("dd", {}, line.value)];
  };
  const outcome = view.outcome;
  const result = h(`div.outcome${outcome?.html ? ".below" : ""}`, { role: "status", "aria-live": "polite" });
  if (outcome) {
    result.append(h("div.said", {}, `✓ ${outcome.said}`, outcome.lines?.length === 1 ? h("code", {}, outcome.lines[0]) : null));
    if (outcome.html) result.append(tableNode(outcome.html));
    if (outcome.card) result.append(h("dl.facts", {}, outcome.card.map((line, i) => fact(line, `${uid}-fact-${i}`))));
    if (outcome.lines?.length > 1) result.append(h("ul", {}, outcome.lines.map((text) => h("li", {}, text))));
  }

  const need = (n) => h(`li${n.met ? ".yes" : ".no"}`, {}, h("b", {}, n.met ? "✓" : "○"), h("span", {}, n.text), h("i", {}, n.points));
  const aside = view.needs.length > 0 && h(
    "div.aside",
    {},
    h("h3", {}, view.complete ? words.did : words.still_needed),
    h("ul.need", {}, view.needs.map(need)),
    view.hint && !view.complete && h("div.hint", { role: "note", "aria-label": words.hint }, view.hint),
  );
  const first = view.first && h("p.first", { role: "note" }, view.first.text, " ", view.first.href && linkTo(view.first, `${view.first.code}\u00a0→`));
  const unfold = h("button.plain", { type: "button", "data-key": "open", onclick: () => act({ do: "open" }) }, view.complete ? words.again : words.anyway);
  const undo = h("button.plain", { type: "button", "data-key": "undo", onclick: () => act({ do: "undo" }) }, words.undo);
  const onward = view.next ? [words.next_is, linkTo(view.next, `${view.next.code} ${view.next.title}\u00a0→`)] : words.every_task;
  const finished =
    view.complete &&
    h(
      "div.finished",
      { role: "status", tabindex: -1, "data-key": "finished" },
      h("b", {}, `✓ ${words.all_done}`),
      h("span.points", {}, h("b", {}, view.points), ` / ${view.out_of}`),
      h("p", {}, onward),
    );
  const onlyOne = view.steps.length === 1 && !view.needs.length; // a command's own form says by its title what it does
  const body = view.folded ? h("div.go", {}, unfold, view.complete && undo, h("span.dim.wait", { role: "status" })) : [!onlyOne && steps, formNode];
  const node = h(
    "div.card.task",
    { role: "group", "aria-label": `${view.code} ${view.title}`.trim() },
    h(
      "div.head",
      {},
      view.code && h("span.code", {}, view.code),
      h("h2", {}, view.title),
      h("span.grow"),
      h(`span.pill${view.acting.ready ? "" : ".warn"}`, { title: view.acting.text }, view.acting.text),
      view.needs.length > 0 &&
        h(`span.points${view.points === "0.0" ? ".none" : ""}`, { title: words.points }, h("b", {}, view.points), ` / ${view.out_of}`),
    ),
    h("div.main", {}, h("div.part", {}, view.goal && h("p.goal", {}, view.goal), finished, first, body, outcome?.html ? null : result), aside),
    outcome?.html ? result : null, // a table has the whole width
    view.chain.length ? h("div.foot", {}, h("h3", {}, words.stands), chain(view.chain, words)) : null,
  );
  const secret = Object.entries(controls).filter(([, c]) => c.kind === "secret");
  const bad = form.fields.find((f) => form.problems[f.name]);
  return {
    node,
    wait: (on, text) => {
      formNode.setAttribute("aria-busy", String(on));
      for (const button of node.querySelectorAll(".ecl-go button")) button.setAttribute("aria-disabled", String(on));
      node.querySelector(".ecl-wait").textContent = text ?? (on ? words.waiting : view.folded ? "" : enter);
    },
    silent: words.silent,
    answeredFocus: () => {
      if (view.folded) return finished || node.querySelector("[data-key=open]");
      if (form.python) return formNode.querySelector("[data-key=python]");
      if (bad) return controls[bad.name].first;
      return form.whole.length ? formNode.querySelector(".ecl-whole") : (Object.values(controls)[0]?.first ?? formNode.querySelector(".ecl-btn"));
    },
    secrets: () => Object.fromEntries(secret.map(([name, c]) => [`${form.command}.${name}`, c.first.value])),
  };
}

function chain(nodes, words) {
  return h(
    "ol.chain",
    {},
    nodes.map((n) => {
      const said = n.open ? words.next_state : `${n.title} · ${n.states}`;
      return h(`li.node${n.current ? ".cur" : n.open ? ".off" : ""}`, { "aria-current": n.current ? "true" : null }, h("b", {}, n.number || n.title), said);
    }),
  );
}

// --- chart -------------------------------------------------------------------------------------------------------

function chartCard(view, model, state) {
  const image = h("img.chart", { alt: view.alt, style: `width:${view.width * 96}px` });
  URL.revokeObjectURL(state.url);
  state.url = URL.createObjectURL(new Blob([model.get("png")], { type: "image/png" }));
  image.src = state.url;
  return { node: image };
}

const brokenCard = (view) => ({ node: h("div.whole", { role: "alert" }, view.text) });
const CARDS = { task: taskCard, chart: chartCard, broken: brokenCard };

// --- a view of the widget ----------------------------------------------------------------------------------------

function render({ model, el }) {
  const root = h("div.root");
  // what is typed here is none of the notebook's business: it would swallow Enter
  for (const kind of ["keydown", "keypress", "keyup"]) root.addEventListener(kind, (event) => event.stopPropagation());
  el.append(root);
  let card = null;
  let timer = 0;
  const state = {
    id: `${Date.now().toString(36)}-${++views}`,
    typed: model.get("drafts") ?? {},
    secrets: {},
    open: new Set(),
    url: "",
    waiting: null,
    saveNow() {
      clearTimeout(timer);
      if (model.get("drafts") === undefined) return;
      model.set("drafts", state.typed);
      model.save_changes();
    },
    saveSoon() {
      clearTimeout(timer);
      timer = setTimeout(state.saveNow, 400);
    },
    wait() {
      state.waiting = `${state.id}-${++sent}`;
      card.wait(true);
      const { waiting } = state;
      setTimeout(() => state.waiting === waiting && card.wait?.(true, card.silent), 8000);
    },
  };

  const draw = () => {
    const view = model.get("view");
    if (!CARDS[view.face]) return;
    const answer = view.answered ?? {};
    const own = state.waiting !== null && answer.id === state.waiting;
    if (answer.accepted && answer.id !== state.settled && !(view.form?.query && view.form.command === answer.command)) {
      const { [answer.command]: gone, ...rest } = state.typed;
      state.typed = rest;
      if (gone && own) state.saveSoon();
    }
    state.settled = answer.id;
    if (own) state.waiting = null;
    state.secrets = own && !answer.kept ? {} : (card?.secrets?.() ?? {});
    const focused = root.contains(document.activeElement) ? document.activeElement : null;
    const key = focused?.dataset.key;
    const selection = focused && "selectionStart" in focused ? [focused.selectionStart, focused.selectionEnd] : null;
    card = CARDS[view.face](view, model, state);
    state.secrets = {};
    root.lang = view.language === "zh" ? "zh-CN" : "en";
    root.replaceChildren(card.node);
    if (state.waiting) card.wait?.(true);
    if (!focused) return;
    const again = own ? card.answeredFocus() : key && root.querySelector(`[data-key="${CSS.escape(key)}"]`);
    again?.focus({ preventScroll: true });
    if (!own && selection && selection[0] !== null) again?.setSelectionRange?.(...selection);
  };

  model.on("change:view", draw);
  model.on("change:png", draw);
  draw();

  const told = new IntersectionObserver(([entry]) => model.send({ do: "seen", view: state.id, on: entry.isIntersecting }), { rootMargin: "400px" });
  told.observe(root);
  return () => {
    told.disconnect();
    clearTimeout(timer);
    model.off("change:view", draw);
    model.off("change:png", draw);
    URL.revokeObjectURL(state.url);
    model.send({ do: "seen", view: state.id, on: false });
  };
}

export default { render };
