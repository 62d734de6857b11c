// What every page needs: focus after a partial answer, and no double sending of forms.
document.addEventListener("htmx:afterSwap", (event) => {
  const first = event.detail.target.querySelector("[role=alert], [data-focus]");
  if (first) {
    first.setAttribute("tabindex", "-1");
    first.focus();
  }
});

// Answers to refused forms (422) are shown where the answer would stand.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([400, 403, 404, 413, 422, 429, 503].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (!form.hasAttribute("hx-post")) form.dataset.sent = "1";
});

// A page taken from the back-forward cache may send its forms again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
