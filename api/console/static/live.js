// Counts the records that come while a page is read. Rows do not jump: whoever reads asks for them.
export function live(place) {
  const dot = place.querySelector(".dot");
  const news = place.querySelector(".news");
  const button = place.querySelector("button");
  const pause = button.textContent;
  let stream = null;
  let count = 0;
  let last = place.dataset.after;

  const show = (state) => {
    dot.dataset.state = state;
    dot.setAttribute("aria-label", dot.dataset[state]);
    dot.title = dot.dataset[state];
  };

  const record = (event) => {
    count += 1;
    last = event.lastEventId;
    news.hidden = false;
    news.textContent = news.dataset.told.replace("{count}", count);
  };

  const open = () => {
    stream = new EventSource(`${place.dataset.live}?after=${encodeURIComponent(last)}`);
    stream.onopen = () => show("open");
    stream.onerror = () => {
      show("shut");
      // The browser tries again by itself, but where it was turned away, as after a session.
      if (stream.readyState === EventSource.CLOSED) {
        news.hidden = false;
        news.textContent = news.dataset.lost;
      }
    };
    stream.addEventListener("record", record);
  };

  button.addEventListener("click", () => {
    const paused = button.getAttribute("aria-pressed") === "true";
    button.setAttribute("aria-pressed", String(!paused));
    button.textContent = paused ? pause : button.dataset.again;
    if (paused) {
      open();
    } else {
      stream.close();
      show("paused");
    }
  });

  // With a hash an address leads to a place on this page, and asks for no other.
  const anew = new URL(location.href);
  anew.hash = "";
  anew.searchParams.delete("posted");
  news.href = anew;
  place.hidden = false;
  open();
}
