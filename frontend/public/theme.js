// Before anything is painted: the theme that was chosen, else the system's.
try {
  var theme = localStorage.getItem("chip.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch (e) {
  // Storage may be closed to pages; then the system's theme it is.
}
