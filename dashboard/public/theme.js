// Runs before the first paint, so that a chosen theme never flashes the other one. The switch is ThemeModel.
try {
  const theme = localStorage.getItem('theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden; the system's theme is used then.
}
