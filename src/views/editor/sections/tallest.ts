/** How long a page can be. */

let tallest: number | null = null;

/** As many rows of a height (px) this browser can scroll through; beyond, it cuts elements off. */
export function mostRows(height: number): number {
  if (tallest === null) {
    const probe = document.createElement('div');
    probe.style.cssText = 'position:fixed;visibility:hidden;width:1px';
    probe.style.height = '1000000000px';
    document.body.appendChild(probe);
    tallest = probe.getBoundingClientRect().height;
    probe.remove();
  }
  // Where there is no layout, as in unit tests, nothing is cut off.
  return tallest > 0 ? Math.floor((tallest * 0.95) / height) : Infinity;
}
