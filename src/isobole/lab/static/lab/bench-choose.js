// The rack is as it was last on this device.
for (const select of document.querySelectorAll("select[data-rack]")) {
  const kept = localStorage.getItem(`isobole-rack-${select.dataset.rack}`);
  if (kept && [...select.options].some((option) => option.value === kept)) select.value = kept;
}
