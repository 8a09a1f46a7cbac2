// Says that an answer is awaited, where a form was sent and that takes longer than a blink. Without
// scripts the browser's own sign says as much.
const BLINK = 400;

export function waiting(place) {
  let soon = null;

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    clearTimeout(soon);
    soon = setTimeout(() => { place.textContent = place.dataset.waiting; }, BLINK);
  });

  // A page that the browser takes out of its memory again awaits nothing.
  addEventListener("pageshow", () => {
    clearTimeout(soon);
    place.textContent = "";
  });
}
