// Read after faces.js, whose helpers this uses.

// --- fields ------------------------------------------------------------------------------------------------------

/** A term beside its label: a button that tells on hover and, clicked, tapped or from the keyboard, in a line of its own what the glossary says. */
function meaning(field, id, words) {
  if (!field.means) return [];
  const note = h("div.meaning", { id: `${id}-means`, role: "note" }, field.means);
  note.hidden = true;
  const toggle = () => {
    note.hidden = !note.hidden;
    button.setAttribute("aria-expanded", String(!note.hidden));
  };
  const label = filled(words.meaning, field);
  const button = h("button.term", { type: "button", title: field.means, "aria-label": label, "aria-expanded": "false", "aria-controls": note.id, onclick: toggle }, "?");
  return [button, note];
}

/** A control for one field: { node, read, first }. `common` are the attributes of its input: id, aria and the like. */
function control(field, value, common, words) {
  if (field.kind === "rows") return rows(field, value, common, words);
  if (field.kind === "flag") {
    const box = h("input", { ...common, type: "checkbox" });
    box.checked = value === true || value === "True";
    return { node: box, read: () => box.checked, first: box };
  }
  if (field.kind === "upload") return upload(field, common, words);
  if (field.options.length) return select(field, value, common, words);
  if (field.long) {
    const area = h("textarea.in", { ...common, rows: 4, placeholder: field.example, value });
    return { node: field.characters ? h("div.counted", {}, area, counter(area, field, words)) : area, read: () => area.value, first: area };
  }
  const secret = field.kind === "secret";
  const input = h("input", {
    ...common,
    type: secret ? "password" : "text",
    placeholder: field.example,
    autocomplete: secret ? "new-password" : "off",
    inputmode: { money: "decimal", count: "numeric" }[field.kind] ?? (field.pin ? "numeric" : null),
    value,
  });
  const box = h("div.in.counted", {}, input, field.unit && h("em", {}, field.unit), field.characters ? counter(input, field, words) : null);
  if (field.kind === "day") box.append(...calendar(input, words));
  return { node: box, read: () => input.value, first: input };
}

/** How many characters of how many: seen while something is typed in the field, and as long as they are too many. */
function counter(input, field, words) {
  const said = h("small.left", { "aria-hidden": "true" });
  const count = () => {
    const n = [...input.value.trim()].length;
    said.textContent = n ? filled(words.characters, { n, most: field.characters }) : "";
    said.classList.toggle("ecl-over", n > field.characters);
  };
  input.addEventListener("input", count);
  count();
  return said;
}

/** The files chosen, by field: kept here and sent with the form, never in the notebook's saved state. */
const files = new Map();

/**
 * A file to be sent as a data: URI, a picture scaled to what the field takes and shown. The browser's own button speaks the browser's
 * language, so it lies unseen over one that speaks the student's.
 */
function upload(field, common, words) {
  const key = common["data-key"];
  const name = h("span.file", {}, files.get(key)?.name ?? "");
  const shown = h("div.shown", {});
  const input = h("input", { ...common, type: "file", accept: Object.keys(field.pixels).length ? "image/png,image/jpeg,image/gif" : null });
  const node = h("div.choice", {}, h("div.in", {}, input, h("span.pick", { "aria-hidden": "true" }, words.pick_file), name), shown);
  let reading = null;
  const show = () => {
    const kept = files.get(key);
    shown.replaceChildren(...(kept?.size ? [h("img", { src: kept.data, alt: "" }), h("span.dim", {}, filled(words[kept.size.from_width ? "scaled" : "as_is"], kept.size))] : []));
  };
  const read = () => {
    const file = files.get(key)?.file;
    reading = (file ? fitted(file, field, sizeFor(field, node)) : Promise.resolve(null))
      .then((made) => made && files.set(key, { file, name: file.name, ...made }))
      .finally(() => ((reading = null), show()));
  };
  input.addEventListener("change", () => {
    const [file] = input.files;
    files.delete(key);
    if (file) files.set(key, { file, name: file.name, data: "" });
    name.textContent = file?.name ?? "";
    read();
  });
  // another position asks for another size
  const follow = (event) => event.target.dataset?.key?.endsWith(`.${field.pixels_by}`) && read();
  if (field.pixels_by) setTimeout(() => node.closest("form")?.addEventListener("change", follow));
  show();
  return { node, read: () => files.get(key)?.data ?? "", first: input, reading: () => reading };
}

/** What size a picture must have: { width, height, exact }; null where the field takes any. */
function sizeFor(field, node) {
  const by = field.pixels_by && node.closest("form")?.querySelector(`[data-key$=".${field.pixels_by}"]`)?.value;
  const size = field.pixels[by || ""];
  return size ? { width: size[0], height: size[1], exact: Boolean(by) } : null;
}

/** A file as { data, size }: as it is where it fits, else drawn anew, smaller or cut to size; one that no browser can draw goes as it is, to be refused. */
async function fitted(file, field, wanted) {
  // of a file that is too large no more is read than shows that it is
  const asIs = async () => ({ data: await asData(file.slice(0, field.most + 6)) });
  const picture = wanted && (await createImageBitmap(file).catch(() => null));
  if (!picture) return asIs();
  const { width, height } = picture;
  const fits = wanted.exact ? width === wanted.width && height === wanted.height : width <= wanted.width && height <= wanted.height;
  if (fits && file.size <= field.most) return { ...(await asIs()), size: { width, height } };
  const scale = wanted.exact ? Math.max(wanted.width / width, wanted.height / height) : Math.min(1, wanted.width / width, wanted.height / height);
  const canvas = document.createElement("canvas");
  canvas.width = wanted.exact ? wanted.width : Math.max(1, Math.round(width * scale));
  canvas.height = wanted.exact ? wanted.height : Math.max(1, Math.round(height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, (canvas.width - width * scale) / 2, (canvas.height - height * scale) / 2, width * scale, height * scale);
  const size = { width: canvas.width, height: canvas.height, from_width: width, from_height: height };
  for (const [kind, quality] of [["image/png"], ["image/jpeg", 0.92], ["image/jpeg", 0.7]]) {
    const blob = await new Promise((done) => canvas.toBlob(done, kind, quality));
    if (blob.size <= field.most || quality === 0.7) return { data: await asData(blob), size };
  }
}

const asData = (blob) =>
  new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => fail(reader.error);
    reader.readAsDataURL(blob);
  });

/** A calendar beside a day written as 2026-09-20: the browser's own, which writes into the field. */
function calendar(input, words) {
  const picker = h("input.picker", { type: "date", tabindex: -1, "aria-hidden": "true" });
  picker.addEventListener("input", (event) => {
    event.stopPropagation();
    if (!picker.value) return;
    input.value = picker.value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const open = () => {
    picker.value = /^\d{4}-\d\d-\d\d$/.test(input.value) ? input.value : input.placeholder;
    picker.showPicker?.();
  };
  return [h("button.icon", { type: "button", "aria-label": words.pick_day, title: words.pick_day, onclick: open }, "▦"), picker];
}

/** A dropdown. What can be referred to may also be typed: its last entry opens a field for that. */
function select(field, value, common, words) {
  const typable = field.kind === "ref";
  const known = field.options.some(([v]) => v === value);
  const only = field.options.length === 1 && field.required && !value;
  const list = h("select", { ...common });
  if (!known && !only) list.append(h("option", { value: "" }, words.choose));
  else if (!field.required) list.append(h("option", { value: "" }, ""));
  list.append(...field.options.map(([v, label]) => h("option", { value: v }, label)));
  const other = typable ? h("option", { value: "" }, words.other) : null;
  if (other) list.append(other);
  const text = h("input", { type: "text", "aria-label": `${field.label}: ${words.other}`, "data-key": `${common["data-key"]}+`, autocomplete: "off" });
  const typing = h("div.in", { hidden: true }, text);
  if (known) list.value = value;
  else if (value && other) {
    other.selected = true;
    text.value = value;
    typing.hidden = false;
  } else list.selectedIndex = 0;
  list.addEventListener("change", () => {
    typing.hidden = !other?.selected;
    if (other?.selected) text.focus();
  });
  return { node: h("div.choice", {}, h("div.in", {}, list), other && typing), read: () => (other?.selected ? text.value : list.value), first: list };
}

/** A list of rows that grows and shrinks. */
function rows(field, value, common, words) {
  const kept = [];
  const body = h("tbody");
  const changed = () => body.dispatchEvent(new Event("input", { bubbles: true }));
  const add = (typed) => {
    const cells = {};
    const at = kept.length;
    const line = h("tr");
    for (const column of field.columns) {
      const label = `${column.label}, ${filled(words.row_of, { n: at + 1 })}`;
      const named = { "data-key": `${common["data-key"]}.${at}.${column.name}`, "aria-label": label };
      const cell = control(column, typed[column.name] ?? column.value, named, words);
      cells[column.name] = cell;
      line.append(h("td", {}, cell.node));
    }
    const read = () => Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, cell.read()]));
    const remove = () => {
      const rest = kept.filter((k) => k !== row).map((k) => k.read());
      fill(rest);
      changed();
    };
    const label = filled(words.remove_row, { n: at + 1 });
    line.append(h("td", {}, h("button.icon", { type: "button", "aria-label": label, title: label, onclick: remove }, "×")));
    const row = { read, first: Object.values(cells)[0].first };
    kept.push(row);
    body.append(line);
    return row;
  };
  const fill = (all) => {
    kept.length = 0;
    body.replaceChildren();
    for (const typed of all.length ? all : [{}]) add(typed);
  };
  fill(Array.isArray(value) ? value : []);
  const more = () => {
    add({}).first.focus();
    changed();
  };
  const head = h("tr", {}, field.columns.map((c) => h("th", { scope: "col" }, c.label, meaning(c, `${common.id}-${c.name}`, words))), h("td"));
  const node = h(
    "div.rows",
    { id: common.id, role: "group", "aria-labelledby": `${common.id}-label`, "aria-describedby": common["aria-describedby"] },
    h("table", {}, h("thead", {}, head), body),
    h("button.plain", { type: "button", onclick: more }, `＋ ${words.add_row}`),
  );
  return { node, read: () => kept.map((k) => k.read()), first: kept[0].first };
}

