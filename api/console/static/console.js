// What scripts add to every page. Each part looks for its own marks and leaves the rest alone, so
// that a page reads and posts without any of them.
import { copyButtons } from "./copy.js";
import { live } from "./live.js";
import { sliders } from "./slider.js";
import { waiting } from "./waiting.js";

document.querySelectorAll("[data-copy]").forEach(copyButtons);
document.querySelectorAll("[data-live]").forEach(live);
document.querySelectorAll("[data-slider]").forEach(sliders);
document.querySelectorAll("[data-waiting]").forEach(waiting);
