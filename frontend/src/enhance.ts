// Small progressive enhancements, all by delegation from the document so that fragments swapped in by HTMX have them
// too. Each page works without: these only spare a reload or a tap.

export function enhance(): void {
  document.addEventListener("click", onClick);
  document.addEventListener("change", onChange);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("input", onInput);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenus(null);
  });
  fadeToasts(document);
  openDialogs(document);
  runClocks(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.target instanceof Element) {
      fadeToasts(event.target);
      openDialogs(event.target);
    }
  });
  // Coming back by the back button: a form sent earlier can be sent again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll<HTMLElement>("[data-sent]").forEach(release);
  });
}

function onClick(event: MouseEvent): void {
  if (!(event.target instanceof Element)) return;
  const at = (selector: string) => (event.target as Element).closest<HTMLElement>(selector);

  const opener = at("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens ?? "");
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      dialog.showModal();
    }
  }
  if (at("[data-closes]")) at("dialog")?.closest<HTMLDialogElement>("dialog")?.close();
  if (event.target instanceof HTMLDialogElement && event.target.classList.contains("dialog")) event.target.close();

  const dismiss = at("[data-dismiss]");
  if (dismiss) dismiss.closest(".toast, .notice")?.remove();

  const step = at("[data-step]");
  if (step) stepBy(step);

  const copy = at("[data-copy]");
  if (copy) void copyText(copy);

  const place = at("[data-place]");
  if (place) fillAddress(place, event);

  if (at("[data-print]")) window.print();

  const shown = at("[data-shows]");
  if (shown) showPhoto(shown);

  closeMenus(at("details.menu"));
}

/** An address found in a dialog goes into the form behind it; without one, the link leads to a page with it filled in. */
function fillAddress(found: HTMLElement, event: MouseEvent): void {
  const postcode = document.querySelector<HTMLInputElement>("#id_postcode");
  const road = document.querySelector<HTMLInputElement>("#id_address1");
  if (!postcode || !road) return;
  event.preventDefault();
  road.value = found.dataset.road ?? "";
  postcode.value = found.dataset.postcode ?? "";
  postcode.dispatchEvent(new Event("change", { bubbles: true }));
  found.closest<HTMLDialogElement>("dialog")?.close();
  document.querySelector<HTMLInputElement>("#id_address2")?.focus();
}

/** `<time data-until>` counts down to its datetime, in minutes and seconds. */
function runClocks(within: ParentNode): void {
  within.querySelectorAll<HTMLTimeElement>("time[data-until]").forEach((clock) => {
    const end = new Date(clock.dateTime).getTime();
    const tick = () => {
      const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      if (left === 0) window.clearInterval(timer);
    };
    const timer = window.setInterval(tick, 1000);
    tick();
  });
}

/** `<select data-submits>` sends its form at once; `[data-all]` ticks every box of the same name. */
function onChange(event: Event): void {
  const input = event.target;
  if (!(input instanceof HTMLInputElement || input instanceof HTMLSelectElement)) return;
  if (input.dataset.submits !== undefined) input.form?.requestSubmit();
  if (input instanceof HTMLInputElement && input.dataset.all) {
    document.querySelectorAll<HTMLInputElement>(`input[name="${input.dataset.all}"]`).forEach((box) => {
      box.checked = input.checked;
    });
  }
  if (input instanceof HTMLInputElement && (input.dataset.all || input.closest(".pick"))) countPicked();
  if (input instanceof HTMLInputElement && input.dataset.answers && input.checked) answerInstead(input);
  if (input instanceof HTMLInputElement && input.type === "file" && input.dataset.preview) preview(input);
}

/** A form is sent once: its buttons rest until the next page is there. The server is idempotent anyway. */
function onSubmit(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented) return;
  if (form.method === "get" || form.method === "dialog") return;
  const question = event.submitter?.dataset.asks ?? form.dataset.asks;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  const button = event.submitter;
  if (!(button instanceof HTMLButtonElement)) return;
  if (button.dataset.sent !== undefined) {
    event.preventDefault();
    return;
  }
  button.dataset.sent = "";
  button.setAttribute("aria-busy", "true");
  window.setTimeout(() => release(button), 8000);
}

function release(button: HTMLElement): void {
  delete button.dataset.sent;
  button.removeAttribute("aria-busy");
}

/** Thousands separators while typing an amount: `<input data-won inputmode="numeric">`. The server strips them. */
function onInput(event: Event): void {
  const input = event.target;
  if (input instanceof HTMLElement && input.id) {
    document.querySelectorAll<HTMLInputElement>(`[data-answers="${input.id}"]`).forEach((box) => (box.checked = false));
  }
  if (!(input instanceof HTMLInputElement) || input.dataset.won === undefined) return;
  const behind = input.value.length - (input.selectionStart ?? input.value.length);
  const digits = input.value.replace(/\D/g, "");
  input.value = digits.replace(/\B(?=(\d{3})+$)/g, ",");
  const caret = Math.max(0, input.value.length - behind);
  input.setSelectionRange(caret, caret);
}

/** A box that stands for an answer (해당 없음) takes the place of the text beside it, and of the other box. */
function answerInstead(box: HTMLInputElement): void {
  const text = document.getElementById(box.dataset.answers ?? "");
  if (text instanceof HTMLInputElement || text instanceof HTMLTextAreaElement) text.value = "";
  document.querySelectorAll<HTMLInputElement>(`[data-answers="${box.dataset.answers}"]`).forEach((other) => {
    if (other !== box) other.checked = false;
  });
}

function stepBy(button: HTMLElement): void {
  const input = button.closest(".stepper")?.querySelector<HTMLInputElement>("input");
  if (!input) return;
  const before = input.value;
  if (button.dataset.step === "-1") input.stepDown();
  else input.stepUp();
  if (input.value !== before) input.dispatchEvent(new Event("change", { bubbles: true }));
}

async function copyText(button: HTMLElement): Promise<void> {
  await navigator.clipboard.writeText(button.dataset.copy ?? "");
  const said = button.dataset.copied;
  if (!said) return;
  const was = button.innerHTML;
  button.textContent = said;
  window.setTimeout(() => (button.innerHTML = was), 1600);
}

function showPhoto(link: HTMLElement): void {
  const stage = document.getElementById(link.dataset.shows ?? "");
  const small = link.querySelector("img");
  if (!(stage instanceof HTMLImageElement) || !small) return;
  stage.srcset = small.dataset.srcset ?? "";
  stage.src = small.dataset.src ?? small.src;
  stage.alt = small.alt;
  link.parentElement?.querySelectorAll("[aria-current]").forEach((other) => other.removeAttribute("aria-current"));
  link.setAttribute("aria-current", "true");
}

function preview(input: HTMLInputElement): void {
  const box = document.getElementById(input.dataset.preview ?? "");
  if (!box) return;
  box.replaceChildren(
    ...Array.from(input.files ?? []).map((file) => {
      const image = new Image();
      image.className = "thumb";
      image.alt = file.name;
      image.src = URL.createObjectURL(file);
      image.onload = () => URL.revokeObjectURL(image.src);
      return image;
    }),
  );
}

function countPicked(): void {
  document.querySelectorAll<HTMLElement>("[data-picked]").forEach((place) => {
    place.textContent = String(document.querySelectorAll(".pick input:checked:not([data-all])").length);
  });
}

function closeMenus(except: Element | null): void {
  document.querySelectorAll<HTMLDetailsElement>("details.menu[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
}

/** A dialog rendered with `data-open` (its form came back with errors) opens itself. */
function openDialogs(root: ParentNode): void {
  root.querySelectorAll<HTMLDialogElement>("dialog[data-open]").forEach((dialog) => dialog.showModal());
}

/** Toasts leave by themselves, unless they hold something to press or the reader is on them. */
function fadeToasts(root: ParentNode): void {
  root.querySelectorAll<HTMLElement>(".toast").forEach((toast) => {
    const stay = toast.querySelector("form") ? 15000 : 6000;
    const leave = () => {
      if (toast.matches(":hover, :focus-within")) window.setTimeout(leave, 3000);
      else toast.remove();
    };
    window.setTimeout(leave, stay);
  });
}
