// The seller's product editor: dragging pictures, dropping files, looking at a part of a long table of options. Every
// one of these has a button or a field that does the same without a script.

document.querySelectorAll<HTMLElement>("[data-sorts]").forEach(sortable);
document.querySelectorAll<HTMLFormElement>("form[data-drops]").forEach(droppable);
document.querySelectorAll<HTMLElement>("[data-focus]").forEach((place) => {
  place.scrollIntoView({ block: "center" });
  (place.querySelector<HTMLElement>("input:not([type=hidden]), textarea, select") ?? place).focus({ preventScroll: true });
});
lineFilter();
picks();

/** Pictures are dragged with the mouse; with a finger or the keyboard the arrows beside them do it. */
function sortable(list: HTMLElement): void {
  let held: HTMLElement | null = null;
  const item = (event: Event) => (event.target as Element).closest<HTMLElement>("[data-sort-item]");
  list.querySelectorAll<HTMLElement>("[data-sort-item]").forEach((one) => (one.draggable = true));
  list.addEventListener("dragstart", (event) => {
    held = item(event);
    held?.classList.add("is-held");
    if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    const over = item(event);
    if (!held || !over || over === held) return;
    event.preventDefault();
    const before = Array.from(list.children).indexOf(held) > Array.from(list.children).indexOf(over);
    list.insertBefore(held, before ? over : over.nextSibling);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", () => {
    held?.classList.remove("is-held");
    held = null;
    list.closest("form")?.requestSubmit();
  });
  // Typing in a field of a picture is not dragging it.
  list.addEventListener("focusin", (event) => {
    const one = item(event);
    if (one && event.target instanceof HTMLInputElement) one.draggable = false;
  });
  list.addEventListener("focusout", (event) => {
    const one = item(event);
    if (one) one.draggable = true;
  });
}

/** Files dropped on the form are those its file field would have taken; it is sent at once. */
function droppable(form: HTMLFormElement): void {
  const field = form.querySelector<HTMLInputElement>("input[type=file]");
  if (!field) return;
  form.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    form.classList.add("is-over");
  });
  form.addEventListener("dragleave", () => form.classList.remove("is-over"));
  form.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    form.classList.remove("is-over");
    field.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}

/** A long table is looked at one value of its first axis at a time; what is hidden is sent all the same. */
function lineFilter(): void {
  const bar = document.querySelector<HTMLElement>("[data-line-filter]");
  const choice = bar?.querySelector("select");
  if (!bar || !choice) return;
  bar.hidden = false;
  choice.addEventListener("change", () => {
    document.querySelectorAll<HTMLElement>("tr[data-first]").forEach((line) => {
      line.hidden = choice.value !== "" && line.dataset.first !== choice.value;
    });
  });
}

/** The box above the table picks the rows that are shown. */
function picks(): void {
  document.querySelectorAll<HTMLElement>("[data-needs-script]").forEach((place) => (place.hidden = false));
  document.querySelector<HTMLInputElement>("[data-picks]")?.addEventListener("change", (event) => {
    const all = event.target as HTMLInputElement;
    document.querySelectorAll<HTMLElement>("tr[data-line]").forEach((line) => {
      const box = line.querySelector<HTMLInputElement>("input[type=checkbox]");
      if (box && !line.hidden) box.checked = all.checked;
    });
  });
}
