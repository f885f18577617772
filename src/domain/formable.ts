/** Whether the library of forms can show a schema: some would have no end, or break the view. */

/**
 * Whether a schema never leads back to itself, and refers to its parts by pointers only.
 *
 * The library shows the members of what isn't there yet, too: those of a schema within itself are
 * without end.
 */
export function canBeForm(root: unknown): boolean {
  const ended = new Set<unknown>();
  const open = new Set<unknown>();

  const ends = (node: unknown): boolean => {
    if (!isBranch(node) || ended.has(node)) {
      return true;
    }
    if (open.has(node)) {
      return false;
    }
    open.add(node);
    const all = Object.entries(node).every(([key, part]) => {
      if (key === '$ref' && typeof part === 'string') {
        const meant = partOf(root, part);
        return meant !== undefined && ends(meant);
      }
      // These are looked at where they are referred to.
      const isNamed = node === root && ['$defs', 'definitions'].includes(key);
      return isNamed || ends(part);
    });
    open.delete(node);
    ended.add(node);
    return all;
  };

  return ends(root);
}

/** What a reference leads to; undefined if that is no part of the whole. */
function partOf(root: unknown, ref: string): unknown {
  const [document, ...steps] = decodeURIComponent(ref)
    .split('/')
    .map(step => step.replace(/~1/g, '/').replace(/~0/g, '~'));
  return steps.reduce<unknown>(
    (node, step) => (isBranch(node) ? node[step] : undefined),
    document === '#' ? root : undefined
  );
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
