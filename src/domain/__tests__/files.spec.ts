import { IFile, IFolder, parentOf, rowsOf } from '../filetree';
import { imageType, textOf } from '../media';

function file(path: string, fields: Partial<IFile> = {}): IFile {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { name, path, type: 'file', size: 1, change: 'same', ...fields };
}

function folder(items: IFile[], fields: Partial<IFolder> = {}): IFolder {
  return { items, total: items.length, note: '', ...fields };
}

describe('the tree of files', () => {
  const folders = new Map([
    ['', folder([file('out', { type: 'dir', change: 'added' }), file('a.py')])],
    ['out', folder([file('out/x', { change: 'added' })], { total: 3 })]
  ]);
  const shown = (...args: Parameters<typeof rowsOf>) =>
    rowsOf(...args).map(row => `${row.level} ${row.key}`);

  it('shows what is in open folders', () => {
    expect(shown(folders, new Set(), false)).toEqual(['1 out', '1 a.py']);
    const open = new Set(['out', 'elsewhere']);
    expect(shown(folders, open, false)).toEqual([
      '1 out',
      '2 out/x',
      '2 out/!',
      '1 a.py'
    ]);
    const [out, , more] = rowsOf(folders, open, false);
    expect([out.isOpen, out.position, out.siblings]).toEqual([true, 1, 2]);
    expect([more.kind, more.hidden]).toEqual(['note', 2]);
  });

  it('can leave out what is as it was', () => {
    expect(shown(folders, new Set(), true)).toEqual(['1 out']);
  });

  it('says what is loading, and why there is nothing', () => {
    expect(rowsOf(new Map(), new Set(), false)[0].kind).toBe('loading');
    const gone = new Map([['', folder([], { note: 'They were deleted.' })]]);
    const [row] = rowsOf(gone, new Set(), false);
    expect([row.kind, row.note]).toEqual(['note', 'They were deleted.']);
  });

  it('knows parents', () => {
    expect(['a/b/c', 'a', ''].map(parentOf)).toEqual(['a/b', '', '']);
  });
});

describe('what a file is shown as', () => {
  it('follows its name for images', () => {
    expect(imageType('plots/A.PNG')).toBe('image/png');
    expect(imageType('a.svg')).toBe('image/svg+xml');
    expect(['png', 'a.py', 'a.png/b', 'a.toString'].map(imageType)).toEqual(
      Array(4).fill(null)
    );
  });

  it('is text if it can be read', () => {
    const bytes = new TextEncoder().encode('größe ✓');
    expect(textOf(bytes)).toBe('größe ✓');
    // Cut within its last character.
    expect(textOf(bytes.slice(0, -1))).toBe('größe ');
    expect(textOf(new Uint8Array([]))).toBe('');
    expect(textOf(new Uint8Array([65, 0, 66]))).toBeNull();
    expect(textOf(new Uint8Array([0x80, 0x81, 0xfe]))).toBeNull();
  });
});
