// Before the first paint: the remembered theme, else that of the system.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    let kept = null;
    try { kept = localStorage.getItem("theme"); } catch { /* storage is off */ }
    const theme = kept || (system.matches ? "dark" : "light");
    root.dataset.theme = theme;
    root.dataset.bsTheme = theme;
  };
  apply();
  system.addEventListener("change", apply);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const next = root.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("theme", next); } catch { /* storage is off */ }
    apply();
    root.dataset.theme = root.dataset.bsTheme = next;
  });
})();
