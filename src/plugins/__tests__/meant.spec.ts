import { pipelineMeant } from '../meant';

/** What is meant with these files selected and open. */
function meant(
  selected: string | null,
  open: string | null,
  of?: string
): string | null {
  const items = selected === null ? [] : [{ path: selected }];
  const browsers = {
    tracker: { currentWidget: { selectedItems: () => items.values() } }
  };
  const shell = { currentWidget: open === null ? null : {} };
  const documents = { contextForWidget: () => ({ path: open }) };
  return pipelineMeant(
    shell as never,
    browsers as never,
    documents as never,
    of
  );
}

describe('what a command without a path is about', () => {
  it('is the selected pipeline, whatever is open', () => {
    expect(meant('a.orchest', 'b.ipynb')).toBe('a.orchest');
  });

  it('is the open notebook, although another one is selected', () => {
    expect(meant('a.ipynb', 'b.ipynb')).toBe('b.ipynb');
  });

  it('is the selected script, if nothing that is open can be run', () => {
    expect(meant('a.py', 'b.csv')).toBe('a.py');
    expect(meant('a.py', null)).toBe('a.py');
  });

  it('is nothing, if nothing can be run', () => {
    expect(meant('a.csv', 'b.md')).toBeNull();
    expect(meant(null, null)).toBeNull();
  });

  it('is only what is selected in the menu of a file', () => {
    expect(meant('a.ipynb', 'b.orchest', 'selection')).toBe('a.ipynb');
    expect(meant('a.csv', 'b.orchest', 'selection')).toBeNull();
  });

  it('is only what is open in the toolbar of a notebook', () => {
    expect(meant('a.orchest', 'b.ipynb', 'document')).toBe('b.ipynb');
    expect(meant('a.orchest', null, 'document')).toBeNull();
  });
});
