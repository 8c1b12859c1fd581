(() => {
  "use strict";
  const keep = (name, value) => { try { localStorage.setItem("report-" + name, value); } catch { /* private mode */ } };
  const speak = (code) => {
    root.dataset.ui = root.lang = code;
    for (const control of document.querySelectorAll("[data-it]")) {
      control.setAttribute("aria-label", control.dataset[code]);
      if (control.matches("input")) control.placeholder = control.dataset[code];
      if (control.matches("option")) control.textContent = control.dataset[code];
    }
  };
  speak(root.dataset.ui);
  document.querySelector("[data-switch=ui]").addEventListener("click", () => {
    speak(root.dataset.ui === "en" ? "it" : "en");
    keep("ui", root.dataset.ui);
  });
  document.querySelector("[data-switch=theme]").addEventListener("click", () => {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    keep("theme", root.dataset.theme);
  });

  // The rest of long lists is put in place while nothing else is to do, or when it is asked for.
  const unfold = (where) => {
    const rest = where.querySelector("script.more");
    if (rest) rest.outerHTML = rest.textContent;
    return rest;
  };
  for (const details of document.querySelectorAll("details")) details.addEventListener("toggle", () => unfold(details));
  const idle = window.requestIdleCallback || ((work) => setTimeout(work, 50));
  const unfolding = (list) => idle(() => unfold(list) && unfolding(list));
  addEventListener("load", () => document.querySelectorAll(".rows, .pairs").forEach(unfolding));
  addEventListener("beforeprint", () => { while (unfold(document)); });

  // Documents: search, filters, order. The words lie in the page, in order, and for each the
  // numbers of its documents as differences in base 36; they are read when somebody searches.
  const search = document.getElementById("search");
  if (search) {
    const list = document.getElementById("rows");
    const controls = ["language", "paired", "order"].map((name) => document.getElementById(name));
    const [language, paired, order] = controls;
    let rows, words, places;
    const having = (beginning) => {
      if (!words) [words, places] = document.getElementById("words").textContent.split("\n").map((line) => line.split(" "));
      let low = 0, high = words.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (words[middle] < beginning) low = middle + 1; else high = middle;
      }
      const found = new Set();
      for (; low < words.length && words[low].startsWith(beginning); low++) {
        let number = 0;
        for (const step of places[low].split(",")) found.add(number += parseInt(step, 36));
      }
      return found;
    };
    const whole = () => {
      while (unfold(list));
      return rows ||= [...list.querySelectorAll("li[data-l]")];
    };
    const filter = () => {
      const wanted = (search.value.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").match(/[\p{L}\p{N}]+/gu) || []).map(having);
      let shown = 0;
      whole().forEach((row, number) => {
        const fits = (!language.value || row.dataset.l === language.value) && (!paired.checked || row.dataset.p === "1") && wanted.every((found) => found.has(number));
        row.hidden = !fits;
        shown += fits;
      });
      document.getElementById("shown").textContent = shown === rows.length ? shown : shown + " / " + rows.length;
      document.getElementById("nothing").hidden = shown > 0 || !rows.length;
    };
    const sort = () => {
      const by = { by_date: (a, b) => b.dataset.d.localeCompare(a.dataset.d), by_claims: (a, b) => b.dataset.c - a.dataset.c }[order.value];
      list.append(...(by ? [...whole()].sort(by) : whole()));
    };
    for (const control of [search, language, paired]) control.addEventListener("input", filter);
    order.addEventListener("input", sort);
    addEventListener("keydown", (event) => {
      if (event.key === "/" && !event.target.matches("input, select")) { event.preventDefault(); search.focus(); }
    });
    addEventListener("pageshow", () => { // back from a document: the browser has filled in the form
      if (search.value || language.value || paired.checked) filter();
      if (order.selectedIndex > 0) sort();
    });
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
      const next = { ArrowRight: tabs[(index + 1) % tabs.length], ArrowLeft: tabs.at(index - 1), Home: tabs[0], End: tabs.at(-1) }[event.key];
      if (!next) return;
      event.preventDefault();
      open(next);
      next.focus();
    });
  });

  // A claim, its speaker, its cue and its counterpart light up together, and a card says who,
  // how and how surely.
  const peek = document.getElementById("peek");
  let lit = [], pinned = null; // what the address names stays lit
  const light = (element) => {
    const things = element ? element.dataset.t.split(" ") : [];
    for (const mark of lit) mark.classList.remove("hot");
    lit = things.flatMap((thing) => [...document.querySelectorAll('[data-t~="' + thing + '"]')]);
    for (const mark of lit) mark.classList.add("hot");
    if (!peek) return;
    const claim = element && element.closest(".reading") && things.find((thing) => thing.startsWith("c"));
    peek.hidden = !claim;
    if (claim) peek.replaceChildren(...[...document.getElementById(claim).querySelectorAll(".head, .links")].map((part) => part.cloneNode(true)));
  };

  // #c1 and #s1 are elements; #raw-c1 is where the claim c1 stands in the raw text.
  const follow = () => {
    if (!tabs.length) return;
    const name = location.hash.slice(1);
    const target = name.startsWith("raw-") ? document.querySelector('#panel-raw [data-t~="' + CSS.escape(name.slice(4)) + '"]') : document.getElementById(name);
    const panel = target && target.closest("[role=tabpanel]");
    open(panel ? document.getElementById(panel.getAttribute("aria-labelledby")) : tabs.find((tab) => tab.getAttribute("aria-selected") === "true"));
    if (!target) return;
    target.scrollIntoView({ block: "center" });
    light(pinned = target.closest("[data-t]"));
  };

  const marked = (event) => event.target.closest ? event.target.closest("[data-t]") : null;
  for (const name of ["mouseover", "focusin"]) document.addEventListener(name, (event) => { if (!peek || !peek.contains(event.target)) light(marked(event) || pinned); });
  for (const mark of document.querySelectorAll("#panel-article .source .claim")) {
    mark.tabIndex = 0;
    mark.addEventListener("keydown", (event) => { if (event.key === "Enter") location.hash = mark.dataset.t.split(" ").find((thing) => thing.startsWith("c")); });
  }
  addEventListener("hashchange", follow);
  follow();
})();
