// The partner desk in a market hall: drafts survive a lost connection, "near me", the scores' picture while scoring.

const forms = () => document.querySelectorAll<HTMLFormElement>("form[data-draft]");
const key = (form: HTMLFormElement) => `dure.draft.${form.dataset.draft}`;
type Draft = Record<string, string | boolean>;

document.querySelectorAll<HTMLElement>("[data-draft-done]").forEach((done) => {
  localStorage.removeItem(`dure.draft.${done.dataset.draftDone}`);
});
forms().forEach(keepDraft);
showConnection();
window.addEventListener("online", showConnection);
window.addEventListener("offline", showConnection);
nearMe();
document.querySelectorAll<HTMLFormElement>("form[data-screening]").forEach((form) => {
  form.addEventListener("change", () => drawScores(form));
  drawScores(form);
});

/** What is typed is kept on the phone until the server has it. Pictures are not: a phone's camera roll has them. */
function keepDraft(form: HTMLFormElement): void {
  const kept = localStorage.getItem(key(form));
  if (kept && form.dataset.draftSkip === undefined) restore(form, JSON.parse(kept) as Draft);
  form.addEventListener("input", () => localStorage.setItem(key(form), JSON.stringify(read(form))));
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    showConnection();
    document.querySelector("[data-offline]")?.scrollIntoView({ block: "center" });
  }, true);
  document.querySelector("[data-draft-forget]")?.addEventListener("click", () => {
    localStorage.removeItem(key(form));
    window.location.reload();
  });
}

function fields(form: HTMLFormElement): (HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement)[] {
  return Array.from(form.elements).filter(
    (el): el is HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement =>
      (el instanceof HTMLInputElement || el instanceof HTMLTextAreaElement || el instanceof HTMLSelectElement) &&
      Boolean(el.name) && el.type !== "file" && el.name !== "csrfmiddlewaretoken" && el.name !== "kept",
  );
}

/** The key is part of the draft: sent again after a lost answer, it is the same capture. */
function read(form: HTMLFormElement): Draft {
  const draft: Draft = {};
  for (const el of fields(form)) draft[el.name] = isBox(el) ? el.checked : el.value;
  return draft;
}

function restore(form: HTMLFormElement, draft: Draft): void {
  let typed = false;
  for (const el of fields(form)) {
    const value = draft[el.name];
    if (value === undefined || el.name === "contact_version") continue;
    if (isBox(el)) el.checked = value === true;
    else el.value = String(value);
    typed ||= el.type !== "hidden" && Boolean(value);
  }
  const told = document.querySelector<HTMLElement>("[data-draft-restored]");
  if (told && typed) told.hidden = false;
}

function isBox(el: Element): el is HTMLInputElement {
  return el instanceof HTMLInputElement && (el.type === "checkbox" || el.type === "radio");
}

function showConnection(): void {
  document.querySelectorAll<HTMLElement>("[data-offline]").forEach((notice) => (notice.hidden = navigator.onLine));
}

function nearMe(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-near]");
  if (!button || !("geolocation" in navigator)) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const here = new URL(window.location.href);
        here.searchParams.delete("page");
        here.searchParams.set("lat", coords.latitude.toFixed(5));
        here.searchParams.set("lng", coords.longitude.toFixed(5));
        window.location.assign(here);
      },
      () => {
        button.removeAttribute("aria-busy");
        const refused = document.querySelector<HTMLElement>("[data-near-refused]");
        if (refused) refused.hidden = false;
      },
      { timeout: 10_000, maximumAge: 300_000 },
    );
  });
}

/** The same arithmetic as `partnership.rules.axis_score`: a weighted mean on 0–100 of the scores given so far. */
function drawScores(form: HTMLFormElement): void {
  const score: Partial<Record<string, number>> = {};
  for (const axis of ["PRODUCT", "WILL"]) {
    let reached = 0;
    let weights = 0;
    let all = true;
    form.querySelectorAll<HTMLFieldSetElement>(`fieldset[data-of="${axis}"]`).forEach((set) => {
      const weight = Number(set.dataset.weight);
      const chosen = set.querySelector<HTMLInputElement>("input:checked");
      if (chosen) reached += weight * Number(chosen.value);
      else all = false;
      weights += weight;
    });
    score[axis] = all && weights ? Math.floor((200 * reached + weights * 5) / (2 * weights * 5)) : undefined;
    const shown = form.querySelector<HTMLOutputElement>(`output[data-axis="${axis}"]`);
    if (shown) shown.value = String(score[axis] ?? "");
  }
  const dot = document.querySelector<SVGCircleElement>("[data-dot]");
  const { PRODUCT: product, WILL: will } = score;
  if (!dot || product === undefined || will === undefined) return;
  dot.removeAttribute("hidden");
  dot.setAttribute("cx", String(will * 2));
  dot.setAttribute("cy", String(200 - product * 2));
}
