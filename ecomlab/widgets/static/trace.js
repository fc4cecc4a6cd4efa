// --- the chain of a document: read after faces.js, whose helpers this uses -------------------------------------------

CARDS.trace = function traceCard(view, model) {
  const table = (html) => {
    const node = h("div.result", { tabindex: 0 });
    node.classList.add("jp-RenderedHTMLCommon");
    node.innerHTML = html; // the kernel's own, escaped there
    return node;
  };
  const diagram = h("div.diagram");
  diagram.innerHTML = view.diagram;
  for (const box of diagram.querySelectorAll("[data-number]")) {
    const open = () => model.send({ do: "open", number: box.dataset.number });
    box.addEventListener("click", open);
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open();
    });
  }
  const parts = view.parts.map((part) => h("section", {}, h("h3", {}, part.title), table(part.html)));
  return { node: h("div.card", {}, h("header", {}, h("h2", {}, view.title)), diagram, parts) };
};
