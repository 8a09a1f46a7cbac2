// What axe finds on this page. How far a text stands out from its ground takes axe most of its
// time, so it is asked that of one text of each kind: alike in colour, size and weight, on a like
// ground. All else it is asked of the whole page.
async () => {
  const grounds = new WeakMap();
  const groundOf = (element) => {
    if (element === null) return "";
    if (!grounds.has(element)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element);
      const own = `/${backgroundColor} ${backgroundImage} ${opacity}`;
      grounds.set(element, groundOf(element.parentElement) + own);
    }
    return grounds.get(element);
  };

  const kinds = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (texts.currentNode.data.trim() === "" || element.getClientRects().length === 0) continue;
    const { color, fill, fontSize, fontWeight, visibility } = getComputedStyle(element);
    const look = [color, fill, fontSize, fontWeight, visibility, groundOf(element)].join();
    if (!kinds.has(look)) kinds.set(look, element);
  }

  const one = { resultTypes: ["violations"] };
  const contrast = "color-contrast";
  const runs = [
    await axe.run(document, { ...one, rules: { [contrast]: { enabled: false } } }),
    await axe.run(
      { include: [...kinds.values()] },
      { ...one, runOnly: { type: "rule", values: [contrast] } },
    ),
  ];
  return runs.flatMap((run) => run.violations).map((found) => ({
    rule: found.id,
    where: found.nodes.map((node) => node.html).slice(0, 3),
  }));
}
