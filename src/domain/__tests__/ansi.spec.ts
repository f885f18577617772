import { parseAnsi, plainText, resolveReturns } from '../ansi';

const ESC = '\u001b';

describe('terminal text', () => {
  it('keeps colours as numbers', () => {
    expect(parseAnsi(`a${ESC}[0;31mValueError${ESC}[0m: b`)).toEqual([
      { text: 'a', colour: null, bold: false },
      { text: 'ValueError', colour: 1, bold: false },
      { text: ': b', colour: null, bold: false }
    ]);
  });

  it('knows bold, bright and 256 colours', () => {
    expect(parseAnsi(`${ESC}[1;94mx`)[0]).toEqual({
      text: 'x',
      colour: 12,
      bold: true
    });
    expect(parseAnsi(`${ESC}[38;5;9mx`)[0].colour).toBe(9);
    expect(parseAnsi(`${ESC}[32m${ESC}[38;2;1;31;3mx`)[0].colour).toBe(2);
    expect(parseAnsi(`${ESC}[31m${ESC}[48;5;32mx`)[0].colour).toBe(1);
  });

  it('drops every other sequence', () => {
    const text = `${ESC}[2K${ESC}[1Aab${ESC}]8;;http://x${ESC}\\cd${ESC}[?25l`;
    expect(plainText(text)).toBe('abcd');
  });

  it('keeps text without sequences as it is', () => {
    const text = 'if a[0] < b:\n\treturn "[31m"\n';
    expect(plainText(text)).toBe(text);
  });

  it('shows a progress bar as it was at last', () => {
    expect(resolveReturns('0%\r50%\r100%\ndone\n')).toBe('100%\ndone\n');
    expect(resolveReturns('50%\r')).toBe('50%');
    expect(resolveReturns('windows\r\nlines\r\n')).toBe('windows\nlines\n');
  });
});
