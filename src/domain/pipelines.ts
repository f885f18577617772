/** Finding a pipeline among many. */

/** Those whose name or path has every word, those that begin with the first one before others. */
export function matching<T extends { name: string; path: string }>(
  files: readonly T[],
  filter: string
): T[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const found = files.filter(({ name, path }) => {
    const text = `${name}\n${path}`.toLowerCase();
    return words.every(word => text.includes(word));
  });
  const first = words[0] ?? '';
  const begins = ({ name }: T) => name.toLowerCase().startsWith(first);
  return [...found.filter(begins), ...found.filter(file => !begins(file))];
}
