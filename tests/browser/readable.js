// What is hard to read or has no name on a page: text with less than the contrast of 4.5 that WCAG
// 2.2 asks for (criterion 1.4.3), and controls without an accessible name.
() => {
  const colour = (css) => {
    const numbers = css.match(/[\d.]+/g).map(Number);
    const scale = css.startsWith("color(") ? 255 : 1;
    return [numbers[0] * scale, numbers[1] * scale, numbers[2] * scale, numbers[3] ?? 1];
  };
  const luminance = ([red, green, blue]) => {
    const linear = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  };
  const behind = (element) => {
    for (; element; element = element.parentElement) {
      const found = colour(getComputedStyle(element).backgroundColor);
      if (found[3] > 0.9) return found;
    }
    return [255, 255, 255, 1];
  };
  for (const panel of document.querySelectorAll("[role=tabpanel]")) panel.classList.add("on");
  const troubles = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.offsetParent || element.closest("script")) continue;
    const [one, other] = [colour(getComputedStyle(element).color), behind(element)].map(luminance);
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < 4.5) troubles.add(`${element.tagName}.${element.className} ${contrast.toFixed(2)}`);
  }
  for (const control of document.querySelectorAll("a, button, input, select, meter")) {
    const name = control.innerText || control.getAttribute("aria-label") || control.closest("label")?.innerText;
    if (control.offsetParent && !name?.trim()) troubles.add(control.outerHTML.slice(0, 80));
  }
  return [...troubles];
}
