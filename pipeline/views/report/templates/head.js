// Before anything is drawn: the theme and the language that were chosen last, else the system's.
const root = document.documentElement;
const kept = (name) => { try { return localStorage.getItem("report-" + name); } catch { return null; } };
root.classList.add("js");
root.dataset.theme = kept("theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
root.dataset.ui = kept("ui") || (navigator.language.startsWith("it") ? "it" : "en");
