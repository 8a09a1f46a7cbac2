// A slider under a field for a day: a year back at its left end, today at its right, in the days of
// the console's zone. Let go by the pointer, it asks; by the keyboard on Enter or once it has rested,
// and after the page came back it has the focus again.
const DAYS = 365;
const DAY = 86_400_000;
const REST = 1_200;
const KEPT = "slider";

const today = () => Date.parse(new Date().toLocaleDateString("sv-SE", { timeZone: "Asia/Shanghai" }));
const shown = (back) => new Date(today() - back * DAY).toISOString().slice(0, 10);

export function sliders(field) {
  const slider = document.createElement("input");
  slider.type = "range";
  slider.className = "slider";
  slider.min = -DAYS;
  slider.max = 0;
  slider.setAttribute("aria-label", field.dataset.slider);
  const back = field.value ? (today() - Date.parse(field.value)) / DAY : 0;
  slider.value = -Math.min(Math.max(back, 0), DAYS);
  const first = slider.value;
  let typing = false;
  let rest = null;

  const tell = () => slider.setAttribute("aria-valuetext", shown(-slider.value));
  const ask = () => {
    if (typing) {
      sessionStorage.setItem(KEPT, field.name);
    }
    field.form.requestSubmit();
  };

  slider.addEventListener("pointerdown", () => {
    typing = false;
  });
  slider.addEventListener("keydown", (event) => {
    typing = true;
    clearTimeout(rest);
    if (event.key === "Enter") {
      event.preventDefault();
      ask();
    }
  });
  slider.addEventListener("input", () => {
    field.value = slider.value === "0" ? "" : shown(-slider.value);
    tell();
  });
  slider.addEventListener("change", () => {
    if (!typing) {
      ask();
    }
  });
  slider.addEventListener("keyup", () => {
    clearTimeout(rest);
    if (slider.value !== first) {
      rest = setTimeout(ask, REST);
    }
  });
  // Whoever goes on to another field has not asked yet.
  slider.addEventListener("blur", () => clearTimeout(rest));

  tell();
  field.after(slider);
  if (sessionStorage.getItem(KEPT) === field.name) {
    sessionStorage.removeItem(KEPT);
    slider.focus({ preventScroll: true });
  }
}
