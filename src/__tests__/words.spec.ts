/** Nothing is shown to people that could not be translated. */

import ts from 'typescript';

/** Properties and attributes that people read, or hear. */
const READ = new Set([
  'alt',
  'aria-description',
  'aria-label',
  'aria-roledescription',
  'aria-valuetext',
  'body',
  'caption',
  'hint',
  'label',
  'placeholder',
  'summary',
  'title'
]);
const WORD = /\p{L}{2}/u;

function sources(root: string): string[] {
  return ts.sys
    .readDirectory(root, ['.ts', '.tsx'])
    .filter(path => !/__tests__|schema\.ts$/.test(path));
}

/** Words in texts of JSX, and in strings where people read them. */
function bareWords(source: string, name: string): string[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.ES2021, true);
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isJsxText(node)) {
      note(node, node.text);
    } else if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) {
      literals(node.expression);
    } else if (
      (ts.isJsxAttribute(node) || ts.isPropertyAssignment(node)) &&
      READ.has(node.name.getText(file).replace(/['"]/g, ''))
    ) {
      literals(node.initializer);
    }
    ts.forEachChild(node, look);
  };
  /** Strings that an expression may come to; calls, e.g. of trans.__, are no such thing. */
  const literals = (node: ts.Node | undefined): void => {
    if (node === undefined) {
      return;
    }
    if (ts.isStringLiteralLike(node)) {
      note(node, node.text);
    } else if (ts.isTemplateExpression(node)) {
      note(node, node.head.text);
      node.templateSpans.forEach(span => note(node, span.literal.text));
    } else if (ts.isConditionalExpression(node)) {
      literals(node.whenTrue);
      literals(node.whenFalse);
    } else if (ts.isParenthesizedExpression(node) || ts.isJsxExpression(node)) {
      literals(node.expression);
    } else if (ts.isBinaryExpression(node)) {
      literals(node.right);
      if (node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
        literals(node.left);
      }
    }
  };
  const note = (node: ts.Node, text: string): void => {
    if (WORD.test(text)) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${name}:${line + 1}: ${text.trim()}`);
    }
  };
  look(file);
  return found;
}

describe('words', () => {
  it('are all translated', () => {
    const root = `${ts.sys.getCurrentDirectory()}/src`;
    const files = sources(root);
    expect(files.length).toBeGreaterThan(50);
    const bare = files.flatMap(path =>
      bareWords(ts.sys.readFile(path) ?? '', path.slice(root.length + 1))
    );
    expect(bare).toEqual([]);
  });

  it('are found where they are not', () => {
    const source = `
      const a = <p title="Bare">Also {open ? 'bare' : \`this \${one}\`}</p>;
      const b = { label: 'And this', id: 'not this', caption: trans.__('nor this') };
      const c = <p>{trans.__('nor this')} · {count}</p>;`;
    const words = bareWords(source, 'a.tsx').map(word => word.slice(9));
    expect(words).toEqual(['Bare', 'Also', 'bare', 'this', 'And this']);
  });
});
