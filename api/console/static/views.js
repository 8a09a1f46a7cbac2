// Searches that somebody keeps under a name, in this browser alone. Each is nothing but its query.
const MOST = 50;

const kept = (key) => JSON.parse(localStorage.getItem(key) ?? "[]");

const asked = () => {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of [...query]) {
    if (!value || name === "cursor" || name === "lang") query.delete(name);
  }
  return query.toString();
};

function views(place) {
  const key = place.dataset.views;
  const list = place.querySelector("ul");
  const row = place.querySelector("template");
  const form = place.querySelector("form");
  const field = form.querySelector("input");

  const keep = (all) => {
    const few = all.slice(0, MOST);
    localStorage.setItem(key, JSON.stringify(few));
    show(few);
  };

  const show = (all) => {
    list.replaceChildren(...all.map(({ name, query }) => {
      const item = row.content.cloneNode(true);
      const link = item.querySelector("a");
      const button = item.querySelector("button");
      link.textContent = name;
      link.href = `${location.pathname}?${new URLSearchParams(query)}`;
      button.setAttribute("aria-label", `${button.textContent}: ${name}`);
      button.addEventListener("click", () => {
        keep(kept(key).filter((one) => one.name !== name));
        field.focus(); // the button is gone, and whoever has no pointer goes on from here
      });
      return item;
    }));
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = field.value.trim();
    if (!name) return;
    keep([{ name, query: asked() }, ...kept(key).filter((one) => one.name !== name)]);
    field.value = "";
  });

  const all = kept(key);
  show(all);
  place.open = all.length > 0;
  form.hidden = false;
  place.querySelector("[data-plain]").hidden = true;
}

document.querySelectorAll("[data-views]").forEach(views);
