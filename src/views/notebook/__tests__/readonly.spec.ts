/** What a notebook that is only shown can't do. */

import { shutIn } from '../readonly';

describe('shutIn', () => {
  it('stops commands and forms, and nothing else', () => {
    const heard: string[] = [];
    document.body.innerHTML =
      '<div><button data-commandlinker-command="x"><b>c</b></button><form></form><i>i</i></div>';
    const node = document.querySelector('div') as HTMLElement;
    shutIn(node);
    for (const kind of ['click', 'submit']) {
      document.body.addEventListener(kind, ({ target }) =>
        heard.push(`${kind} ${(target as Element).tagName}`)
      );
    }
    const send = (selector: string, kind: string) =>
      node
        .querySelector(selector)
        ?.dispatchEvent(new Event(kind, { bubbles: true, cancelable: true }));
    expect(send('b', 'click')).toBe(false);
    expect(send('button', 'click')).toBe(false);
    expect(send('form', 'submit')).toBe(false);
    expect(send('i', 'click')).toBe(true);
    expect(heard).toEqual(['click I']);
  });
});
