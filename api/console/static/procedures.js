// A file that is opened is put into the field whose id is in `data-file`; it goes nowhere before the
// form is sent.
for (const place of document.querySelectorAll("[data-file]")) {
  place.hidden = false;
  place.querySelector("input").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) document.getElementById(place.dataset.file).value = await file.text();
  });
}
