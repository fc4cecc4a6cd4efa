// --- the bar at the top of a notebook, and the progress: read after faces.js, whose helpers this uses ---------------------------

function meter(percent, label) {
  const aria = { role: "meter", "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": percent, "aria-label": label };
  return h("span.meter", aria, h("span", { style: `width:${percent}%` }));
}

const pointsOf = (sums) => h(`span.points${sums.points === "0.0" ? ".none" : ""}`, {}, h("b", {}, sums.points), ` / ${sums.out_of}`);
const taskLink = (to, words) => h("span.next", {}, h("small", {}, words.next_task), linkTo(to, `${to.code} ${to.title}\u00a0→`));

CARDS.progress = function progressCard(view, model, state) {
  const { words } = view;
  const modules = view.modules.map((m) => {
    const row = (t) => {
      const missing = t.state === "begun" && h("small", {}, `${words.missing}: ${t.missing.join("; ")}`);
      const mark = { done: "✓", begun: "◐", open: "○" }[t.state];
      const title = t.href ? linkTo(t, t.title) : t.title;
      return h(`li.${t.state}`, {}, h("b", {}, mark), h("span.code", {}, t.code), h("span", {}, title, missing), h("i", {}, `${t.points} / ${t.out_of}`));
    };
    const name = h("span.module", {}, h("b", {}, m.title || m.name), m.title && h("small", {}, m.name));
    const summary = h("summary", {}, name, meter(m.percent, m.title || m.name), h("span.dim", {}, m.done), pointsOf(m));
    const fold = h("details", { open: state.open.has(m.name) || view.modules.length === 1 }, summary, h("ul.tasks", {}, m.tasks.map(row)));
    fold.addEventListener("toggle", () => (fold.open ? state.open.add(m.name) : state.open.delete(m.name)));
    return fold;
  });
  const head = h(
    "div.head",
    {},
    h("h2", {}, words.progress),
    h("span.dim", {}, view.done),
    view.next && taskLink(view.next, words),
    h("span.grow"),
    meter(view.percent, words.progress),
    pointsOf(view),
  );
  return { node: h("div.card", { role: "group", "aria-label": words.progress }, head, h("div.modules", {}, modules)) };
};

/** More sessions than this are shown only when asked for. */
const MOST_PILLS = 4;

CARDS.bar = function barCard(view, model, state) {
  const { words } = view;
  const days = h("input", { type: "text", inputmode: "numeric", value: "5", "aria-label": words.days, "data-key": "days" });
  const advance = (n) => (event) => {
    event.preventDefault();
    model.send({ do: "advance", days: n ?? days.value });
  };
  const clock = h(
    "form",
    { novalidate: true, "aria-label": words.day, onsubmit: advance() },
    h("span", {}, h("small", {}, words.day), h("b", {}, view.day)),
    h("button.tool", { type: "button", "data-key": "next_day", onclick: advance("1") }, `${words.next_day} ▸`),
    h("button.plain", { type: "submit", "data-key": "advance" }, words.forward),
    h("div.in", {}, days, h("em", {}, words.days)),
  );
  enterSubmits(clock, advance());

  const acts = (s, a) => model.send({ do: "act", role: s.role, actor: a });
  const session = (s) => {
    const [acting] = s.actors;
    const choose = (event) => acts(s, event.target.value);
    const who =
      s.actors.length > 1
        ? h("select", { "aria-label": `${words.act_as}: ${s.title}`, "data-key": `act.${s.role}`, onchange: choose }, s.actors.map((a) => h("option", { value: a.name }, a.name)))
        : h("b", {}, acting.name);
    const out = () => model.send({ do: "out", role: s.role, actor: acting.name });
    return h("span.pill", {}, `${s.title} `, who, h("button.icon", { type: "button", "aria-label": acting.out, title: acting.out, onclick: out }, "×"));
  };
  const folded = (name, title, count, inside) => {
    const fold = h("details", { open: state.open.has(name) }, h("summary", { "data-key": name }, title, h("span.count", {}, count)), inside);
    fold.addEventListener("toggle", () => (fold.open ? state.open.add(name) : state.open.delete(name)));
    return fold;
  };
  const pills = h("div.sessions", { role: "group", "aria-label": words.signed_in }, view.sessions.length ? view.sessions.map(session) : h("span.dim", {}, words.nobody));
  const sessions = view.sessions.length > MOST_PILLS ? folded("sessions", words.signed_in, view.sessions.length, pills) : pills;

  const key = (k) => {
    const said = h("code", { role: "status" }, "");
    const button = h("button.plain", { type: "button", "data-key": `key.${k.label}.${k.name}`, "aria-label": k.show, title: k.show }, words.copy);
    button.addEventListener("click", () => {
      state.wanted = (text) => {
        said.textContent = text;
        navigator.clipboard?.writeText(text).then(
          () => (said.textContent = `${text} ✓ ${words.copied}`),
          () => getSelection().selectAllChildren(said),
        );
      };
      model.send({ do: "key", label: k.label, view: state.id });
    });
    return h("li", {}, h("span", {}, k.title), h("b", {}, k.name), said, button);
  };
  const ring = view.keys.length ? folded("keys", words.keys, view.keys.length, [h("p.dim", {}, words.keys_help), h("ul.keys", {}, view.keys.map(key))]) : null;
  listenForKeys(model, state);

  const languages = Object.entries({ zh: "中文", en: "English" }).map(([code, name]) => {
    const speak = () => model.send({ do: "language", language: code });
    return h("button", { type: "button", lang: code, "data-key": `language.${code}`, "aria-pressed": String(code === view.language), onclick: speak }, name);
  });
  const far = view.progress && h("span.far", {}, h("small", {}, view.progress.done), h("span", {}, meter(view.progress.percent, words.progress), pointsOf(view.progress)));
  const next = view.progress && (view.next ? taskLink(view.next, words) : h("span.dim", {}, words.every_task));
  const node = h(
    "div.card.bar",
    { role: "group", "aria-label": words.bar },
    h("span", {}, h("small", {}, words.student), h("b", {}, view.student)),
    clock,
    far,
    next,
    next ? null : h("span.grow"),
    h("span.languages", { role: "group", "aria-label": words.language }, languages),
    h("div.who", {}, sessions, ring),
    view.problem && h("div.whole", { role: "alert" }, view.problem),
  );
  return { node };
};

/** A password comes to the view that asked for it, and is kept nowhere; a view listens once. */
function listenForKeys(model, state) {
  if (state.listening) return;
  state.listening = true;
  model.on("msg:custom", (content) => content.key && content.view === state.id && state.wanted?.(content.text));
}
