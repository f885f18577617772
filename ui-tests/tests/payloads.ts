/**
 * Texts that would do something if anybody took them for more than text. Each calls
 * `xss(its number)`, runs the command `xss-run` with its number, or covers a name of the page's.
 */

const RUN = 'xss-run';
type Payload = (n: number) => string;

/** What a browser executes if it is given it as HTML, and somebody touches all of it. */
const HTML: readonly Payload[] = [
  // Tags and their handlers.
  n => `<script>xss(${n})</script>`,
  n => `"><script>xss(${n})</script>`,
  n => `</title></style></textarea><script>xss(${n})</script>`,
  n => `<ScRiPt >xss(${n})</sCrIpT>`,
  n => `<script src="data:text/javascript,xss(${n})"></script>`,
  n => `<script type=module>xss(${n})</script>`,
  n => `<img src=x onerror=xss(${n})>`,
  n => `'"><img src=x onerror=xss(${n})>`,
  n => `<img/src/onerror=xss(${n})>`,
  n => `<img src=x onerror="&#120;ss(${n})">`,
  n => `<image src=x onerror=xss(${n})>`,
  n => `<svg onload=xss(${n})>`,
  n => `<svg><script>xss(${n})</script></svg>`,
  n => `<svg><image href=x onerror=xss(${n})></svg>`,
  n => `<svg><animate onbegin=xss(${n}) attributeName=x dur=1s></svg>`,
  n => `<svg><style><img src=x onerror=xss(${n})></style></svg>`,
  n =>
    `<svg><foreignObject><img src=x onerror=xss(${n})></foreignObject></svg>`,
  n => `<details open ontoggle=xss(${n})><summary>d</summary></details>`,
  n => `<video><source onerror=xss(${n})></video>`,
  n => `<video src=x onerror=xss(${n})></video>`,
  n => `<audio src=x onerror=xss(${n})></audio>`,
  n => `<input autofocus onfocus=xss(${n})>`,
  n => `<b tabindex=1 autofocus onfocus=xss(${n})>b</b>`,
  n => `<b onclick=xss(${n})>b</b>`,
  n => `<b onmouseover=xss(${n})>b</b>`,
  n => `<b onpointerenter=xss(${n})>b</b>`,
  n =>
    `<style>@keyframes k${n}{}</style><b style="animation:k${n} 1s" onanimationstart=xss(${n})>b</b>`,
  // Frames.
  n => `<iframe srcdoc="<script>parent.xss(${n})</script>"></iframe>`,
  n => `<iframe srcdoc="&lt;img src=x onerror=parent.xss(${n})&gt;"></iframe>`,
  n => `<iframe src="javascript:parent.xss(${n})"></iframe>`,
  n => `<iframe onload=xss(${n})></iframe>`,
  // Links.
  n => `<a href="javascript:xss(${n})">a</a>`,
  n => `<a href="JaVaScRiPt:xss(${n})">a</a>`,
  n => `<a href=" &#1;javascript:xss(${n})">a</a>`,
  n => `<a href="java&#9;script:xss(${n})">a</a>`,
  n => `<svg><a href="javascript:xss(${n})"><text y=20>a</text></a></svg>`,
  n => `<form action="javascript:xss(${n})"><input type=submit value=s></form>`,
  n => `<form><button formaction="javascript:xss(${n})">s</button></form>`
];

/** What needs JupyterLab, Markdown, formulas, a terminal, a template, or another browser. */
const OTHERS: readonly Payload[] = [
  n => `<object data="javascript:parent.xss(${n})"></object>`,
  n => `<embed src="javascript:parent.xss(${n})">`,
  n =>
    `<math><mtext><style><img src=x onerror=xss(${n})></style></mtext></math>`,
  n => `<marquee onstart=xss(${n})>m</marquee>`,
  n =>
    `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=xss(${n})&gt;">`,
  n => `<noscript><p title="</noscript><img src=x onerror=xss(${n})>">`,
  n => `javascript:xss(${n})`,
  n => `data:text/html,<script>xss(${n})</script>`,
  // JupyterLab's own.
  n =>
    `<a data-commandlinker-command=${RUN} data-commandlinker-args='{"n":${n}}'>c</a>`,
  n =>
    `<button data-commandlinker-command="${RUN}" data-commandlinker-args="{&quot;n&quot;:${n}}">c</button>`,
  n =>
    `<img src=x alt=c data-commandlinker-command=${RUN} data-commandlinker-args='{"n":${n}}'>`,
  // Names of the page's.
  () => '<a id=jupyter-config-data>x</a>',
  () => '<form name=jupyterapp><input name=commands></form>',
  () => '<img name=cookie><img name=querySelector>',
  () => '<form id=xssClobbered name=xssClobbered></form>',
  // Markdown, formulas, terminals, templates.
  n => `[m](javascript:xss(${n}))`,
  n => `[m]: javascript:xss(${n})\n[m]`,
  n => `![m](x"onerror="xss(${n}))`,
  n => `<javascript:xss(${n})>`,
  n => `\`\`\`"><img src=x onerror=xss(${n})>\nm\n\`\`\``,
  n => `$\\href{javascript:xss(${n})}{f}$`,
  n => `$\\htmlData{x=1 onmouseover=xss(${n})}{f}$`,
  n => `$\\unicode[onmouseover=xss(${n})]{x41}$`,
  n => `\x1b]8;;javascript:xss(${n})\x07t\x1b]8;;\x07`,
  n => `\x1b[31m<img src=x onerror=xss(${n})>\x1b[0m`,
  n => `{{constructor.constructor('xss(${n})')()}}`,
  n => `%1$s\${xss(${n})}`
];

export const BANK: readonly string[] = [...HTML, ...OTHERS].map((make, at) =>
  make(at + 1)
);

/** The numbers of those that are executed where nothing stops them. */
export const LIVE: readonly number[] = HTML.map((_, at) => at + 1);

/** Says where it stands, so that a test knows that this place was seen. */
function mark(place: string): string {
  return `¤${place}¤`;
}

/** The whole bank as one text. */
export function all(place: string): string {
  return mark(place) + BANK.join('\n');
}

/** One text for each of the bank. */
export function each(place: string): string[] {
  return BANK.map((text, at) => (at === 0 ? mark(place) + text : text));
}

/** As each, where slashes and control characters aren't possible: names of files. */
export function names(place: string): string[] {
  return BANK.map(
    text => text.replace(/\//g, '∕').replace(/[\x00-\x1f]/g, '') + mark(place)
  );
}

/** The bank in texts of a line, none longer than this. */
export function lines(place: string, most: number): string[] {
  const found = [mark(place)];
  for (const payload of BANK) {
    const text = payload.replace(/[\x00-\x1f]/g, '');
    const last = found[found.length - 1] + text;
    if (last.length <= most) {
      found[found.length - 1] = last;
    } else {
      found.push(mark(place) + text);
    }
  }
  return found;
}
