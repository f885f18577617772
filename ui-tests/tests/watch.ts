/** Whether anything hostile has been executed, or could be; and the provocation of all of it. */

import { BrowserContext, expect, Frame, Page } from '@playwright/test';

import { STARTED } from './server';

export interface IHit {
  readonly n: number;
  readonly origin: string;
}

/** What the page notes of itself. */
interface INotes {
  xss(n: number): void;
  xssHit(n: number, origin: string): void;
  /** Elements that would have executed something. */
  armed: string[];
  /** Marks of places that have been shown. */
  seen: Set<string>;
}

/** Hears of every payload that is executed, in whatever frame; each page notes what comes into it. */
export async function watchFor(context: BrowserContext): Promise<IHit[]> {
  const hits: IHit[] = [];
  await context.exposeBinding('xssHit', (_, n: number, origin: string) => {
    hits.push({ n, origin });
  });
  await context.addInitScript(watchPage);
  return hits;
}

/** Runs in the page, from its beginning. */
function watchPage(): void {
  const notes = window as unknown as INotes;
  notes.xss = n => notes.xssHit(n, self.origin);
  notes.armed = [];
  notes.seen = new Set();
  const addresses =
    /^(href|xlink:href|src|action|formaction|data|poster|to|values|srcset)$/;
  const loading = /^(script|iframe|frame|object|embed|base|link)$/i;
  const covering = /^(xssClobbered|jupyterapp|cookie|querySelector)$/;
  const leads = (address: string) => {
    try {
      return new URL(address, document.baseURI).protocol;
    } catch {
      return '';
    }
  };
  /** Whether this attribute of a payload does something. */
  const acts = (element: Element, name: string, value: string) =>
    (/^on|^srcdoc$/.test(name) && /xss/.test(value)) ||
    (addresses.test(name) &&
      (leads(value) === 'javascript:' ||
        (leads(value) === 'data:' &&
          loading.test(element.tagName) &&
          /xss/.test(value)))) ||
    // Of notebook views it is tested that clicks on these do nothing.
    (name.startsWith('data-commandlinker') &&
      /xss|"n"/.test(value) &&
      element.closest('.jp-OrchestJobs-notebookView') === null) ||
    (/^(id|name)$/.test(name) &&
      (covering.test(value) ||
        (value === 'jupyter-config-data' && element.tagName !== 'SCRIPT')));
  const read = (text: string) => {
    for (const [, place] of text.matchAll(/¤([^¤]+)¤/g)) {
      notes.seen.add(place);
    }
  };
  const lookAt = (element: Element) => {
    const { tagName, textContent } = element;
    const attributes = [...element.attributes];
    attributes.forEach(({ value }) => read(value));
    if (
      (tagName.toUpperCase() === 'SCRIPT' && /xss\(/.test(textContent ?? '')) ||
      attributes.some(({ name, value }) => acts(element, name, value))
    ) {
      notes.armed.push(element.outerHTML.slice(0, 200));
    }
  };
  const lookIn = (node: Node) => {
    if (node instanceof Element) {
      lookAt(node);
      node.querySelectorAll('*').forEach(lookAt);
    }
    if (node.nodeName !== 'SCRIPT') {
      read(node.textContent ?? '');
    }
  };
  new MutationObserver(records => {
    for (const { type, target, addedNodes } of records) {
      if (type === 'childList') {
        addedNodes.forEach(lookIn);
      } else if (type === 'attributes') {
        lookAt(target as Element);
      } else {
        read(target.textContent ?? '');
      }
    }
  }).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    characterData: true
  });
}

/** Click, touch and focus whatever might act on it, in a page and not in its frames. */
export async function provoke(frame: Frame, within = 'html'): Promise<void> {
  await frame.evaluate(selector => {
    for (const root of document.querySelectorAll(selector)) {
      for (const element of root.querySelectorAll(
        'a, b, button, form, img, input, svg *, [data-commandlinker-command]'
      )) {
        for (const kind of ['mouseover', 'pointerenter', 'focus', 'click']) {
          element.dispatchEvent(
            new MouseEvent(kind, { bubbles: true, cancelable: true })
          );
        }
        if (element instanceof HTMLFormElement) {
          element.requestSubmit();
        }
      }
    }
  }, within);
}

/**
 * Forget which places have been shown, do something, and wait until these have been.
 *
 * @param meanwhile - done again and again until then.
 */
export async function showing(
  page: Page,
  places: readonly string[],
  act: () => Promise<unknown>,
  meanwhile: () => Promise<unknown>
): Promise<void> {
  await page.evaluate(() => (window as unknown as INotes).seen.clear());
  await act();
  await expect
    .poll(
      async () => {
        await meanwhile();
        const seen = await page.evaluate(() => [
          ...(window as unknown as INotes).seen
        ]);
        return places.filter(place => !seen.includes(place));
      },
      {
        message: 'hostile texts that are not shown',
        timeout: STARTED,
        intervals: [50, 100]
      }
    )
    .toEqual([]);
}

/** What a notebook's page says that it got, once it has tried all that `leaving` does. */
export async function saidBy(page: Page): Promise<Record<string, string>> {
  const message = await page.waitForEvent('console', {
    predicate: message => message.text().startsWith('said '),
    timeout: STARTED
  });
  return JSON.parse(message.text().slice(5)) as Record<string, string>;
}

/** The elements that would have executed something since the page was loaded. */
export function armedIn(page: Page): Promise<string[]> {
  return page.evaluate(() => (window as unknown as INotes).armed);
}
