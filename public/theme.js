// Runs before anything is painted, so that the page never flashes in the other theme.
// `signalbox.theme` is "light", "dark" or "system"; without data-theme the system decides.
try {
  const theme = localStorage.getItem("signalbox.theme");
  if (theme === "light" || theme === "dark") {
    document.documentElement.dataset.theme = theme;
  }
} catch {
  // Storage is forbidden: the system's theme it is.
}
