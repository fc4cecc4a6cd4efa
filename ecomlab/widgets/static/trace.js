// --- the chain of a document: read after faces.js, whose helpers this uses -------------------------------------------

/** The kernel's diagram of a chain; a box that is clicked, or chosen by Enter or Space, opens its document. */
function diagramNode(svg, open) {
  const diagram = h("div.diagram");
  diagram.innerHTML = svg; // the kernel's own, escaped there
  for (const box of diagram.querySelectorAll("[data-number]")) {
    box.addEventListener("click", () => open(box.dataset.number));
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open(box.dataset.number);
    });
  }
  return diagram;
}

CARDS.trace = function traceCard(view, model) {
  const diagram = diagramNode(view.diagram, (number) => model.send({ do: "open", number }));
  const parts = view.parts.map((part) => h("div.part", {}, h("h3", {}, part.title), tableNode(part.html)));
  return { node: h("div.card", { role: "group", "aria-label": view.title }, h("div.head", {}, h("h2", {}, view.title)), diagram, parts) };
};
