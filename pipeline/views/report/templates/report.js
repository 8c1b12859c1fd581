(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const keep = (name, value) => { try { localStorage.setItem("report-" + name, value); } catch { /* private mode */ } };
  const kept = (name) => { try { return localStorage.getItem("report-" + name); } catch { return null; } };
  const ui = kept("ui") || (navigator.language.startsWith("it") ? "it" : "en");
  const speak = (code) => { root.dataset.ui = code; root.lang = code; };
  speak(ui);
  if (kept("theme")) root.dataset.theme = kept("theme");
  document.querySelector("[data-switch=ui]").addEventListener("click", () => {
    speak(root.dataset.ui === "en" ? "it" : "en");
    keep("ui", root.dataset.ui);
  });
  document.querySelector("[data-switch=theme]").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    keep("theme", root.dataset.theme);
  });

  // Documents: search and filters.
  const search = document.getElementById("search");
  if (search) {
    const rows = [...document.getElementById("rows").rows];
    const language = document.getElementById("language");
    const paired = document.getElementById("paired");
    const filter = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const fits = (!language.value || row.dataset.l === language.value) && (!paired.checked || row.dataset.p === "1") && words.every((word) => row.dataset.w.includes(word));
        row.hidden = !fits;
        shown += fits;
      }
      document.getElementById("shown").textContent = shown === rows.length ? shown : shown + " / " + rows.length;
    };
    for (const control of [search, language, paired]) control.addEventListener("input", filter);
  }

  // Tabs, with arrow keys.
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const open = (tab) => {
    for (const each of tabs) {
      const on = each === tab;
      each.setAttribute("aria-selected", on);
      each.tabIndex = on ? 0 : -1;
      document.getElementById(each.getAttribute("aria-controls")).classList.toggle("on", on);
    }
  };
  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => open(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(index + step + tabs.length) % tabs.length];
      open(next);
      next.focus();
    });
  });
  const follow = () => {
    if (!tabs.length) return;
    const target = document.getElementById(location.hash.slice(1));
    const panel = target && target.closest("[role=tabpanel]");
    open(panel ? document.getElementById(panel.getAttribute("aria-labelledby")) : tabs.find((tab) => tab.getAttribute("aria-selected") === "true"));
    if (target) target.scrollIntoView({ block: "center" });
  };
  addEventListener("hashchange", follow);
  follow();

  // A claim, its speaker, its cue and its counterpart light up together.
  const light = (element, on) => {
    for (const thing of element.dataset.t.split(" "))
      for (const mark of document.querySelectorAll('[data-t~="' + thing + '"]')) mark.classList.toggle("hot", on);
  };
  for (const element of document.querySelectorAll("[data-t]")) {
    if (element.matches(".claim")) element.tabIndex = 0;
    for (const [on, events] of [[true, ["mouseenter", "focus"]], [false, ["mouseleave", "blur"]]])
      for (const name of events) element.addEventListener(name, () => light(element, on));
  }
})();
